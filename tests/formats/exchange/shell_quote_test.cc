#include "formats/exchange/shell_quote.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

namespace shadowreel {
namespace {

// What `shell` makes of the word.
std::string Unquoted(const std::string& shell, const std::string& word) {
  const std::string script = ::testing::TempDir() + "/shell_quote_test.sh";
  std::FILE* file = std::fopen(script.c_str(), "w");
  std::fputs(("printf %s " + word + "\n").c_str(), file);
  std::fclose(file);
  std::FILE* pipe = popen((shell + " " + script).c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), count);
  }
  pclose(pipe);
  return text;
}

TEST(ShellQuoteTest, NoByteGetsOutOfItsQuotes) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  const std::vector<std::string> texts = {"",
                                          "plain",
                                          "it's",
                                          "'",
                                          "'\\''",
                                          "$(touch x)`touch x`\"$HOME\\",
                                          "-n",
                                          "--",
                                          "%s%n\\n",
                                          "!! \t;&|<>*?[~#",
                                          "a'\x1b[31m'%\\\"$(id)",
                                          "-\xff",
                                          all + "'",
                                          all + all};
  for (const char* shell : {"sh", "bash"}) {
    for (const std::string& text : texts) {
      const std::string word = ShellQuote(text);
      EXPECT_EQ(Unquoted(shell, word), text) << shell << ": " << word;
      EXPECT_TRUE(std::all_of(word.begin(), word.end(), [](unsigned char c) {
        return c >= 0x20 && c <= 0x7e;
      })) << word;
      EXPECT_EQ(Unquoted(shell, ShellQuoteLines(text)), text) << shell;
    }
    EXPECT_EQ(Unquoted(shell, ShellQuoteLines("a\n'b'\n")), "a\n'b'\n") << shell;
  }
}

}  // namespace
}  // namespace shadowreel
