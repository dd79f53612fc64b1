#pragma once

// Our own mistakes: on in release, too. Errors from outside (network, disk, flags, stored bytes)
// are a Status instead.
namespace shadowreel {
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);
}  // namespace shadowreel

#define CHECK(condition)                                         \
  do {                                                           \
    if (!(condition)) [[unlikely]] {                             \
      ::shadowreel::CheckFailed(__FILE__, __LINE__, #condition); \
    }                                                            \
  } while (false)
