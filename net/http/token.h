#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace shadowreel {

namespace token_internal {
constexpr std::array<bool, 256> MakeTable() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"
                                       "0123456789"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "abcdefghijklmnopqrstuvwxyz")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}
inline constexpr std::array<bool, 256> kTable = MakeTable();
}  // namespace token_internal

// What names of methods and fields are made of (RFC 9110, 5.6.2).
constexpr bool IsTokenCharacter(char c) {
  return token_internal::kTable[static_cast<unsigned char>(c)];
}

// How many token characters `text` begins with.
constexpr size_t TokenLength(std::string_view text) {
  size_t length = 0;
  while (length < text.size() && IsTokenCharacter(text[length])) ++length;
  return length;
}

constexpr bool IsToken(std::string_view text) {
  return !text.empty() && TokenLength(text) == text.size();
}

}  // namespace shadowreel
