#include "scenarios/yaml/source_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "formats/byte_text.h"

namespace shadowreel {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr size_t kPairBytes = 12;   // \ud83d\ude00
constexpr size_t kJoinedBytes = 4;  // in UTF-8

// How many bytes the UTF-8 character has that begins here; 0: it is none.
size_t CharacterAt(std::string_view text, size_t position) {
  if (static_cast<unsigned char>(text[position]) < 0x80) return 1;
  for (size_t bytes = 2; bytes <= 4; ++bytes) {
    if (IsValidUtf8(text.substr(position, bytes))) return bytes;
  }
  return 0;
}

struct WrongByte {
  size_t position;
  std::string text;
};

std::optional<WrongByte> FindWrongByte(std::string_view text) {
  size_t bytes = 1;
  for (size_t i = 0; i < text.size(); i += bytes) {
    const auto byte = static_cast<unsigned char>(text[i]);
    bytes = CharacterAt(text, i);
    if (bytes == 0) return WrongByte{i, fmt::format("the byte 0x{:02x} is not UTF-8", byte)};
    if (byte == '\r' && text.substr(i, 2) != "\r\n") {
      return WrongByte{i, "a carriage return without a line feed; end lines with a line feed"};
    }
    if (byte < ' ' && byte != '\t' && byte != '\n' && byte != '\r') {
      return WrongByte{i, fmt::format("a control byte (0x{:02x}); YAML is text", byte)};
    }
  }
  return std::nullopt;
}

// The number behind "\u", or 0.
uint32_t EscapedAt(std::string_view text, size_t position) {
  uint32_t number = 0;
  const std::string_view escape = text.substr(std::min(position, text.size()), kPairBytes / 2);
  if (escape.size() == kPairBytes / 2 && escape.starts_with("\\u")) {
    std::from_chars(escape.data() + 2, escape.data() + escape.size(), number, 16);
  }
  return number;
}

void AppendUtf8(uint32_t character, std::string* out) {
  out->push_back(static_cast<char>(0xf0 | (character >> 18)));
  for (const uint32_t shift : {12U, 6U, 0U}) {
    out->push_back(static_cast<char>(0x80 | ((character >> shift) & 0x3f)));
  }
}

}  // namespace

SourceText::SourceText(std::string_view text, const std::string& file)
    : file_(std::make_shared<const std::string>(file)), text_(text), lines_{0} {
  for (size_t end = text.find('\n'); end != std::string_view::npos;
       end = text.find('\n', end + 1)) {
    lines_.push_back(static_cast<uint32_t>(end + 1));
  }
}

std::optional<SourceText> SourceText::Of(std::string_view text, const std::string& file,
                                         Problems* problems) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  SourceText source(text, file);
  if (const auto wrong = FindWrongByte(text)) {
    problems->Error(source.PlaceAt(wrong->position), wrong->text);
    return std::nullopt;
  }
  source.JoinSurrogates();
  return source;
}

Place SourceText::PlaceAt(size_t position) const {
  position = std::min(position, text_.size());
  const auto before = std::lower_bound(joined_.begin(), joined_.end(), position) - joined_.begin();
  position += static_cast<size_t>(before) * (kPairBytes - kJoinedBytes);
  const auto line = std::upper_bound(lines_.begin(), lines_.end(), position) - lines_.begin();
  const size_t begin = lines_[static_cast<size_t>(line) - 1];
  return {file_, static_cast<int>(line), static_cast<int>(position - begin + 1)};
}

// Only in JSON is it certain that what looks like an escape is one.
void SourceText::JoinSurrogates() {
  if (text_.find("\\ud") == std::string::npos && text_.find("\\uD") == std::string::npos) return;
  if (!nlohmann::json::accept(text_)) return;
  std::string joined;
  for (size_t i = 0; i < text_.size();) {
    const uint32_t high = EscapedAt(text_, i);
    const uint32_t low = EscapedAt(text_, i + kPairBytes / 2);
    if (high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
      joined_.push_back(static_cast<uint32_t>(joined.size()));
      AppendUtf8(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), &joined);
      i += kPairBytes;
      continue;
    }
    const size_t bytes = text_[i] == '\\' ? 2 : 1;
    joined.append(text_, i, bytes);
    i += bytes;
  }
  text_ = std::move(joined);
}

}  // namespace shadowreel
