// Every bit of a segment of 64 KiB flipped, and every truncation of it, read in every mode. By
// default one bit of each byte and one mode, in turn; with SHADOWREEL_EVERY_FLIP set, all 524,288
// in all three.

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_reader.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/segment/mixed_segment.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

constexpr size_t kSize = size_t{64} << 10;
constexpr char kPath[] = "d/s.seg";
constexpr int kSlices = 8;  // each a test, so that two processes can share them
constexpr std::array kModes{RecoveryMode::kStrict, RecoveryMode::kTail, RecoveryMode::kSalvage};

bool Every() {
  static const bool every = std::getenv("SHADOWREEL_EVERY_FLIP") != nullptr;
  return every;
}

// The modes that the damage at `turn` is read in.
std::vector<RecoveryMode> ModesOf(size_t turn) {
  if (Every()) return {kModes.begin(), kModes.end()};
  return {kModes[turn % kModes.size()]};
}

const MixedSegment& Original() {
  static const auto* const segment = new MixedSegment(MakeMixedSegment(kSize));
  return *segment;
}

// A chunk of the original, and the records that cannot be read without it.
struct Place {
  uint64_t begin = 0;
  uint64_t end = 0;
  std::set<uint64_t> records;
};

const std::vector<Place>& Places() {
  static const auto* const places = [] {
    auto* const found = new std::vector<Place>;
    FaultyFileSystem files({"d"});
    files.SetContents(kPath, Original().bytes);
    const auto reader = SegmentReader::Open(files, kPath).value();
    for (const ChunkInfo& chunk : reader->chunks()) {
      found->push_back({chunk.offset, chunk.end(), {}});
      if (chunk.type == ChunkType::kBody) found->back().records.insert(chunk.first_record);
      if (chunk.record_count == 0) continue;
      std::vector<Record> records;
      EXPECT_TRUE(reader->ReadRecords(chunk, &records).ok());
      for (const Record& record : records) found->back().records.insert(record.number);
    }
    return found;
  }();
  return *places;
}

// The numbers of the records that a damaged copy still gives. Each must be as it was written.
struct Outcome {
  absl::Status status;
  std::set<uint64_t> read;
};

void TakeRecord(const SegmentReader& reader, Record record, Outcome* outcome) {
  const absl::Status loaded = reader.LoadBody(&record);
  if (!loaded.ok()) {
    outcome->status = loaded;
    return;
  }
  const auto original = Original().records.find(record.number);
  ASSERT_NE(original, Original().records.end()) << "invented: " << ToText(record);
  ASSERT_TRUE(SameRecord(record, original->second)) << ToText(record);
  ASSERT_TRUE(outcome->read.insert(record.number).second) << "twice: " << ToText(record);
}

Outcome ReadDamaged(std::string_view bytes, RecoveryMode mode) {
  FaultyFileSystem files({"d"});
  files.SetContents(kPath, bytes);
  Outcome outcome;
  const auto reader = SegmentReader::Open(files, kPath, mode);
  outcome.status = reader.status();
  if (!reader.ok()) return outcome;
  for (const ChunkInfo& chunk : (*reader)->record_chunks()) {
    std::vector<Record> records;
    const absl::Status status = (*reader)->ReadRecords(chunk, &records);
    if (!status.ok()) {
      outcome.status = status;
      continue;
    }
    for (Record& record : records) TakeRecord(**reader, std::move(record), &outcome);
  }
  return outcome;
}

// The records whose chunks are all `sound`.
std::set<uint64_t> Untouched(const std::function<bool(const Place&)>& sound) {
  std::set<uint64_t> untouched;
  for (const auto& [number, record] : Original().records) untouched.insert(number);
  for (const Place& place : Places()) {
    if (sound(place)) continue;
    for (const uint64_t number : place.records) untouched.erase(number);
  }
  return untouched;
}

struct Counts {
  uint64_t reads = 0;
  uint64_t whole = 0;    // all records were read
  uint64_t partial = 0;  // some
  uint64_t refused = 0;  // none
  void Add(const Outcome& outcome) {
    ++reads;
    ++(outcome.read.empty()                               ? refused
       : outcome.read.size() == Original().records.size() ? whole
                                                          : partial);
  }
  void Print(const char* what) const {
    std::printf("%s: %lu read, of which %lu gave all records, %lu some, %lu none; none invented\n",
                what, reads, whole, partial, refused);
  }
};

