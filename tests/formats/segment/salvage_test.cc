// What kTail and kSalvage read of files that are not as they were written.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/status.h"
#include "formats/segment/chunk_search.h"
#include "formats/segment/chunk_writer.h"
#include "formats/segment/payload_codec.h"
#include "formats/segment/segment_reader.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/segment/damaged_segments.h"

namespace shadowreel {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPath[] = "d/s.seg";

using Opened = absl::StatusOr<std::unique_ptr<SegmentReader>>;

Opened Open(const std::string& bytes, RecoveryMode mode, uint64_t limit = UINT64_MAX) {
  static FaultyFileSystem& files = *new FaultyFileSystem({"d"});  // outlives every reader
  files.SetContents(kPath, bytes);
  return SegmentReader::Open(files, kPath, mode, limit);
}

std::unique_ptr<SegmentReader> Salvage(const std::string& bytes, uint64_t limit = UINT64_MAX) {
  Opened opened = Open(bytes, RecoveryMode::kSalvage, limit);
  EXPECT_TRUE(opened.ok()) << opened.status();
  return *std::move(opened);
}

// Chunks of records, in file order.
std::vector<ChunkInfo> RecordChunks(const BuiltSegment& segment) {
  std::vector<ChunkInfo> chunks = segment.chunks;
  std::erase_if(chunks, [](const ChunkInfo& chunk) {
    return chunk.type != ChunkType::kRecords && chunk.type != ChunkType::kLateRecords;
  });
  return chunks;
}

TEST(RecoveryModeTest, NamesAreParsed) {
  EXPECT_EQ(ParseRecoveryMode("strict").value(), RecoveryMode::kStrict);
  EXPECT_EQ(ParseRecoveryMode("tail").value(), RecoveryMode::kTail);
  EXPECT_EQ(ParseRecoveryMode("salvage").value(), RecoveryMode::kSalvage);
  EXPECT_TRUE(absl::IsInvalidArgument(ParseRecoveryMode("all").status()));
}

TEST(SalvageTest, ASoundSegmentIsClean) {
  const BuiltSegment segment = BuildSegment({.late_each = 4});
  for (const RecoveryMode mode : {RecoveryMode::kTail, RecoveryMode::kSalvage}) {
    const auto reader = Open(segment.bytes, mode).value();
    EXPECT_TRUE(reader->report().Clean());
    EXPECT_EQ(LossText(reader->report()), "");
    EXPECT_EQ(ReadNumbers(*reader, {.late_each = 4}), Numbers(1, 9));
    EXPECT_EQ(reader->records(), 9u);
  }
}

// Every cut of a file leaves exactly the records of the chunks before it.
void CutEverywhere(const BuiltSegment& segment, bool sealed) {
  for (size_t size = 0; size < segment.bytes.size(); ++size) {
    for (const RecoveryMode mode : {RecoveryMode::kTail, RecoveryMode::kSalvage}) {
      const Opened opened = Open(segment.bytes.substr(0, size), mode);
      if (size < segment.chunks[0].end()) {
        ASSERT_TRUE(absl::IsDataLoss(opened.status())) << size << opened.status();
        continue;
      }
      ASSERT_TRUE(opened.ok()) << size << opened.status();
      uint64_t whole_end = 0;
      uint64_t records = 0;
      for (const ChunkInfo& chunk : segment.chunks) {
        if (chunk.end() > size) break;
        whole_end = chunk.end();
        records += chunk.record_count;
      }
      if (sealed && size >= segment.bytes.size() - 24) whole_end = segment.bytes.size() - 24;
      const RecoveryReport& report = (*opened)->report();
      ASSERT_EQ(ReadNumbers(**opened), Numbers(1, records)) << size;
      ASSERT_EQ(report.torn_bytes, size - whole_end) << size;
      ASSERT_FALSE(report.sealed);
      ASSERT_TRUE(report.damaged.empty()) << size;
      ASSERT_EQ(report.next_record_number, records + 1);
      ASSERT_FALSE(report.lost_in_middle);
    }
  }
}

TEST(SalvageTest, EveryCutOfASealedSegmentIsReadUpToItsLastWholeChunk) {
  CutEverywhere(BuildSegment({.records = 6}), true);
}

TEST(SalvageTest, EveryCutOfAnUnsealedSegmentIsReadUpToItsLastWholeChunk) {
  CutEverywhere(BuildSegment({.records = 6, .seal = false}), false);
}

TEST(SalvageTest, ATornTailIsReported) {
  const BuiltSegment segment = BuildSegment({.seal = false});
  const auto reader = Salvage(segment.bytes.substr(0, segment.chunks[3].offset + 100));
  EXPECT_EQ(LossText(reader->report()), "torn tail of 100 bytes");
  EXPECT_EQ(reader->report().lost_from, 7u);
}

TEST(SalvageTest, EveryDamagedChunkLosesItsRecordsAndNoOther) {
  const BuiltSegmentOptions options{.records = 12, .per_chunk = 4, .late_each = 3};
  const BuiltSegment segment = BuildSegment(options);
  for (const ChunkInfo& chunk : RecordChunks(segment)) {
    const auto untouched = Salvage(segment.bytes);
    std::vector<Record> gone;
    ASSERT_TRUE(untouched->ReadRecords(chunk, &gone).ok());
    for (const uint64_t at : {chunk.offset + 3, chunk.offset + 30, chunk.offset + 87,
                              chunk.offset + 88, chunk.end() - 1}) {
      const auto reader = Salvage(Flipped(segment.bytes, at));
      const RecoveryReport& report = reader->report();
      EXPECT_THAT(report.damaged, ElementsAre(ByteRange{chunk.offset, chunk.end()}));
      EXPECT_EQ(report.lost_records, gone.size());
      EXPECT_EQ(report.records, 12 - gone.size());
      EXPECT_TRUE(report.lost_in_middle);
      EXPECT_FALSE(report.lost_from.has_value());  // the footer knows
      std::vector<uint64_t> expected = Numbers(1, 12);
      for (const Record& record : gone) std::erase(expected, record.number);
      EXPECT_EQ(ReadNumbers(*reader, options), expected);
      for (const Record& record : gone) {
        EXPECT_TRUE(std::any_of(report.lost.begin(), report.lost.end(), [&](const auto& range) {
          return range.first <= record.number && record.number <= range.last;
        }));
      }
    }
  }
}

TEST(SalvageTest, LostRangesAreExact) {
  const BuiltSegment segment = BuildSegment();
  const auto reader = Salvage(Flipped(segment.bytes, segment.chunks[2].offset));
  EXPECT_THAT(reader->report().lost, ElementsAre(NumberRange{4, 6}));
  EXPECT_THAT(LossText(reader->report()), HasSubstr("records 4-6 (3 in all)"));
}

TEST(SalvageTest, WithoutAFooterTheEndIsOpen) {
  const BuiltSegment segment = BuildSegment({.seal = false});
  const auto reader = Salvage(Flipped(segment.bytes, segment.chunks[2].offset));
  EXPECT_THAT(reader->report().lost, ElementsAre(NumberRange{4, 6}));
  EXPECT_EQ(reader->report().lost_from, 10u);
  EXPECT_THAT(LossText(reader->report()), HasSubstr("from record 10 on, unknown how many"));
}

TEST(SalvageTest, TheFooterKnowsWhatTheLastChunkHeld) {
  const BuiltSegment segment = BuildSegment();
  const auto reader = Salvage(Flipped(segment.bytes, segment.chunks[3].offset));
  EXPECT_THAT(reader->report().lost, ElementsAre(NumberRange{7, 9}));
  EXPECT_EQ(reader->report().next_record_number, 10u);
  EXPECT_FALSE(reader->report().lost_from.has_value());
}

TEST(SalvageTest, TailRefusesDamageInTheMiddle) {
  const BuiltSegment segment = BuildSegment({.seal = false});
  const absl::Status status =
      Open(Flipped(segment.bytes, segment.chunks[2].end() - 1), RecoveryMode::kTail).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(Message(status),
              HasSubstr(fmt::format("damaged at offset {}", segment.chunks[2].offset)));
  EXPECT_THAT(Message(status), HasSubstr("salvage"));
}

TEST(SalvageTest, ALostFirstSectorLosesNothingWhenTheFooterStands) {
  const BuiltSegment segment = BuildSegment();
  std::string bytes = segment.bytes;
  bytes.replace(0, segment.chunks[0].end(), segment.chunks[0].end(), '\0');
  const auto reader = Salvage(bytes);
  EXPECT_EQ(ReadNumbers(*reader), Numbers(1, 9));
  EXPECT_FALSE(reader->report().lost_in_middle);
  EXPECT_THAT(reader->report().damaged, ElementsAre(ByteRange{0, segment.chunks[0].end()}));
  EXPECT_EQ(reader->header().first_record_number(), 1u);
}

TEST(SalvageTest, AHeaderRepeatStandsInForTheFirstSector) {
  FaultyFileSystem files({"d"});
  FakeClock clock;
  trace::SegmentHeader header;
  header.set_kind(trace::REQUESTS);
  ChunkWriterOptions options;
  options.zstd_level = 0;
  auto writer = ChunkWriter::Create(files, clock, "d", "s", header, options).value();
  const std::string filler(size_t{16} << 20, 'f');
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(writer->Write(ChunkType::kResponses, filler, {}).ok());
  }
  std::string bytes = files.Contents("d/s.seg.open");
  bytes.replace(0, 512, 512, '\0');
  const auto reader = Salvage(bytes);
  EXPECT_EQ(reader->header().segment_uuid(), writer->header().segment_uuid());
  EXPECT_EQ(reader->chunks().size(), 5u);  // four or five fillers, and the repeat
}

