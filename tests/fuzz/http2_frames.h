#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace shadowreel {

// RFC 9113, 4.1.
inline constexpr size_t kFrameHeaderBytes = 9;

// The length in the frame header that `bytes` begin with.
inline size_t FramePayloadLength(std::string_view bytes) {
  const auto at = [bytes](size_t i) { return size_t{static_cast<uint8_t>(bytes[i])}; };
  return at(0) << 16 | at(1) << 8 | at(2);
}

// Lets the last of the frames in `data` end where the data end.
inline void MendLastFrame(uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (size_t at = 0; size - at >= kFrameHeaderBytes;) {
    const size_t room = size - at - kFrameHeaderBytes;
    const size_t length = FramePayloadLength(bytes.substr(at));
    if (length > room) {
      data[at] = static_cast<uint8_t>(room >> 16);
      data[at + 1] = static_cast<uint8_t>(room >> 8);
      data[at + 2] = static_cast<uint8_t>(room);
      return;
    }
    at += kFrameHeaderBytes + length;
  }
}

}  // namespace shadowreel
