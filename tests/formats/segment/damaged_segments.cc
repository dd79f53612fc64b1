#include "tests/formats/segment/damaged_segments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "formats/segment/segment_writer.h"
#include "tests/fakes/fake_clock.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

constexpr char kSealed[] = "d/s.seg";
constexpr char kOpen[] = "d/s.seg.open";

}  // namespace

Record BuiltRecord(uint64_t number, const BuiltSegmentOptions& options) {
  Record record = SampleRecord(number);
  record.completed = record.arrival + std::chrono::milliseconds(3);
  if (options.late_each > 0 && number % options.late_each == 0) {
    record.completed = record.arrival + std::chrono::seconds(5);
  }
  if (number == options.continued) {
    record.truncated = false;
    record.body.assign((size_t{2} << 20) + 100, 'b');
    record.wire_body_bytes = record.body.size();
  }
  return record;
}

BuiltSegment BuildSegment(const BuiltSegmentOptions& options) {
  FaultyFileSystem files({"d"});
  FakeClock clock;
  trace::SegmentHeader header;
  header.set_sequence(1);
  header.set_first_record_number(1);
  auto writer = SegmentWriter::Create(files, clock, "d", "s", header);
  EXPECT_TRUE(writer.ok()) << writer.status();
  for (uint64_t number = 1; number <= options.records; ++number) {
    EXPECT_EQ((*writer)->Append(BuiltRecord(number, options)).value(), number);
    if (number % options.per_chunk != 0) continue;
    EXPECT_TRUE((*writer)->Flush().ok());
  }
  EXPECT_TRUE((*writer)->Flush().ok());
  BuiltSegment built;
  const std::string whole = files.Contents(kOpen);
  EXPECT_TRUE((*writer)->Seal({}).ok());
  const auto reader = SegmentReader::Open(files, kSealed).value();
  built.bytes = options.seal ? files.Contents(kSealed) : whole;
  built.chunks = reader->chunks();
  built.footer = built.chunks.back().end();
  return built;
}

std::vector<uint64_t> ReadNumbers(const SegmentReader& reader, const BuiltSegmentOptions& options) {
  std::vector<uint64_t> numbers;
  for (const ChunkInfo& chunk : reader.record_chunks()) {
    std::vector<Record> records;
    const absl::Status read = reader.ReadRecords(chunk, &records);
    EXPECT_TRUE(read.ok()) << read;
    for (Record& record : records) {
      const absl::Status loaded = reader.LoadBody(&record);
      EXPECT_TRUE(loaded.ok()) << loaded;
      Record expected = BuiltRecord(record.number, options);
      expected.number = record.number;
      expected.recording = record.recording;
      EXPECT_EQ(ToText(record), ToText(expected));
      numbers.push_back(record.number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::string Flipped(std::string bytes, uint64_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
  return bytes;
}

std::vector<uint64_t> Numbers(uint64_t first, uint64_t last) {
  std::vector<uint64_t> numbers;
  for (uint64_t number = first; number <= last; ++number) numbers.push_back(number);
  return numbers;
}

}  // namespace shadowreel
