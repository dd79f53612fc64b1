#include "net/http/line_scanner.h"

namespace shadowreel {
namespace {

bool IsControl(unsigned char byte) { return (byte < 0x20 && byte != '\t') || byte == 0x7f; }

}  // namespace

LineScanner::Result LineScanner::Scan(std::string_view* bytes, size_t limit) {
  if (line_taken_) {
    buffer_.clear();
    line_taken_ = false;
  }
  const size_t room = limit > buffer_.size() ? limit - buffer_.size() : 0;
  for (size_t i = 0; i < bytes->size(); ++i) {
    if (i >= room) return Result::kTooLong;
    const auto byte = static_cast<unsigned char>((*bytes)[i]);
    if (after_cr_) {
      if (byte != '\n') return BadByte('\r');
      return FinishLine(bytes, i + 1);
    }
    if (!IsControl(byte)) [[likely]]
      continue;
    if (byte != '\r') return BadByte(byte);
    after_cr_ = true;
  }
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
