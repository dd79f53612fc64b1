#include "formats/exchange/byte_source.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/posix_file_system.h"
#include "base/status.h"

namespace shadowreel {
namespace {

std::string Gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// Hard to compress, so that a cut loses only a part.
std::string Noise(size_t size) {
  std::string text(size, '\0');
  uint32_t state = 1;
  for (char& c : text) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return text;
}

struct Drained {
  std::string bytes;
  absl::Status status;
};

Drained Drain(ByteSource& source, size_t room) {
  Drained drained;
  std::string buffer(room, '\0');
  while (true) {
    const absl::StatusOr<size_t> count = source.Read(buffer.data(), room);
    if (!count.ok()) drained.status = count.status();
    if (!count.ok() || *count == 0) return drained;
    drained.bytes.append(buffer, 0, *count);
  }
}

class ByteSourceTest : public ::testing::Test {
 protected:
  Drained DrainFile(std::string_view content, size_t room = 1000) {
    std::ofstream(path_, std::ios::binary) << content;
    const auto source = OpenByteSource(files_, path_);
    if (!source.ok()) return {"", source.status()};
    Drained drained = Drain(**source, room);
    if (!drained.status.ok()) {
      char byte;
      EXPECT_EQ((*source)->Read(&byte, 1).status(), drained.status) << "an error must stay";
      EXPECT_NE(Message(drained.status).find(path_), std::string::npos) << drained.status;
    }
    return drained;
  }

  void ExpectDamage(std::string_view content, std::string_view part) {
    const Drained drained = DrainFile(content);
    EXPECT_EQ(drained.status.code(), absl::StatusCode::kDataLoss) << drained.status;
    EXPECT_NE(Message(drained.status).find(part), std::string::npos) << drained.status;
  }

  PosixFileSystem files_;
  const std::string path_ = JoinPath(::testing::TempDir(), "byte_source_test.gor");
};

TEST_F(ByteSourceTest, PlainFilesComeAsTheyAre) {
  for (const std::string& text : {std::string(), std::string("a"), Noise(700'000)}) {
    for (const size_t room : {1u, 7u, 1u << 20}) {
      if (room == 1 && text.size() > 10) continue;
      const Drained drained = DrainFile(text, room);
      EXPECT_TRUE(drained.status.ok()) << drained.status;
      EXPECT_TRUE(drained.bytes == text);
    }
  }
}

TEST_F(ByteSourceTest, GzipIsDecompressedWhateverItsName) {
  const std::string text = Noise(300'000);
  const Drained drained = DrainFile(Gzip(text));
  EXPECT_TRUE(drained.status.ok()) << drained.status;
  EXPECT_TRUE(drained.bytes == text);
}

TEST_F(ByteSourceTest, SeveralMembersAndPaddingAreOneStream) {
  const Drained drained =
      DrainFile(Gzip("one ") + Gzip("") + Gzip("two") + std::string(100'000, '\0'));
  EXPECT_TRUE(drained.status.ok()) << drained.status;
  EXPECT_EQ(drained.bytes, "one two");
}

TEST_F(ByteSourceTest, EveryCutIsReportedAfterWhatStandsBeforeIt) {
  const std::string text = Noise(500);
  const std::string whole = Gzip(text);
  for (size_t length = 2; length < whole.size(); ++length) {
    const Drained drained = DrainFile(whole.substr(0, length));
    EXPECT_EQ(drained.status.code(), absl::StatusCode::kDataLoss) << length;
    EXPECT_TRUE(text.starts_with(drained.bytes)) << length;
    if (length > whole.size() / 2) {
      EXPECT_GT(drained.bytes.size(), length / 2) << length;
    }
  }
  ExpectDamage(whole.substr(0, 300), "ends in the middle, at byte 300 of the file");
}

TEST_F(ByteSourceTest, DamageIsReportedAfterTheMembersBeforeIt) {
  std::string second = Gzip("second");
  second[second.size() - 8] ^= 1;  // its checksum
  const std::string first = Gzip("first");
  EXPECT_EQ(DrainFile(first + second).bytes.substr(0, 5), "first");
  ExpectDamage(first + second, "is damaged before byte");
  EXPECT_EQ(DrainFile(first + "text").bytes, "first");
  ExpectDamage(first + "text",
               fmt::format("other bytes after the gzip stream, at byte {} of", first.size()));
  ExpectDamage(first + std::string(1, '\0') + first, "other bytes after the gzip stream");
  ExpectDamage("\x1f\x8b\xff other bytes", "damaged before");
}

TEST_F(ByteSourceTest, ABombIsReadInPieces) {
  std::string bomb;
  for (int i = 0; i < 20; ++i) bomb += Gzip(std::string(5 << 20, 'x'));
  std::ofstream(path_, std::ios::binary) << bomb;
  const auto source = OpenByteSource(files_, path_);
  ASSERT_TRUE(source.ok());
  std::string buffer(64 << 10, '\0');
  uint64_t bytes = 0;
  while (true) {
    const auto count = (*source)->Read(buffer.data(), buffer.size());
    ASSERT_TRUE(count.ok()) << count.status();
    if (*count == 0) break;
    ASSERT_LE(*count, buffer.size());
    bytes += *count;
  }
  EXPECT_EQ(bytes, uint64_t{100} << 20);
}

TEST_F(ByteSourceTest, AMissingFileIsAnErrorThatNamesIt) {
  const auto source = OpenByteSource(files_, path_ + ".none");
  ASSERT_FALSE(source.ok());
  EXPECT_NE(Message(source.status()).find(path_), std::string::npos);
}

}  // namespace
}  // namespace shadowreel
