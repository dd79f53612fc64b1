#include "base/say.h"

#include <fcntl.h>
#include <unistd.h>

namespace shadowreel {

void SayText(std::FILE* stream, std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stream) == text.size()) return;
  std::clearerr(stream);
}

void KeepStandardStreams() {
  int fd = 0;
  do {
    fd = open("/dev/null", O_RDONLY);
  } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) close(fd);
}

}  // namespace shadowreel
