#include <gtest/gtest.h>

#include <random>

#include "formats/segment/chunk_header.h"
#include "formats/segment/payload_codec.h"

namespace shadowreel {
namespace {

ChunkHeader SampleHeader() {
  ChunkHeader header;
  header.info.offset = 0x0102030405060708;
  header.info.first_record = 77;
  header.info.min_arrival_nanos = -5;
  header.info.max_arrival_nanos = 1'700'000'000'000'000'000;
  header.info.record_count = 4096;
  header.info.stored_length = 1000;
  header.info.raw_length = 3000;
  header.info.type = ChunkType::kLateRecords;
  header.info.codec = ChunkCodec::kZstd;
  header.marker = 0xfedcba9876543210;
  header.sequence = 12;
  header.anchor_wall_nanos = 5;
  header.anchor_steady_nanos = 6;
  header.payload_crc = 0xdeadbeef;
  return header;
}

TEST(Crc32cTest, IsTheCastagnoliChecksum) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
  // RFC 3720, B.4: 32 bytes of zeroes.
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
}

TEST(ChunkHeaderTest, ComesBackAsItWasWritten) {
  const std::string bytes = EncodeChunkHeader(SampleHeader());
  ASSERT_EQ(bytes.size(), chunk_header::kSize);
  const std::optional<ChunkHeader> decoded = DecodeChunkHeader(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded, SampleHeader());
}

TEST(ChunkHeaderTest, IsLittleEndianAtTheDocumentedOffsets) {
  const std::string bytes = EncodeChunkHeader(SampleHeader());
  EXPECT_EQ(bytes.substr(chunk_header::kOffset, 8), "\x08\x07\x06\x05\x04\x03\x02\x01");
  EXPECT_EQ(bytes[chunk_header::kType], '\x83');
  EXPECT_EQ(bytes[chunk_header::kCodec], '\x01');
  EXPECT_EQ(bytes.substr(chunk_header::kPayloadCrc, 4), "\xef\xbe\xad\xde");
}

TEST(ChunkHeaderTest, EveryFlippedBitIsNoticed) {
  const std::string bytes = EncodeChunkHeader(SampleHeader());
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(DecodeChunkHeader(flipped)) << "bit " << bit;
  }
}

TEST(ChunkHeaderTest, WrongLengthIsNoHeader) {
  const std::string bytes = EncodeChunkHeader(SampleHeader());
  EXPECT_FALSE(DecodeChunkHeader(bytes.substr(1)));
  EXPECT_FALSE(DecodeChunkHeader(bytes + '\0'));
  EXPECT_FALSE(DecodeChunkHeader(""));
}

TEST(ChunkHeaderFlawTest, SoundHeaderHasNone) {
  const ChunkHeader header = SampleHeader();
  EXPECT_EQ(ChunkHeaderFlaw(header, header.marker, header.info.offset), "");
}

TEST(ChunkHeaderFlawTest, HeaderCopiedFromElsewhereIsRefused) {
  const ChunkHeader header = SampleHeader();
  EXPECT_NE(ChunkHeaderFlaw(header, header.marker + 1, header.info.offset), "");
  EXPECT_NE(ChunkHeaderFlaw(header, header.marker, header.info.offset + 1), "");
}

TEST(ChunkHeaderFlawTest, LengthsAreBoundedBeforeAnythingIsAllocated) {
  ChunkHeader header = SampleHeader();
  header.info.raw_length = kMaxRawLength + 1;
  EXPECT_NE(ChunkHeaderFlaw(header, header.marker, header.info.offset), "");
  header.info.raw_length = header.info.stored_length - 1;
  EXPECT_NE(ChunkHeaderFlaw(header, header.marker, header.info.offset), "");
}

TEST(ChunkHeaderFlawTest, UnknownFlagsAreRefused) {
  ChunkHeader header = SampleHeader();
  header.flags = 1;
  EXPECT_NE(ChunkHeaderFlaw(header, header.marker, header.info.offset), "");
}

