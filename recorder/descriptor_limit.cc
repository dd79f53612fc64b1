#include "recorder/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>

#include "base/check.h"

namespace shadowreel {

size_t ReserveDescriptors(size_t connections) {
  constexpr rlim_t kOtherFiles = 64;
  rlimit files{};
  CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0);
  const rlim_t wanted = connections + kOtherFiles;
  if (files.rlim_cur < wanted) {
    files.rlim_cur = std::min(wanted, files.rlim_max);
    CHECK(setrlimit(RLIMIT_NOFILE, &files) == 0);
  }
  const rlim_t room = std::max(files.rlim_cur, kOtherFiles + 1) - kOtherFiles;
  return std::min<rlim_t>(connections, room);
}

}  // namespace shadowreel
