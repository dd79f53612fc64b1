#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "formats/exchange/byte_source.h"

namespace shadowreel {

// A text in pieces of at most `piece` bytes, and what stands behind it: the end, or an error.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text, size_t piece = 1 << 20,
                      absl::Status behind = absl::OkStatus())
      : text_(std::move(text)), piece_(piece), behind_(std::move(behind)) {}

  absl::StatusOr<size_t> Read(char* out, size_t room) override {
    const size_t count = std::min({room, piece_, text_.size() - at_});
    if (count == 0 && !behind_.ok()) return behind_;
    std::memcpy(out, text_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  const std::string text_;
  const size_t piece_;
  const absl::Status behind_;
  size_t at_ = 0;
};

// `count` times the same byte, without holding them.
class RepeatSource final : public ByteSource {
 public:
  RepeatSource(char byte, uint64_t count) : byte_(byte), left_(count) {}

  absl::StatusOr<size_t> Read(char* out, size_t room) override {
    const auto count = static_cast<size_t>(std::min<uint64_t>(room, left_));
    std::memset(out, byte_, count);
    left_ -= count;
    return count;
  }

 private:
  const char byte_;
  uint64_t left_;
};

}  // namespace shadowreel
