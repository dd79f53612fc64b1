#include "formats/exchange/line_reader.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/formats/exchange/text_source.h"

namespace shadowreel {
namespace {

using Result = LineReader::Result;

// "1@0:text", or "2@5:LONG", then "END" or "ERROR".
std::vector<std::string> LinesOf(std::unique_ptr<ByteSource> source, size_t bound) {
  LineReader reader(std::move(source), bound);
  std::vector<std::string> lines;
  while (true) {
    std::string_view line;
    const absl::StatusOr<Result> result = reader.Next(&line);
    if (!result.ok()) {
      lines.push_back("ERROR");
      return lines;
    }
    if (*result == Result::kEnd) {
      lines.push_back("END");
      return lines;
    }
    const std::string text = *result == Result::kTooLong ? "LONG" : std::string(line);
    lines.push_back(fmt::format("{}@{}:{}", reader.line_number(), reader.line_offset(), text));
  }
}

using Expected = std::vector<std::string>;

void ExpectLines(const std::string& text, const Expected& expected,
                 absl::Status behind = absl::OkStatus()) {
  for (const size_t piece : {1u, 2u, 3u, 1000u}) {
    EXPECT_EQ(LinesOf(std::make_unique<TextSource>(text, piece, behind), 5), expected)
        << "in pieces of " << piece;
  }
}

TEST(LineReaderTest, LinesEndInLfOrCrLfAndTheLastMayDoWithout) {
  ExpectLines("", {"END"});
  ExpectLines("a", {"1@0:a", "END"});
  ExpectLines("a\n", {"1@0:a", "END"});
  ExpectLines("a\r\nb\n\nc", {"1@0:a", "2@3:b", "3@5:", "4@6:c", "END"});
  ExpectLines("a\rb\n", {"1@0:a\rb", "END"});
}

TEST(LineReaderTest, LinesOverTheBoundArePassedOver) {
  ExpectLines("12345\n123456\nx", {"1@0:12345", "2@6:LONG", "3@13:x", "END"});
  ExpectLines("12345\r\n12345\r", {"1@0:12345", "2@7:12345", "END"});
  ExpectLines("123456", {"1@0:LONG", "END"});
  ExpectLines("12345678901234567890\na\n", {"1@0:LONG", "2@21:a", "END"});
}

TEST(LineReaderTest, AnErrorComesAfterTheWholeLinesBeforeIt) {
  ExpectLines("a\nhalf", {"1@0:a", "ERROR"}, DamageError("broken"));
  ExpectLines("a\n1234567", {"1@0:a", "ERROR"}, DamageError("broken"));
}

TEST(LineReaderTest, AnEndlessLineTakesNoMemory) {
  const Expected expected = {"1@0:LONG", "END"};
  EXPECT_EQ(LinesOf(std::make_unique<RepeatSource>('x', uint64_t{1} << 30), 1000), expected);
}

}  // namespace
}  // namespace shadowreel