TEST(SalvageTest, MagicAloneCanBeLost) {
  const BuiltSegment segment = BuildSegment();
  const auto reader = Salvage(Flipped(segment.bytes, 0));
  EXPECT_EQ(ReadNumbers(*reader), Numbers(1, 9));
  EXPECT_FALSE(reader->report().Clean());
  EXPECT_FALSE(reader->report().lost_in_middle);
}

TEST(SalvageTest, ALostTrailerOrFooterLosesNoRecord) {
  const BuiltSegment segment = BuildSegment();
  for (const uint64_t at : {segment.bytes.size() - 1, segment.footer, segment.footer + 100}) {
    const auto reader = Salvage(Flipped(segment.bytes, at));
    EXPECT_EQ(ReadNumbers(*reader), Numbers(1, 9));
    EXPECT_FALSE(reader->report().Clean());
    EXPECT_FALSE(reader->report().lost_in_middle);
    EXPECT_EQ(reader->footer().statistics().records(), 9u);
  }
}

TEST(SalvageTest, WithoutHeaderAndFooterNothingIsRead) {
  const BuiltSegment segment = BuildSegment({.seal = false});
  const absl::Status status =
      Open(Flipped(segment.bytes, segment.chunks[0].offset), RecoveryMode::kSalvage).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(Message(status), HasSubstr("d/s.seg: no segment header survives"));
  for (const char* other : {"", "x", "some text that is not a segment at all"}) {
    EXPECT_TRUE(absl::IsDataLoss(Open(other, RecoveryMode::kSalvage).status())) << other;
  }
}