TEST(ChunkTypeTest, UnknownAncillaryTypesAreSkippedAndCriticalOnesAreNot) {
  EXPECT_TRUE(MayReadPast(static_cast<ChunkType>(0x7f)));
  EXPECT_FALSE(MayReadPast(static_cast<ChunkType>(0xff)));
  EXPECT_FALSE(MayReadPast(ChunkType::kEncrypted));
  EXPECT_FALSE(MayReadPast(ChunkType::kDictionary));
  EXPECT_TRUE(MayReadPast(ChunkType::kResponses));
}

TEST(TrailerTest, ComesBackAndEveryFlippedBitIsNoticed) {
  const std::string bytes = EncodeTrailer({123456, 0xabcdef});
  ASSERT_EQ(bytes.size(), kTrailerSize);
  const std::optional<Trailer> trailer = DecodeTrailer(bytes);
  ASSERT_TRUE(trailer);
  EXPECT_EQ(trailer->footer_offset, 123456u);
  EXPECT_EQ(trailer->marker, 0xabcdefu);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(DecodeTrailer(flipped)) << "bit " << bit;
  }
}

std::string Noise(size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST(PayloadCodecTest, CompressiblePayloadComesBack) {
  PayloadEncoder encoder(1);
  for (const size_t size : {100, 5000, 1 << 20, 300}) {
    const std::string raw(size, 'a');
    const PayloadEncoder::Encoded encoded = encoder.Encode(raw);
    EXPECT_EQ(encoded.codec, ChunkCodec::kZstd);
    EXPECT_LT(encoded.bytes.size(), size);
    std::string decoded;
    EXPECT_EQ(DecodePayload(encoded.codec, encoded.bytes, static_cast<uint32_t>(size), &decoded),
              "");
    EXPECT_EQ(decoded, raw);
  }
}

TEST(PayloadCodecTest, IncompressiblePayloadIsStoredPlain) {
  PayloadEncoder encoder(1);
  const std::string raw = Noise(100'000);
  const PayloadEncoder::Encoded encoded = encoder.Encode(raw);
  EXPECT_EQ(encoded.codec, ChunkCodec::kPlain);
  EXPECT_EQ(encoded.bytes.data(), raw.data());
}

TEST(PayloadCodecTest, SavingLessThanASixteenthIsNotWorthIt) {
  PayloadEncoder encoder(1);
  EXPECT_EQ(encoder.Encode(Noise(16'000) + std::string(500, 'a')).codec, ChunkCodec::kPlain);
  EXPECT_EQ(encoder.Encode(Noise(16'000) + std::string(1600, 'a')).codec, ChunkCodec::kZstd);
}

TEST(PayloadCodecTest, LevelZeroStoresPlain) {
  PayloadEncoder encoder(0);
  EXPECT_EQ(encoder.Encode(std::string(5000, 'a')).codec, ChunkCodec::kPlain);
}

TEST(PayloadCodecTest, EmptyPayloadComesBack) {
  PayloadEncoder encoder(1);
  const PayloadEncoder::Encoded encoded = encoder.Encode("");
  std::string decoded = "before";
  EXPECT_EQ(DecodePayload(encoded.codec, encoded.bytes, 0, &decoded), "");
  EXPECT_EQ(decoded, "");
}

TEST(PayloadCodecTest, ContentMustBeExactlyAsLongAsStated) {
  PayloadEncoder encoder(1);
  const std::string stored(encoder.Encode(std::string(5000, 'a')).bytes);
  std::string decoded;
  EXPECT_NE(DecodePayload(ChunkCodec::kZstd, stored, 4999, &decoded), "");
  EXPECT_NE(DecodePayload(ChunkCodec::kZstd, stored, 5001, &decoded), "");
  EXPECT_NE(DecodePayload(ChunkCodec::kPlain, "abc", 4, &decoded), "");
  EXPECT_NE(DecodePayload(ChunkCodec::kPlain, "abc", 2, &decoded), "");
}

TEST(PayloadCodecTest, GarbageAndUnknownCodecsAreRefused) {
  std::string decoded;
  EXPECT_NE(DecodePayload(ChunkCodec::kZstd, Noise(500), 1000, &decoded), "");
  EXPECT_NE(DecodePayload(static_cast<ChunkCodec>(2), "abc", 3, &decoded), "");
}

}  // namespace
}  // namespace shadowreel