// The last byte of the magic: the container's version (segment_format.md, "Layout").
constexpr size_t kVersionByte = kSegmentMagic.size() - 1;

class EveryDamageTest : public ::testing::TestWithParam<int> {};

TEST_P(EveryDamageTest, AFlippedBitInventsNothingAndCostsItsChunkOnly) {
  std::string bytes = Original().bytes;
  Counts counts;
  for (size_t bit = static_cast<size_t>(GetParam()); bit < kSize * 8; bit += kSlices) {
    const size_t at = bit / 8;
    // Slices take bits by the byte's turn, so that each slice alone meets every kind of bit.
    if (!Every() && at % kSlices != static_cast<size_t>(GetParam())) continue;
    const size_t place_in_byte = (bit + at / kSlices) % 8;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << place_in_byte));
    const std::set<uint64_t> untouched =
        Untouched([at](const Place& place) { return at < place.begin || at >= place.end; });
    for (const RecoveryMode mode : ModesOf(at)) {
      SCOPED_TRACE(testing::Message() << "byte " << at << " bit " << place_in_byte << " mode "
                                      << static_cast<int>(mode));
      const Outcome outcome = ReadDamaged(bytes, mode);
      counts.Add(outcome);
      if (mode == RecoveryMode::kStrict && outcome.status.ok()) {
        ASSERT_EQ(outcome.read.size(), Original().records.size());
      }
      if (at == kVersionByte) {
        ASSERT_FALSE(outcome.status.ok());  // in every mode: nobody knows how to read that version
      } else if (mode == RecoveryMode::kSalvage) {
        for (const uint64_t number : untouched) ASSERT_EQ(outcome.read.count(number), 1u) << number;
      }
      if (HasFailure()) return;
    }
    bytes[at] = Original().bytes[at];
  }
  counts.Print("flips");
}

TEST_P(EveryDamageTest, ATruncationInventsNothingAndCostsItsTailOnly) {
  Counts counts;
  for (size_t size = static_cast<size_t>(GetParam()); size < kSize; size += kSlices) {
    const std::string_view bytes = std::string_view(Original().bytes).substr(0, size);
    const std::set<uint64_t> untouched =
        Untouched([size](const Place& place) { return place.end <= size; });
    for (const RecoveryMode mode : ModesOf(size)) {
      SCOPED_TRACE(testing::Message() << "size " << size << " mode " << static_cast<int>(mode));
      const Outcome outcome = ReadDamaged(bytes, mode);
      counts.Add(outcome);
      if (mode == RecoveryMode::kStrict) {
        ASSERT_FALSE(outcome.status.ok());
      } else {
        ASSERT_EQ(outcome.read, untouched);
      }
      if (HasFailure()) return;
    }
  }
  counts.Print("truncations");
}

INSTANTIATE_TEST_SUITE_P(Slices, EveryDamageTest, ::testing::Range(0, kSlices));

TEST(MixedSegmentTest, IsOf64KiBAndVerifies) {
  ASSERT_EQ(Original().bytes.size(), kSize);
  FaultyFileSystem files({"d"});
  files.SetContents(kPath, Original().bytes);
  const auto reader = SegmentReader::Open(files, kPath);
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ((*reader)->Verify(), absl::OkStatus());
  std::set<std::pair<ChunkType, ChunkCodec>> kinds;
  for (const ChunkInfo& chunk : (*reader)->chunks()) kinds.insert({chunk.type, chunk.codec});
  for (const ChunkType type : {ChunkType::kRecords, ChunkType::kLateRecords, ChunkType::kBody}) {
    EXPECT_EQ(kinds.count({type, ChunkCodec::kZstd}), 1u) << static_cast<int>(type);
  }
  EXPECT_EQ(kinds.count({ChunkType::kRecords, ChunkCodec::kPlain}), 1u);
  EXPECT_EQ(kinds.count({ChunkType::kHeader, ChunkCodec::kPlain}), 1u);
  for (const RecoveryMode mode : kModes) {
    const Outcome outcome = ReadDamaged(Original().bytes, mode);
    EXPECT_EQ(outcome.status, absl::OkStatus());
    EXPECT_EQ(outcome.read.size(), Original().records.size());
  }
}

}  // namespace
}  // namespace shadowreel