TEST(SalvageTest, TheMarkerIsLearntFromChunksWhenHeaderAndTrailerAreLost) {
  const BuiltSegment segment = BuildSegment();
  std::string bytes = Flipped(Flipped(segment.bytes, 8), segment.bytes.size() - 1);
  const auto reader = Salvage(bytes);
  EXPECT_EQ(ReadNumbers(*reader), Numbers(1, 9));
}

// A body may hold a whole chunk with the right offset, but not the marker.
std::string ForgedChunk(uint64_t offset, uint64_t marker) {
  trace::RecordChunk chunk;
  chunk.add_strings("FORGED");
  chunk.add_records()->set_target("/forged");
  const std::string payload = chunk.SerializeAsString();
  ChunkHeader header;
  header.marker = marker;
  header.info.offset = offset;
  header.info.record_count = 1;
  header.info.first_record = 5;
  header.info.stored_length = header.info.raw_length = static_cast<uint32_t>(payload.size());
  header.payload_crc = Crc32c(payload);
  return EncodeChunkHeader(header) + payload;
}

TEST(SalvageTest, AForgedChunkInADamagedBodyIsNotTaken) {
  const BuiltSegment segment = BuildSegment();
  for (const bool all_lost : {false, true}) {
    std::string bytes = segment.bytes;
    const ChunkInfo& chunk = segment.chunks[2];
    const std::string forged = ForgedChunk(chunk.offset + 100, 0x1234567890abcdef);
    ASSERT_LT(chunk.offset + 100 + forged.size(), chunk.end());
    bytes.replace(chunk.offset + 100, forged.size(), forged);
    bytes[chunk.offset] ^= 1;
    if (all_lost) bytes = Flipped(Flipped(bytes, 8), bytes.size() - 1);
    EXPECT_THAT(ReadNumbers(*Salvage(bytes)), ElementsAre(1, 2, 3, 7, 8, 9));
  }
}

