#include "formats/exchange/envoy_tap_messages.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace shadowreel {
namespace {

constexpr size_t kRead = size_t{64} << 10;

}  // namespace

EnvoyTapMessages::EnvoyTapMessages(std::unique_ptr<ByteSource> source, bool delimited)
    : source_(std::move(source)), delimited_(delimited), buffer_(kRead, '\0') {}

// False at the end of the file; else there is a byte at at_.
absl::StatusOr<bool> EnvoyTapMessages::Fill() {
  if (at_ < size_) return true;
  before_ += size_;
  at_ = size_ = 0;
  ASSIGN_OR_RETURN(size_, source_->Read(buffer_.data(), buffer_.size()));
  return size_ > 0;
}

// kMessage when `length` is one.
absl::StatusOr<EnvoyTapMessages::Result> EnvoyTapMessages::ReadLength(uint64_t* length) {
  constexpr int kLastShift = 63;
  *length = 0;
  for (int shift = 0; shift <= kLastShift; shift += 7) {
    ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more) return shift == 0 ? Result::kEnd : Result::kCut;
    const auto byte = static_cast<unsigned char>(buffer_[at_++]);
    *length |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return Result::kMessage;
  }
  return Result::kBroken;
}

absl::StatusOr<EnvoyTapMessages::Result> EnvoyTapMessages::ReadMessage(uint64_t length) {
  message_.clear();
  uint64_t read = 0;
  while (read < length) {
    ASSIGN_OR_RETURN(const bool more, Fill());
    if (!more) break;
    const size_t part = std::min<uint64_t>(length - read, size_ - at_);
    if (read + part <= kMaxMessageBytes) message_.append(buffer_, at_, part);
    at_ += part;
    read += part;
  }
  if (delimited_ && read < length) return Result::kCut;
  return read <= kMaxMessageBytes ? Result::kMessage : Result::kTooLong;
}

absl::StatusOr<EnvoyTapMessages::Result> EnvoyTapMessages::Next(std::string_view* message) {
  if (ended_) return Result::kEnd;
  message_offset_ = before_ + at_;
  ++number_;
  uint64_t length = UINT64_MAX;
  Result result = Result::kMessage;
  if (delimited_) {
    ASSIGN_OR_RETURN(result, ReadLength(&length));
  }
  if (result == Result::kMessage) {
    ASSIGN_OR_RETURN(result, ReadMessage(length));
  }
  ended_ = !delimited_ || (result != Result::kMessage && result != Result::kTooLong);
  *message = message_;
  return result;
}

}  // namespace shadowreel
