#include "formats/segment/segment_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "formats/segment/chunk_writer.h"
#include "formats/segment/payload_codec.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_writer.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

using ::testing::HasSubstr;

constexpr char kPath[] = "d/s.seg";

// A small segment with both lanes and compressed chunks.
std::string SmallSegment() {
  FaultyFileSystem files({"d"});
  FakeClock clock;
  auto writer = SegmentWriter::Create(files, clock, "d", "s", {});
  EXPECT_TRUE(writer.ok());
  for (uint64_t i = 0; i < 7; ++i) {
    Record record = SampleRecord(i);
    if (i == 2) record.completed = record.arrival + std::chrono::seconds(5);
    EXPECT_TRUE((*writer)->Append(record).ok());
    if (i != 4) continue;
    EXPECT_EQ((*writer)->Flush(), absl::OkStatus());
  }
  trace::CaptureLedger ledger;
  ledger.set_written(7);
  EXPECT_EQ((*writer)->Seal(ledger), absl::OkStatus());
  return files.Contents(kPath);
}

// Everything that a reader gives, as text, or its first error.
absl::StatusOr<std::string> ReadAll(const std::string& bytes, bool verify) {
  FaultyFileSystem files({"d"});
  files.SetContents(kPath, bytes);
  ASSIGN_OR_RETURN(const auto reader, SegmentReader::Open(files, kPath));
  if (verify) RETURN_IF_ERROR(reader->Verify());
  std::string text = reader->header().SerializeAsString();
  for (const ChunkInfo& chunk : reader->record_chunks()) {
    std::vector<Record> records;
    RETURN_IF_ERROR(reader->ReadRecords(chunk, &records));
    for (Record& record : records) {
      RETURN_IF_ERROR(reader->LoadBody(&record));
      text += ToText(record);
    }
  }
  return text;
}

absl::Status OpenError(const std::string& bytes) { return ReadAll(bytes, false).status(); }

// The chunk offsets of a sound segment; the footer's is the last.
std::vector<uint64_t> ChunkOffsets(const std::string& bytes) {
  FaultyFileSystem files({"d"});
  files.SetContents(kPath, bytes);
  const auto reader = SegmentReader::Open(files, kPath);
  EXPECT_TRUE(reader.ok()) << reader.status();
  std::vector<uint64_t> offsets;
  for (const ChunkInfo& chunk : (*reader)->chunks()) offsets.push_back(chunk.offset);
  offsets.push_back((*reader)->chunks().back().end());
  return offsets;
}

// A container with one chunk of `type` between header and footer.
std::string SegmentWithChunk(ChunkType type, std::string_view raw, const ChunkRecords& records,
                             trace::SegmentHeader header = {}) {
  if (header.kind() == trace::SEGMENT_KIND_UNSPECIFIED) header.set_kind(trace::REQUESTS);
  FaultyFileSystem files({"d"});
  FakeClock clock;
  auto writer = ChunkWriter::Create(files, clock, "d", "s", std::move(header), {});
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ((*writer)->Write(type, raw, records), absl::OkStatus());
  EXPECT_EQ((*writer)->Seal({}), absl::OkStatus());
  return files.Contents(kPath);
}

// The chunk of one continued record, number 0.
std::string ContinuedRecord(uint64_t bytes) {
  trace::RecordChunk chunk;
  chunk.add_strings("PUT");
  chunk.add_records()->set_continued_bytes(bytes);
  return chunk.SerializeAsString();
}

// A segment of one continued record of four bytes, whose body is in `pieces`.
std::string ContinuedSegment(const std::vector<trace::BodyPiece>& pieces) {
  FaultyFileSystem files({"d"});
  FakeClock clock;
  trace::SegmentHeader header;
  header.set_kind(trace::REQUESTS);
  auto writer = ChunkWriter::Create(files, clock, "d", "s", header, {});
  EXPECT_TRUE(writer.ok());
  for (const trace::BodyPiece& piece : pieces) {
    EXPECT_EQ((*writer)->Write(ChunkType::kBody, piece.SerializeAsString(), {}), absl::OkStatus());
  }
  ChunkRecords records;
  records.count = 1;
  EXPECT_EQ((*writer)->Write(ChunkType::kRecords, ContinuedRecord(4), records), absl::OkStatus());
  EXPECT_EQ((*writer)->Seal({}), absl::OkStatus());
  return files.Contents(kPath);
}

trace::BodyPiece Piece(uint64_t begin, const std::string& bytes, bool last) {
  trace::BodyPiece piece;
  piece.set_begin(begin);
  piece.set_bytes(bytes);
  piece.set_last(last);
  return piece;
}

TEST(SegmentReaderTest, SoundSegmentVerifies) {
  const absl::StatusOr<std::string> text = ReadAll(SmallSegment(), true);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_THAT(*text, HasSubstr("record 6 of"));
}

TEST(SegmentReaderTest, EmptyFileIsNoSegment) {
  const absl::Status status = OpenError("");
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(Message(status),
            "d/s.seg: not a Shadowreel segment (it does not begin with the segment magic)");
}

