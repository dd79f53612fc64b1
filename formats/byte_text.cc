#include "formats/byte_text.h"

#include <fmt/format.h>

#include <cstdint>

#include "formats/base64.h"

namespace shadowreel {
namespace {

struct CodePoint {
  char32_t value;
  size_t length;  // in bytes; 0: not well-formed
};

CodePoint FirstCodePoint(std::string_view bytes) {
  const auto first = static_cast<uint8_t>(bytes.front());
  if (first < 0x80) return {first, 1};
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() < length) return {0, 0};
  char32_t value = first & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<uint8_t>(bytes[i]);
    if ((next & 0xc0) != 0x80) return {0, 0};
    value = (value << 6) | (next & 0x3fu);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (overlong || surrogate || value > 0x10ffff) return {0, 0};
  return {value, length};
}

bool ActsOnTerminal(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void AppendEscaped(std::string_view bytes, std::string* out) {
  for (const char c : bytes) {
    switch (c) {
      case '\n':
        out->append("\\n");
        break;
      case '\r':
        out->append("\\r");
        break;
      case '\t':
        out->append("\\t");
        break;
      default:
        fmt::format_to(std::back_inserter(*out), "\\x{:02x}", static_cast<uint8_t>(c));
    }
  }
}

void AppendJsonEscape(char32_t c, std::string* out) {
  switch (c) {
    case '"':
      out->append("\\\"");
      break;
    case '\\':
      out->append("\\\\");
      break;
    case '\n':
      out->append("\\n");
      break;
    case '\r':
      out->append("\\r");
      break;
    case '\t':
      out->append("\\t");
      break;
    default:
      fmt::format_to(std::back_inserter(*out), "\\u{:04x}", static_cast<uint32_t>(c));
  }
}

}  // namespace

bool IsValidUtf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t length = FirstCodePoint(bytes).length;
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

void AppendJsonBytes(std::string_view bytes, std::string* out) {
  if (!IsValidUtf8(bytes)) {
    out->append("{\"base64\":\"").append(EncodeBase64(bytes)).append("\"}");
    return;
  }
  *out += '"';
  while (!bytes.empty()) {
    const CodePoint c = FirstCodePoint(bytes);
    if (c.value == '"' || c.value == '\\' || ActsOnTerminal(c.value)) {
      AppendJsonEscape(c.value, out);
    } else {
      out->append(bytes.substr(0, c.length));
    }
    bytes.remove_prefix(c.length);
  }
  *out += '"';
}

nlohmann::ordered_json BytesAsJson(std::string_view bytes) {
  if (IsValidUtf8(bytes)) return std::string(bytes);
  return {{"base64", EncodeBase64(bytes)}};
}

std::string EscapeForTerminal(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const CodePoint c = FirstCodePoint(bytes);
    const std::string_view front = bytes.substr(0, c.length == 0 ? 1 : c.length);
    if (c.length == 0 || ActsOnTerminal(c.value)) {
      AppendEscaped(front, &text);
    } else if (c.value == '\\') {
      text.append("\\\\");
    } else {
      text.append(front);
    }
    bytes.remove_prefix(front.size());
  }
  return text;
}

std::string InOneLine(std::string_view bytes) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const CodePoint c = FirstCodePoint(rest);
    if (c.length == 0 || ActsOnTerminal(c.value)) return EscapeForTerminal(bytes);
    rest.remove_prefix(c.length);
  }
  return std::string(bytes);
}

std::string EscapeBeginning(std::string_view bytes, size_t limit) {
  std::string text = EscapeForTerminal(bytes.substr(0, limit));
  if (bytes.size() > limit) text.append("...");
  return text;
}

std::string Hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<uint8_t>(c));
  }
  return text;
}

}  // namespace shadowreel
