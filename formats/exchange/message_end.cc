#include "formats/exchange/message_end.h"

#include <charconv>
#include <cstdint>
#include <optional>

#include "net/http/fields.h"

namespace shadowreel {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr size_t kMaxLine = 64 << 10;  // of a chunk's size or a trailer
constexpr uint64_t kMaxLength = uint64_t{1} << 40;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::optional<size_t> ParseNumber(std::string_view text, int base) {
  uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || stop != text.data() + text.size() || value > kMaxLength) return {};
  return static_cast<size_t>(value);
}

// The value of the first field of that name in a head's text.
std::optional<std::string_view> FindValue(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const size_t end = head.find(kLineEnd);
    const std::string_view line = head.substr(0, end);
    const size_t colon = line.find(':');
    if (colon != line.npos && EqualsIgnoreCase(line.substr(0, colon), name)) {
      return Trim(line.substr(colon + 1));
    }
    if (end == head.npos) break;
    head.remove_prefix(end + kLineEnd.size());
  }
  return std::nullopt;
}

MessageEnd At(size_t bytes) { return {MessageEnd::Kind::kAt, bytes}; }
MessageEnd NeedsMore(size_t bytes) { return {MessageEnd::Kind::kNeedsMore, bytes}; }

MessageEnd FindEndOfChunks(std::string_view message, size_t at) {
  bool in_trailers = false;
  while (true) {
    if (at > message.size()) return NeedsMore(at);
    const size_t end = message.substr(at, kMaxLine).find(kLineEnd);
    if (end == message.npos) {
      return message.size() - at < kMaxLine ? NeedsMore(message.size() + 1) : MessageEnd();
    }
    const std::string_view line = message.substr(at, end);
    at += end + kLineEnd.size();
    if (in_trailers) {
      if (line.empty()) return At(at);
      continue;
    }
    const auto size = ParseNumber(Trim(line.substr(0, line.find(';'))), 16);
    if (!size) return {};
    in_trailers = *size == 0;
    if (!in_trailers) at += *size + kLineEnd.size();
  }
}

}  // namespace

MessageEnd FindMessageEnd(std::string_view message) {
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  const size_t head_end = message.find(kHeadEnd);
  if (head_end == message.npos) return {};
  const std::string_view head = message.substr(0, head_end);
  const size_t body = head_end + kHeadEnd.size();
  if (const auto length = FindValue(head, "content-length")) {
    const auto bytes = ParseNumber(*length, 10);
    return bytes ? At(body + *bytes) : MessageEnd();
  }
  const auto coding = FindValue(head, "transfer-encoding");
  if (coding && EqualsIgnoreCase(*coding, "chunked")) return FindEndOfChunks(message, body);
  return {};
}

}  // namespace shadowreel