TEST(SegmentReaderTest, AnotherKindOfFileIsNoSegment) {
  EXPECT_THAT(Message(OpenError("{\"log\": {\"entries\": []}}")), HasSubstr("not a Shadowreel"));
}

TEST(SegmentReaderTest, TextModeTransferIsNoticed) {
  std::string bytes = SmallSegment();
  bytes.replace(bytes.find("\r\n"), 2, "\n");
  EXPECT_THAT(Message(OpenError(bytes)), HasSubstr("not a Shadowreel"));
}

TEST(SegmentReaderTest, AnotherContainerVersionIsNamed) {
  std::string bytes = SmallSegment();
  bytes[7] = 2;
  EXPECT_THAT(Message(OpenError(bytes)), HasSubstr("container version 2"));
}

TEST(SegmentReaderTest, CutSegmentSaysWhereItEndsAndWhatIsWhole) {
  const std::string bytes = SmallSegment();
  const uint64_t footer = ChunkOffsets(bytes).back();
  const absl::Status status = OpenError(bytes.substr(0, footer + 10));
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(Message(status), HasSubstr(fmt::format(
                                   "d/s.seg: segment is not sealed: it ends at offset {} (the last "
                                   "whole chunk ends at {}, 7 records before it)",
                                   footer + 10, footer)));
}

TEST(SegmentReaderTest, EveryTruncationIsAnError) {
  const std::string bytes = SmallSegment();
  for (size_t size = 0; size < bytes.size(); ++size) {
    const absl::Status status = OpenError(bytes.substr(0, size));
    ASSERT_FALSE(status.ok()) << size;
    ASSERT_TRUE(absl::IsDataLoss(status) || size < kSegmentMagic.size()) << size << status;
  }
}

TEST(SegmentReaderTest, BytesAfterTheTrailerAreAnError) {
  EXPECT_TRUE(absl::IsDataLoss(OpenError(SmallSegment() + '\0')));
}

void FlipEveryBit(const std::string& bytes) {
  const absl::StatusOr<std::string> sound = ReadAll(bytes, false);
  ASSERT_TRUE(sound.ok());
  size_t same = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const absl::StatusOr<std::string> read = ReadAll(flipped, false);
    if (read.ok()) {
      ASSERT_EQ(*read, *sound) << "bit " << bit;
      ++same;
    } else {
      ASSERT_THAT(Message(read.status()), HasSubstr(kPath)) << "bit " << bit;
    }
  }
  // Only the footer can be done without.
  const uint64_t footer = ChunkOffsets(bytes).back();
  EXPECT_EQ(same, (bytes.size() - kTrailerSize - footer) * 8);
}

TEST(SegmentReaderTest, EveryFlippedBitGivesAnErrorOrTheSameRecords) {
  FlipEveryBit(SmallSegment());
}

TEST(SegmentReaderTest, EveryFlippedBitOfAContinuedBodyGivesAnErrorOrTheSameRecord) {
  FlipEveryBit(ContinuedSegment({Piece(0, "ab", false), Piece(2, "cd", true)}));
}

TEST(SegmentReaderTest, EveryDamagedByteFailsVerification) {
  const std::string bytes = SmallSegment();
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(~damaged[at]);
    const absl::Status status = ReadAll(damaged, true).status();
    ASSERT_FALSE(status.ok()) << at;
    ASSERT_THAT(Message(status), HasSubstr(kPath)) << at;
  }
}

TEST(SegmentReaderTest, DamageIsReportedWithItsOffset) {
  std::string bytes = SmallSegment();
  const uint64_t chunk = ChunkOffsets(bytes)[3];
  bytes[chunk + chunk_header::kSize + 3] ^= 1;
  const absl::Status status = OpenError(bytes);
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_EQ(Message(status),
            fmt::format("d/s.seg: damaged chunk at offset {}: its payload does not "
                        "match its checksum",
                        chunk));
}

