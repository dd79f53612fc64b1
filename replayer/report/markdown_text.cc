#include "replayer/report/markdown_text.h"

#include <fmt/format.h>

#include <cctype>

#include "formats/byte_text.h"

namespace shadowreel {
namespace {

bool IsOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// A character reference is never markup (CommonMark 0.31, 2.5).
std::string Reference(char c) { return fmt::format("&#{};", static_cast<int>(c)); }

std::string ProseOf(char c, std::string_view rest) {
  if (IsOneOf(c, "<>&|")) return Reference(c);
  if (IsOneOf(c, "\\`*_[]~")) return {'\\', c};
  // Mentions, references to issues and formulas are found in the rendered text; a tag parts it.
  if (IsOneOf(c, "@#$")) return fmt::format("<span>{}</span>", c);
  if (c == ':' && rest.starts_with("//")) return Reference(c);
  return {c};
}

}  // namespace

std::string MarkdownProse(std::string_view bytes, size_t limit) {
  const std::string text = EscapeBeginning(bytes, limit);
  std::string prose;
  for (size_t i = 0; i < text.size(); ++i) {
    prose += ProseOf(text[i], std::string_view(text).substr(i + 1));
  }
  return prose;
}

std::string MarkdownCode(std::string_view bytes, size_t limit) {
  const std::string text = EscapeBeginning(bytes, limit);
  if (text.empty()) return "";
  if (text.find_first_of("`|\\") == std::string::npos) return '`' + text + '`';
  // Neither can be written in a code span of a table's cell.
  std::string code = "<code>";
  for (const char c : text) {
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || IsOneOf(c, " /.,-=");
    code += ascii && !plain ? Reference(c) : std::string(1, c);
  }
  return code + "</code>";
}

}  // namespace shadowreel