TEST(SalvageTest, AChunkInsideADamagedChunkIsNotTakenWhileItsHeaderStands) {
  const BuiltSegment segment = BuildSegment();
  std::string bytes = segment.bytes;
  const ChunkInfo& chunk = segment.chunks[2];
  const uint64_t marker =
      DecodeChunkHeader(bytes.substr(chunk.offset, chunk_header::kSize))->marker;
  const std::string forged = ForgedChunk(chunk.offset + 100, marker);
  bytes.replace(chunk.offset + 100, forged.size(), forged);
  EXPECT_THAT(ReadNumbers(*Salvage(bytes)), ElementsAre(1, 2, 3, 7, 8, 9));
}

TEST(SalvageTest, HugeLengthsAreNotBelieved) {
  const BuiltSegment segment = BuildSegment();
  const ChunkInfo& chunk = segment.chunks[2];
  for (const uint32_t length : {uint32_t{16} << 20, UINT32_MAX}) {
    std::string bytes = segment.bytes;
    ChunkHeader header = *DecodeChunkHeader(bytes.substr(chunk.offset, chunk_header::kSize));
    header.info.stored_length = header.info.raw_length = length;
    bytes.replace(chunk.offset, chunk_header::kSize, EncodeChunkHeader(header));
    EXPECT_THAT(ReadNumbers(*Salvage(bytes)), ElementsAre(1, 2, 3, 7, 8, 9));
  }
}

TEST(SalvageTest, ASoundChecksumOverNonsenseLosesTheChunk) {
  const BuiltSegment segment = BuildSegment();
  const ChunkInfo& chunk = segment.chunks[2];
  std::string bytes = segment.bytes;
  ChunkHeader header = *DecodeChunkHeader(bytes.substr(chunk.offset, chunk_header::kSize));
  const std::string nonsense(chunk.stored_length, '\xff');
  header.payload_crc = Crc32c(nonsense);
  bytes.replace(chunk.offset, chunk_header::kSize + nonsense.size(),
                EncodeChunkHeader(header) + nonsense);
  const auto reader = Salvage(bytes);
  EXPECT_THAT(ReadNumbers(*reader), ElementsAre(1, 2, 3, 7, 8, 9));
  EXPECT_THAT(reader->report().lost, ElementsAre(NumberRange{4, 6}));
}

TEST(SalvageTest, ALostBodyPieceLosesItsRecordOnly) {
  const BuiltSegmentOptions options{.continued = 5};
  const BuiltSegment segment = BuildSegment(options);
  size_t pieces = 0;
  for (const ChunkInfo& chunk : segment.chunks) {
    if (chunk.type != ChunkType::kBody) continue;
    ++pieces;
    const auto reader = Salvage(Flipped(segment.bytes, chunk.end() - 1));
    EXPECT_THAT(ReadNumbers(*reader, options), ElementsAre(1, 2, 3, 4, 6, 7, 8, 9));
    EXPECT_THAT(reader->report().lost, ElementsAre(NumberRange{5, 5}));
    EXPECT_TRUE(reader->report().lost_in_middle);
  }
  EXPECT_EQ(pieces, 3u);
  EXPECT_EQ(ReadNumbers(*Salvage(segment.bytes), options), Numbers(1, 9));
}

TEST(SalvageTest, ABodyWithoutItsRecordIsMentioned) {
  const BuiltSegmentOptions options{.records = 5, .continued = 5, .seal = false};
  const BuiltSegment segment = BuildSegment(options);
  const auto reader = Salvage(segment.bytes.substr(0, segment.chunks.back().offset));
  EXPECT_EQ(reader->report().next_record_number, 6u);
  EXPECT_THAT(ReadNumbers(*reader, options), ElementsAre(1, 2, 3));
  EXPECT_THAT(reader->report().lost, ElementsAre(NumberRange{4, 5}));
}

