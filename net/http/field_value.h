#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "net/http/byte_set.h"

namespace shadowreel {

// A quick look, eight bytes at a time: false when `text` holds neither a byte below 0x20 nor 0x7f,
// true when it may. Texts shorter than eight bytes are not looked at.
inline bool MayHoldControl(std::string_view text) {
  constexpr size_t kWord = sizeof(uint64_t);
  constexpr auto repeat = [](uint8_t byte) { return uint64_t{0x0101010101010101} * byte; };
  if (text.size() < kWord) return true;
  uint64_t found = 0;
  const auto look = [&](const char* eight) {
    uint64_t word;
    std::memcpy(&word, eight, kWord);
    const uint64_t not_del = word ^ repeat(0x7f);
    found |= (word - repeat(0x20)) & ~word;
    found |= (not_del - repeat(0x01)) & ~not_del;
  };
  const char* const last = text.data() + text.size() - kWord;
  for (const char* eight = text.data(); eight < last; eight += kWord) look(eight);
  look(last);
  return (found & repeat(0x80)) != 0;
}

// Whether `text` holds no byte that would end a field's value: CR, LF or NUL (RFC 9110, 5.5).
inline bool IsFieldValue(std::string_view text) {
  constexpr ByteSet kBytes =
      ByteSet::Where([](unsigned char c) { return c != '\r' && c != '\n' && c != '\0'; });
  return !MayHoldControl(text) || kBytes.HoldsAllOf(text);
}

}  // namespace shadowreel
