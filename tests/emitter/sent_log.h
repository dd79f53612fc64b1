#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdio>
#include <memory>
#include <string>

#include "tests/emitter/shadow_request.h"

namespace shadowreel {

// What was sent, one line a request as `reel cat --format=jsonl` writes a record, in the order in
// which the requests ended. Keys that only a recorder knows (times, connection, peer) mean
// nothing. Not thread-safe.
class SentLog {
 public:
  static absl::StatusOr<std::unique_ptr<SentLog>> Create(const std::string& path);
  ~SentLog();
  SentLog(const SentLog&) = delete;
  SentLog& operator=(const SentLog&) = delete;

  void Add(const ShadowRequest& request);
  // Tells whether all lines were written.
  absl::Status Close();

 private:
  SentLog(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}

  const std::string path_;
  std::FILE* file_;
};

}  // namespace shadowreel