TEST(SalvageTest, RecordsOverTheLimitAreLeftOut) {
  const BuiltSegment segment = BuildSegment({.seal = false});
  const auto reader = Salvage(segment.bytes, 6);
  EXPECT_EQ(ReadNumbers(*reader), Numbers(1, 5));
  EXPECT_EQ(reader->records(), 5u);
  EXPECT_EQ(reader->report().duplicates, 4u);
  EXPECT_THAT(reader->report().lost, IsEmpty());
}

TEST(SalvageTest, UnknownCriticalChunksAndFeaturesAreRefused) {
  FakeClock clock;
  for (const int kind : {0, 1, 2}) {
    FaultyFileSystem files({"d"});
    trace::SegmentHeader header;
    header.set_kind(trace::REQUESTS);
    if (kind == 0) header.set_incompatible_features(4);
    auto writer = ChunkWriter::Create(files, clock, "d", "s", header, {}).value();
    const auto type = static_cast<ChunkType>(kind == 1 ? 0xb3 : 0x33);
    ASSERT_TRUE(writer->Write(type, "hello", {}).ok());
    for (const RecoveryMode mode : {RecoveryMode::kTail, RecoveryMode::kSalvage}) {
      const Opened opened = SegmentReader::Open(files, "d/s.seg.open", mode);
      if (kind == 2) {
        EXPECT_TRUE(opened.ok()) << opened.status();
      } else {
        EXPECT_TRUE(absl::IsUnavailable(opened.status())) << opened.status();
        EXPECT_THAT(Message(opened.status()), HasSubstr("newer Shadowreel"));
      }
    }
  }
}

TEST(SalvageTest, AReadErrorIsNoDamage) {
  const BuiltSegment segment = BuildSegment();
  for (uint64_t nth = 1; nth <= 12; ++nth) {
    FaultyFileSystem files({"d"});
    files.SetContents(kPath, segment.bytes);
    files.Inject({.call = FileCall::kRead, .nth = nth});
    EXPECT_TRUE(
        absl::IsUnavailable(SegmentReader::Open(files, kPath, RecoveryMode::kSalvage).status()))
        << nth;
  }
}

// Whatever happens to a file: no record is given that was not written, and none twice.
TEST(SalvageTest, RandomDamageNeverInventsARecord) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  const BuiltSegmentOptions options{.records = 30, .per_chunk = 5, .late_each = 4};
  const BuiltSegment segment = BuildSegment(options);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = segment.bytes;
    for (uint32_t places = 1 + random() % 4; places > 0; --places) {
      const size_t at = random() % bytes.size();
      const size_t length = std::min<size_t>(1 + random() % 600, bytes.size() - at);
      if (random() % 4 == 0) {
        bytes.erase(at, length);
      } else {
        for (size_t i = 0; i < length; ++i) bytes[at + i] = static_cast<char>(random());
      }
      if (bytes.empty()) break;
    }
    const Opened opened = Open(bytes, RecoveryMode::kSalvage);
    if (!opened.ok()) continue;
    const std::vector<uint64_t> numbers = ReadNumbers(**opened, options);
    ASSERT_EQ(std::adjacent_find(numbers.begin(), numbers.end()), numbers.end());
    ASSERT_EQ((*opened)->records(), numbers.size());
    ASSERT_TRUE(numbers.empty() || numbers.back() <= 30);
  }
}

// The search for the next chunk crosses the borders of its windows.
TEST(SalvageTest, AChunkBehindALongDamagedStretchIsFound) {
  FaultyFileSystem files({"d"});
  for (size_t distance = kSearchWindow - 100; distance < kSearchWindow + 10; ++distance) {
    ChunkHeader header;
    header.marker = 0x1122334455667788;
    header.info.offset = 8 + distance;
    std::string bytes(8 + distance, '\x88');
    bytes += EncodeChunkHeader(header) + "tail";
    files.SetContents(kPath, bytes);
    const auto file = files.Open(kPath).value();
    ASSERT_EQ(FindChunkHeader(*file, header.marker, 8, bytes.size()).value(), 8 + distance);
  }
}

}  // namespace
}  // namespace shadowreel
