// Segment files of any bytes, read as far as they can be, and recovered. segment_mutator.cc gets
// past checksums.

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "formats/segment/recovery.h"
#include "formats/segment/segment_reader.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fuzz/segment_reading.h"

namespace shadowreel {
namespace {

constexpr char kSealed[] = "d/s.seg";
constexpr char kOpen[] = "d/s.seg.open";

using Reader = std::unique_ptr<SegmentReader>;

void CheckReport(const RecoveryReport& report, uint64_t file_bytes) {
  uint64_t bytes = 0;
  uint64_t end = 0;
  for (const ByteRange& range : report.damaged) {
    CHECK(range.begin >= end && range.begin < range.end && range.end <= file_bytes);
    end = range.end;
    bytes += range.end - range.begin;
  }
  CHECK(bytes == report.damaged_bytes && report.torn_bytes <= file_bytes - bytes);
  for (size_t i = 0; i < report.lost.size(); ++i) {
    CHECK(report.lost[i].first <= report.lost[i].last);
    CHECK(i == 0 || report.lost[i - 1].last < report.lost[i].first);
  }
  CHECK(report.lost.size() <= kMaxListed);
  const RecoveryReport kept = RecoveryFromProto(RecoveryToProto(report));
  CHECK(kept.lost == report.lost && kept.lost_records == report.lost_records);
  CHECK(!report.Clean() || LossText(report).empty());
}

// What a reader that forgives gives, of which no record may fail; nothing when it does not open.
std::vector<std::string> ReadForgiving(FileSystem& files, const Reader& reader, RecoveryMode mode) {
  CheckReport(reader->report(), reader->file_bytes());
  const Reading chunks = ReadChunks(*reader);
  CHECK(chunks.status.ok() && chunks.records.size() == reader->records());
  CHECK(chunks.records.size() == reader->footer().statistics().records());
  const Reading trace = ReadTrace(files, reader->path(), mode);
  CHECK(trace.status.ok() && Sorted(trace.records) == Sorted(chunks.records));
  return chunks.records;
}

// What a strict reader holds to be sound, a forgiving one reads, too, and it is recovered.
void CompareWithStrict(FaultyFileSystem& files, const std::vector<std::string>& salvaged) {
  const auto strict = SegmentReader::Open(files, kSealed);
  if (!strict.ok() || !(*strict)->Verify().ok()) return;
  CHECK(ReadChunks(**strict).records == salvaged);
  FakeClock clock;
  FaultyFileSystem copy({"d"});
  copy.SetContents(kOpen, files.Contents(kSealed));
  CHECK(RecoverSegment(copy, clock, kOpen).ok());
}

void CompareWithTail(FileSystem& files, const std::vector<std::string>& salvaged) {
  const auto tail = SegmentReader::Open(files, kOpen, RecoveryMode::kTail);
  if (!tail.ok()) return CheckError(tail.status(), kOpen);
  if ((*tail)->report().sealed) return;  // then it is read strictly
  const std::vector<std::string> records = Sorted(ReadForgiving(files, *tail, RecoveryMode::kTail));
  const std::vector<std::string> all = Sorted(salvaged);
  CHECK(std::includes(all.begin(), all.end(), records.begin(), records.end()));
}

// The recovered segment is sound and holds what was read of the original; recovering it again
// changes nothing. Where sound checksums cover nonsense there may be none, and then the original is
// as it was.
void Recover(std::string_view bytes, const char* path, const std::vector<std::string>& salvaged) {
  FaultyFileSystem files({"d"});
  FakeClock clock;
  files.SetContents(path, bytes);
  const auto recovered = RecoverSegment(files, clock, path);
  if (!recovered.ok()) {
    CHECK(absl::IsDataLoss(recovered.status()));
    CHECK(files.List("d")->size() == 1 && files.Contents(path) == bytes);
    return;
  }
  CHECK(recovered->path == kSealed && files.Kind(kOpen) == FileKind::kMissing);
  CHECK(recovered->changed || files.Contents(kSealed) == bytes);
  if (!recovered->original.empty()) CHECK(files.Contents(recovered->original) == bytes);
  const auto reader = SegmentReader::Open(files, kSealed);
  CHECK(reader.ok() && (*reader)->Verify().ok());
  CHECK(Sorted(ReadChunks(**reader).records) == Sorted(salvaged));
  const auto again = RecoverSegment(files, clock, kSealed);
  CHECK(again.ok() && !again->changed);
}

}  // namespace
}  // namespace shadowreel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace shadowreel;
  // It would write a line for each text that is not UTF-8.
  [[maybe_unused]] static const auto log = google::protobuf::SetLogHandler(nullptr);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  FaultyFileSystem files({"d"});
  files.SetContents(kSealed, bytes);
  files.SetContents(kOpen, bytes);
  const auto reader = SegmentReader::Open(files, kSealed, RecoveryMode::kSalvage);
  if (!reader.ok()) {
    CheckError(reader.status(), kSealed);
    return 0;
  }
  if (BodyBytes(**reader) > kMostBody) return 0;
  const std::vector<std::string> salvaged = ReadForgiving(files, *reader, RecoveryMode::kSalvage);
  CompareWithStrict(files, salvaged);
  CompareWithTail(files, salvaged);
  Recover(bytes, kSealed, salvaged);
  Recover(bytes, kOpen, salvaged);
  return 0;
}
