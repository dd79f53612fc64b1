#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "formats/exchange/byte_source.h"

namespace shadowreel {

// Cuts a file into the messages in it: the whole file is one, or each stands behind its length as a
// varint. Memory grows with the bytes that are really there, up to the bound. Not thread-safe.
class EnvoyTapMessages {
 public:
  enum class Result {
    kMessage,
    kTooLong,  // passed over
    kCut,      // the file ends in the middle of a length or a message
    kBroken,   // a length that is none; nothing can be read behind it
    kEnd,
  };
  static constexpr size_t kMaxMessageBytes = size_t{64} << 20;

  EnvoyTapMessages(std::unique_ptr<ByteSource> source, bool delimited);

  // `message` is valid until the next call. An error is the source's. After kCut and kBroken: kEnd.
  absl::StatusOr<Result> Next(std::string_view* message);

  // Of the message given last: from 1, and where it (or its length) begins.
  uint64_t number() const { return number_; }
  uint64_t offset() const { return message_offset_; }

 private:
  absl::StatusOr<bool> Fill();
  absl::StatusOr<Result> ReadLength(uint64_t* length);
  absl::StatusOr<Result> ReadMessage(uint64_t length);

  const std::unique_ptr<ByteSource> source_;
  const bool delimited_;
  std::string buffer_;
  size_t at_ = 0;
  size_t size_ = 0;      // of what is in the buffer
  uint64_t before_ = 0;  // bytes before the buffer
  std::string message_;
  uint64_t number_ = 0;
  uint64_t message_offset_ = 0;
  bool ended_ = false;
};

}  // namespace shadowreel
