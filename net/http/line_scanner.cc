#include "net/http/line_scanner.h"

#include <algorithm>

#include "net/http/field_value.h"

namespace shadowreel {
namespace {

bool IsControl(unsigned char byte) { return (byte < 0x20 && byte != '\t') || byte == 0x7f; }

// Where the first control byte stands, or the end.
size_t FindControl(std::string_view bytes) {
  if (!MayHoldControl(bytes)) return bytes.size();
  return std::find_if(bytes.begin(), bytes.end(), IsControl) - bytes.begin();
}

}  // namespace

LineScanner::Result LineScanner::Scan(std::string_view* bytes, size_t limit) {
  if (line_taken_) {
    buffer_.clear();
    line_taken_ = false;
  }
  const size_t room = limit > buffer_.size() ? limit - buffer_.size() : 0;
  const std::string_view allowed = bytes->substr(0, room);
  size_t at = 0;
  if (!after_cr_) {
    const std::string_view text = allowed.substr(0, allowed.find('\r'));
    at = FindControl(text);
    if (at < text.size()) return BadByte(static_cast<unsigned char>(text[at]));
    after_cr_ = at < allowed.size();
    if (after_cr_) ++at;
  }
  if (at < allowed.size()) return allowed[at] == '\n' ? FinishLine(bytes, at + 1) : BadByte('\r');
  if (allowed.size() < bytes->size()) return Result::kTooLong;
  buffer_.append(*bytes);
  *bytes = {};
  return Result::kNeedBytes;
}

LineScanner::Result LineScanner::FinishLine(std::string_view* bytes, size_t count) {
  if (buffer_.empty()) {
    line_ = bytes->substr(0, count);
  } else {
    buffer_.append(bytes->substr(0, count));
    line_ = buffer_;
  }
  bytes->remove_prefix(count);
  after_cr_ = false;
  line_taken_ = true;
  return Result::kLine;
}

LineScanner::Result LineScanner::BadByte(unsigned char byte) {
  switch (byte) {
    case '\0':
      problem_ = "a NUL byte";
      break;
    case '\r':
      problem_ = "a CR without LF";
      break;
    case '\n':
      problem_ = "a LF without CR";
      break;
    default:
      problem_ = "a control byte";
  }
  return Result::kBadByte;
}

}  // namespace shadowreel
