// Segment files of any bytes, read strictly. segment_mutator.cc gets past checksums.

#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_reader.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fuzz/segment_reading.h"

namespace shadowreel {
namespace {

constexpr char kPath[] = "d/s.seg";

void CheckIndex(const SegmentReader& reader) {
  uint64_t at = kSegmentMagic.size();
  for (const ChunkInfo& chunk : reader.chunks()) {
    CHECK(chunk.offset == at && chunk.raw_length <= kMaxRawLength);
    at = chunk.end();
  }
  CHECK(at + kTrailerSize <= reader.file_bytes());
}

void ReadEveryWay(FileSystem& files, const SegmentReader& reader) {
  const Reading once = ReadChunks(reader);
  const Reading again = ReadChunks(reader);
  CHECK(once.records == again.records && once.status == again.status);
  const Reading trace = ReadTrace(files, kPath, RecoveryMode::kStrict);
  CHECK(trace.status.ok() == once.status.ok());
  if (once.status.ok()) {
    CHECK(Sorted(once.records) == Sorted(trace.records));
  } else {
    CheckError(once.status, kPath);
    CheckError(trace.status, kPath);
  }
  const absl::Status verified = reader.Verify();
  if (!verified.ok()) return CheckError(verified, kPath);
  CHECK(once.status.ok());
  CHECK(once.records.size() == reader.footer().statistics().records());
}

}  // namespace
}  // namespace shadowreel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace shadowreel;
  // It would write a line for each text that is not UTF-8.
  [[maybe_unused]] static const auto log = google::protobuf::SetLogHandler(nullptr);
  FaultyFileSystem files({"d"});
  files.SetContents(kPath, {reinterpret_cast<const char*>(data), size});
  const auto reader = SegmentReader::Open(files, kPath);
  if (!reader.ok()) {
    CheckError(reader.status(), kPath);
    return 0;
  }
  CheckIndex(**reader);
  if (BodyBytes(**reader) <= kMostBody) ReadEveryWay(files, **reader);
  return 0;
}
