#pragma once

#include <cstddef>
#include <string_view>

#include "net/http/byte_set.h"

namespace shadowreel {

// What names of methods and fields are made of (RFC 9110, 5.6.2).
inline constexpr ByteSet kTokenBytes = ByteSet::Where([](unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
});

// How many token characters `text` begins with.
constexpr size_t TokenLength(std::string_view text) {
  size_t length = 0;
  while (length < text.size() && kTokenBytes.Holds(text[length])) ++length;
  return length;
}

// Whether `text` can be the name of a method or a field.
constexpr bool IsToken(std::string_view text) {
  return !text.empty() && kTokenBytes.HoldsAllOf(text);
}

}  // namespace shadowreel
