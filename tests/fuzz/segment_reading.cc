#include "tests/fuzz/segment_reading.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/check.h"
#include "formats/segment/record_chunk_builder.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/trace_reader.h"
#include "tests/fuzz/flat_record.h"

namespace shadowreel {
namespace {

void CheckRecord(const SegmentReader& reader, const Record& record) {
  CHECK(RecordHeadBound(record) <= kMaxRecordHead);
  CHECK(record.body.size() <= kMaxBody && record.weight > 0);
  CHECK(record.recording == reader.recording());
}

absl::Status ReadChunk(const SegmentReader& reader, const ChunkInfo& chunk,
                       std::vector<std::string>* flat) {
  std::vector<Record> records;
  const absl::Status read = reader.ReadRecords(chunk, &records);
  if (!read.ok()) return read;
  CHECK(records.size() <= chunk.record_count);
  for (Record& record : records) {
    const absl::Status loaded = reader.LoadBody(&record);
    if (!loaded.ok()) return loaded;
    CheckRecord(reader, record);
    flat->push_back(Flat(record));
  }
  return absl::OkStatus();
}

}  // namespace

uint64_t BodyBytes(const SegmentReader& reader) {
  uint64_t bytes = 0;
  for (const ChunkInfo& chunk : reader.chunks()) {
    if (chunk.type == ChunkType::kBody) bytes += chunk.raw_length;
  }
  return bytes;
}

Reading ReadChunks(const SegmentReader& reader) {
  Reading reading;
  for (const ChunkInfo& chunk : reader.record_chunks()) {
    if (chunk.record_count == 0) continue;  // a trace does not look at it, only Verify does
    reading.status = ReadChunk(reader, chunk, &reading.records);
    if (!reading.status.ok()) break;
  }
  return reading;
}

Reading ReadTrace(FileSystem& files, const std::string& path, RecoveryMode mode) {
  Reading reading;
  const auto trace = TraceReader::Open(files, {path}, mode, /*resident_bytes=*/1 << 10);
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

void CheckError(const absl::Status& status, const std::string& path) {
  CHECK(absl::IsDataLoss(status) || absl::IsUnavailable(status));
  CHECK(status.message().find(path) != absl::string_view::npos);
}

}  // namespace shadowreel
