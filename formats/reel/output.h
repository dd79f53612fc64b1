#pragma once

#include <absl/status/status.h>

#include <cstdio>
#include <string_view>

namespace shadowreel {

// Where results go: a buffered stream that may be a pipe whose reader leaves (SIGPIPE must be
// ignored) or a file on a disk that fills. Not thread-safe.
class Output {
 public:
  // `stream` stays the caller's.
  explicit Output(std::FILE* stream) : stream_(stream) {}

  // False when writing has become pointless: the reader left or a write failed.
  bool Write(std::string_view bytes);

  // Writes what is buffered. The first failed write's error; a reader that left is none.
  absl::Status Finish();

 private:
  std::FILE* stream_;
  int error_ = 0;  // errno of the first failure
};

}  // namespace shadowreel
