#include "tests/emitter/sent_log.h"

#include <cerrno>
#include <utility>

#include "base/status.h"
#include "formats/reel/record_text.h"

namespace shadowreel {

absl::StatusOr<std::unique_ptr<SentLog>> SentLog::Create(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return ErrnoError(errno, "open " + path);
  return std::unique_ptr<SentLog>(new SentLog(path, file));
}

SentLog::~SentLog() {
  if (file_ != nullptr) std::fclose(file_);
}

void SentLog::Add(const ShadowRequest& request) {
  const std::string line = RenderJsonLine(request.record);
  std::fwrite(line.data(), 1, line.size(), file_);  // an error stays until Close
}

absl::Status SentLog::Close() {
  std::FILE* const file = std::exchange(file_, nullptr);
  const bool failed = std::ferror(file) != 0;
  if (std::fclose(file) != 0 || failed) return ErrnoError(errno, "write " + path_);
  return absl::OkStatus();
}

}  // namespace shadowreel
