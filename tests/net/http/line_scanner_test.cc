#include "net/http/line_scanner.h"

#include <gtest/gtest.h>

#include <string>

namespace shadowreel {
namespace {

using Result = LineScanner::Result;

constexpr size_t kNoLimit = 1 << 20;

bool IsAllowed(unsigned char byte) { return byte == '\t' || (byte >= 0x20 && byte != 0x7f); }

const char* ProblemOf(unsigned char byte) {
  switch (byte) {
    case '\0':
      return "a NUL byte";
    case '\r':
      return "a CR without LF";
    case '\n':
      return "a LF without CR";
    default:
      return "a control byte";
  }
}

// What the scanner says of one byte among others, wherever it stands: it looks at words of them.
void ExpectVerdictOn(unsigned char byte, char others, size_t size, size_t at) {
  std::string line(size, others);
  line[at] = static_cast<char>(byte);
  line += "\r\n";
  std::string_view bytes = line;
  LineScanner scanner;
  const Result result = scanner.Scan(&bytes, kNoLimit);
  if (IsAllowed(byte)) {
    ASSERT_EQ(result, Result::kLine);
    ASSERT_EQ(scanner.line(), line);
    ASSERT_TRUE(bytes.empty());
  } else {
    ASSERT_EQ(result, Result::kBadByte);
    ASSERT_STREQ(scanner.problem(), ProblemOf(byte));
  }
}

TEST(LineScannerTest, EachByteIsJudgedWhereverItStands) {
  for (const char others : {'a', '\t', '\x80', '\xff', '~', ' '}) {
    for (size_t size = 1; size <= 25; ++size) {
      for (size_t at = 0; at < size; ++at) {
        for (int byte = 0; byte < 256; ++byte) {
          ASSERT_NO_FATAL_FAILURE(
              ExpectVerdictOn(static_cast<unsigned char>(byte), others, size, at))
              << "byte " << byte << " at " << at << " of " << size;
        }
      }
    }
  }
}

TEST(LineScannerTest, TheFirstBadByteIsTheOneReported) {
  std::string_view bytes("0123456789\n\x01\r\n", 14);
  LineScanner scanner;
  EXPECT_EQ(scanner.Scan(&bytes, kNoLimit), Result::kBadByte);
  EXPECT_STREQ(scanner.problem(), "a LF without CR");
}

TEST(LineScannerTest, TheLimitCountsTheLineEnd) {
  for (size_t size = 0; size <= 20; ++size) {
    const std::string line = std::string(size, 'x') + "\r\n";
    const std::string more = line + "y";
    std::string_view fits = more;
    EXPECT_EQ(LineScanner().Scan(&fits, line.size()), Result::kLine);
    EXPECT_EQ(fits, "y");
    for (size_t limit = 0; limit < line.size(); ++limit) {
      std::string_view bytes = line;
      EXPECT_EQ(LineScanner().Scan(&bytes, limit), Result::kTooLong) << limit << " of " << size;
    }
  }
}

TEST(LineScannerTest, ABadByteBehindTheLimitIsNotSeen) {
  std::string_view bytes = "0123456789\n";
  EXPECT_EQ(LineScanner().Scan(&bytes, 10), Result::kTooLong);
  bytes = "0123456789\n";
  EXPECT_EQ(LineScanner().Scan(&bytes, 11), Result::kBadByte);
}

TEST(LineScannerTest, AWholeLineIsAViewIntoWhatWasScanned) {
  const std::string two = "first line\r\nsecond\r\n";
  std::string_view bytes = two;
  LineScanner scanner;
  EXPECT_EQ(scanner.Scan(&bytes, kNoLimit), Result::kLine);
  EXPECT_EQ(scanner.line().data(), two.data());
  EXPECT_EQ(scanner.line(), "first line\r\n");
  EXPECT_EQ(scanner.Scan(&bytes, kNoLimit), Result::kLine);
  EXPECT_EQ(scanner.line().data(), two.data() + 12);
  EXPECT_EQ(scanner.line(), "second\r\n");
}

}  // namespace
}  // namespace shadowreel
