// Segment files of any bytes. segment_mutator.cc gets past checksums.

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "formats/segment/record_chunk_builder.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_reader.h"
#include "formats/segment/trace_reader.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/fuzz/flat_record.h"

namespace shadowreel {
namespace {

constexpr char kPath[] = "d/s.seg";

// A small file may promise a body of 1 GiB, and zstd may keep the promise.
constexpr uint64_t kMostBody = uint64_t{16} << 20;

void CheckError(const absl::Status& status) {
  CHECK(absl::IsDataLoss(status) || absl::IsUnavailable(status));
  CHECK(std::string_view(status.message().data(), status.message().size()).starts_with(kPath));
}

// What a reader gives: its records, and the error that ended them, if any.
struct Reading {
  std::vector<std::string> records;
  absl::Status status;
};

uint64_t BodyBytes(const SegmentReader& reader) {
  uint64_t bytes = 0;
  for (const ChunkInfo& chunk : reader.chunks()) {
    if (chunk.type == ChunkType::kBody) bytes += chunk.raw_length;
  }
  return bytes;
}

void CheckIndex(const SegmentReader& reader) {
  uint64_t at = kSegmentMagic.size();
  for (const ChunkInfo& chunk : reader.chunks()) {
    CHECK(chunk.offset == at && chunk.raw_length <= kMaxRawLength);
    at = chunk.end();
  }
  CHECK(at + kTrailerSize <= reader.file_bytes());
}

void CheckRecord(const SegmentReader& reader, const Record& record) {
  CHECK(RecordHeadBound(record) <= kMaxRecordHead);
  CHECK(record.body.size() <= kMaxBody && record.weight > 0);
  CHECK(record.recording == reader.recording());
}

absl::Status ReadChunk(const SegmentReader& reader, const ChunkInfo& chunk,
                       std::vector<std::string>* texts) {
  std::vector<Record> records;
  const absl::Status read = reader.ReadRecords(chunk, &records);
  if (!read.ok()) return read;
  CHECK(records.size() == chunk.record_count);
  for (Record& record : records) {
    const absl::Status loaded = reader.LoadBody(&record);
    if (!loaded.ok()) return loaded;
    CheckRecord(reader, record);
    texts->push_back(Flat(record));
  }
  return absl::OkStatus();
}

Reading ReadAll(const SegmentReader& reader) {
  Reading reading;
  for (const ChunkInfo& chunk : reader.record_chunks()) {
    if (chunk.record_count == 0) continue;  // a trace does not look at it, only Verify does
    reading.status = ReadChunk(reader, chunk, &reading.records);
    if (!reading.status.ok()) break;
  }
  return reading;
}

Reading ReadTrace(FileSystem& files) {
  Reading reading;
  auto trace = TraceReader::Open(files, {kPath}, /*resident_bytes=*/1 << 10);
  CHECK(trace.ok());
  Record record;
  WallTime last;
  while (true) {
    const absl::StatusOr<bool> more = (*trace)->Next(&record);
    if (!more.ok()) reading.status = more.status();
    if (!more.ok() || !*more) return reading;
    CHECK(reading.records.empty() || record.arrival >= last);
    last = record.arrival;
    reading.records.push_back(Flat(record));
  }
}

std::vector<std::string> Sorted(std::vector<std::string> records) {
  std::sort(records.begin(), records.end());
  return records;
}

void ReadEveryWay(FileSystem& files, const SegmentReader& reader) {
  const Reading once = ReadAll(reader);
  const Reading again = ReadAll(reader);
  CHECK(once.records == again.records);
  CHECK(once.status == again.status);
  const Reading trace = ReadTrace(files);
  CHECK(trace.status.ok() == once.status.ok());
  if (once.status.ok()) {
    CHECK(Sorted(once.records) == Sorted(trace.records));
  } else {
    CheckError(once.status);
    CheckError(trace.status);
  }
  const absl::Status verified = reader.Verify();
  if (!verified.ok()) return CheckError(verified);
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
    CheckError(reader.status());
    return 0;
  }
  CheckIndex(**reader);
  if (BodyBytes(**reader) <= kMostBody) ReadEveryWay(files, **reader);
  return 0;
}
