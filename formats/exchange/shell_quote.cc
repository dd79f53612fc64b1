#include "formats/exchange/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace shadowreel {
namespace {

bool IsPrintable(unsigned char c) { return c >= 0x20 && c <= 0x7e; }

// A format of printf, in single quotes.
std::string PrintfFormat(std::string_view text) {
  std::string format = "'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%') {
      format += "%%";
    } else if (!IsPrintable(byte) || c == '\\' || c == '\'') {
      fmt::format_to(std::back_inserter(format), "\\{:03o}", byte);
    } else {
      format += c;
    }
  }
  return format += '\'';
}

}  // namespace

std::string ShellQuote(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), IsPrintable)) return ShellQuoteLines(text);
  CHECK(!text.ends_with('\n'));
  CHECK(text.find('\0') == text.npos);
  return "\"$(printf -- " + PrintfFormat(text) + ")\"";
}

std::string ShellQuoteLines(std::string_view text) {
  CHECK(text.find('\0') == text.npos);
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted += '\'';
}

}  // namespace shadowreel
