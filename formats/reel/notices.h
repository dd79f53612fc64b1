#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace shadowreel {

// What is said beside the results: warnings, and the progress of long steps. Not thread-safe.
class Notices {
 public:
  // `stream` stays the caller's. `progress`: it is a terminal that nothing else writes to.
  Notices(std::FILE* stream, bool progress, const Clock& clock);
  ~Notices();
  Notices(const Notices&) = delete;
  Notices& operator=(const Notices&) = delete;

  void Warn(std::string_view line);

  // Redraws a line such as "verified 45 %", at most five times a second and not within the first
  // second. Cheap enough to call for every record.
  void Progress(std::string_view done_so_far, uint64_t done, uint64_t total);
  // Takes that line away.
  void EndProgress();

 private:
  std::FILE* stream_;
  const bool progress_;
  const Clock& clock_;
  SteadyTime next_;
  bool drawn_ = false;
};

}  // namespace shadowreel
