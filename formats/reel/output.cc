#include "formats/reel/output.h"

#include "base/status.h"

namespace shadowreel {

bool Output::Write(std::string_view bytes) {
  if (error_ == 0 && std::fwrite(bytes.data(), 1, bytes.size(), stream_) != bytes.size()) {
    error_ = errno;
  }
  return error_ == 0;
}

absl::Status Output::Finish() {
  if (error_ == 0 && std::fflush(stream_) != 0) error_ = errno;
  if (error_ == 0 || error_ == EPIPE) return absl::OkStatus();
  return ErrnoError(error_, "cannot write the output");
}

}  // namespace shadowreel