TEST(SegmentReaderTest, DamagedFooterIsRebuiltFromTheChunks) {
  const std::string bytes = SmallSegment();
  std::string damaged = bytes;
  damaged[ChunkOffsets(bytes).back() + chunk_header::kSize + 20] ^= 1;
  FaultyFileSystem files({"d"});
  files.SetContents(kPath, bytes);
  files.SetContents("d/damaged.seg", damaged);
  const auto sound = SegmentReader::Open(files, kPath);
  const auto rebuilt = SegmentReader::Open(files, "d/damaged.seg");
  ASSERT_TRUE(sound.ok() && rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ((*rebuilt)->chunks(), (*sound)->chunks());
  EXPECT_EQ((*rebuilt)->footer().statistics().SerializeAsString(),
            (*sound)->footer().statistics().SerializeAsString());
  EXPECT_FALSE((*rebuilt)->footer().has_ledger());
  EXPECT_EQ(ReadAll(damaged, false).value(), ReadAll(bytes, false).value());
  EXPECT_TRUE(absl::IsDataLoss((*rebuilt)->Verify()));
}

TEST(SegmentReaderTest, FooterWithoutAnIndexIsEnough) {
  std::string bytes = SmallSegment();
  const std::string sound = ReadAll(bytes, true).value();
  const uint64_t offset = ChunkOffsets(bytes).back();
  ChunkHeader header =
      *DecodeChunkHeader(std::string_view(bytes).substr(offset, chunk_header::kSize));
  trace::SegmentFooter footer;
  ASSERT_TRUE(footer.ParseFromString(
      bytes.substr(offset + chunk_header::kSize, header.info.stored_length)));
  footer.clear_chunks();
  const std::string payload = footer.SerializeAsString();
  header.info.stored_length = header.info.raw_length = static_cast<uint32_t>(payload.size());
  header.payload_crc = Crc32c(payload);
  bytes = bytes.substr(0, offset) + EncodeChunkHeader(header) + payload +
          EncodeTrailer({offset, header.marker});
  EXPECT_EQ(ReadAll(bytes, true).value(), sound);
}

TEST(SegmentReaderTest, UnknownAncillaryChunkIsSkippedAndUnknownCriticalOneRefused) {
  EXPECT_EQ(OpenError(SegmentWithChunk(static_cast<ChunkType>(0x33), "hello", {})),
            absl::OkStatus());
  const absl::Status status =
      OpenError(SegmentWithChunk(static_cast<ChunkType>(0xb3), "hello", {}));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(Message(status), HasSubstr("is of type 0xb3, which this version does not know"));
}

TEST(SegmentReaderTest, UnknownIncompatibleFeatureIsRefused) {
  trace::SegmentHeader header;
  header.set_incompatible_features(4);
  const absl::Status status = OpenError(SegmentWithChunk(ChunkType::kResponses, "", {}, header));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_THAT(Message(status), HasSubstr("features that this version does not know (bits 0x4)"));
}

TEST(SegmentReaderTest, OutcomesAreNoRecording) {
  trace::SegmentHeader header;
  header.set_kind(trace::OUTCOMES);
  EXPECT_THAT(Message(OpenError(SegmentWithChunk(ChunkType::kOutcomes, "", {}, header))),
              HasSubstr("holds no requests (its kind is outcomes)"));
}

TEST(SegmentReaderTest, HeaderFieldsOfANewerWriterSurvive) {
  trace::SegmentHeader header;
  header.set_kind(trace::REQUESTS);
  header.GetReflection()->MutableUnknownFields(&header)->AddVarint(500, 7);
  EXPECT_EQ(OpenError(SegmentWithChunk(ChunkType::kResponses, "", {}, header)), absl::OkStatus());
}

TEST(SegmentReaderTest, MissingBodyPiecesAreDamage) {
  ChunkRecords records;
  records.count = 1;
  const absl::Status status =
      OpenError(SegmentWithChunk(ChunkType::kRecords, ContinuedRecord(5), records));
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(Message(status), HasSubstr("the body of record 0 is missing"));
}

absl::Status ReadContinued(const std::vector<trace::BodyPiece>& pieces) {
  return OpenError(ContinuedSegment(pieces));
}

TEST(SegmentReaderTest, BodyPiecesMustJoinUp) {
  EXPECT_EQ(ReadContinued({Piece(0, "ab", false), Piece(2, "cd", true)}), absl::OkStatus());
  EXPECT_TRUE(absl::IsDataLoss(ReadContinued({Piece(0, "ab", false), Piece(3, "cd", true)})));
  EXPECT_TRUE(absl::IsDataLoss(ReadContinued({Piece(0, "ab", false), Piece(2, "cd", false)})));
  EXPECT_TRUE(absl::IsDataLoss(ReadContinued({Piece(0, "ab", false), Piece(2, "cde", true)})));
  EXPECT_TRUE(absl::IsDataLoss(ReadContinued({Piece(0, "abcd", true), Piece(4, "e", true)})));
  EXPECT_TRUE(absl::IsDataLoss(ReadContinued({Piece(2, "cd", false), Piece(0, "ab", true)})));
}

TEST(SegmentReaderTest, ReadErrorIsNoDamage) {
  const std::string bytes = SmallSegment();
  for (uint64_t nth = 1; nth <= 6; ++nth) {
    FaultyFileSystem files({"d"});
    files.SetContents(kPath, bytes);
    Fault fault;
    fault.call = FileCall::kRead;
    fault.nth = nth;
    files.Inject(fault);
    EXPECT_TRUE(absl::IsUnavailable(SegmentReader::Open(files, kPath).status())) << nth;
  }
}

TEST(SegmentReaderTest, StatisticsThatLieFailVerification) {
  const trace::RecordChunk chunk = [] {
    trace::RecordChunk made;
    made.add_strings("GET");
    made.add_records();
    return made;
  }();
  ChunkRecords records;
  records.count = 1;
  // The container's writer leaves the statistics to its caller: here they count no record.
  const std::string bytes =
      SegmentWithChunk(ChunkType::kRecords, chunk.SerializeAsString(), records);
  EXPECT_EQ(OpenError(bytes), absl::OkStatus());
  EXPECT_THAT(Message(ReadAll(bytes, true).status()), HasSubstr("statistics"));
}

}  // namespace
}  // namespace shadowreel
