#pragma once

#include <cstdint>
#include <string_view>

#include "formats/record.h"

namespace shadowreel {

// Keeps a fraction of requests by hash: the same key, seed and percent give the same answer on
// every machine, and what 5 % keeps is within what 10 % keeps. A value; thread-safe.
class Sampler {
 public:
  // `percent` from 0 (keeps nothing) to 100 (keeps everything).
  Sampler(double percent, uint64_t seed);

  bool Keeps(std::string_view key) const;
  // By the record itself: recording uuid and number.
  bool Keeps(const Uuid& recording, uint64_t number) const;

  double percent() const { return percent_; }
  // 1/p: how many requests a kept one stands for; 0 at 0 percent.
  double weight() const;

 private:
  double percent_;
  uint64_t seed_;
  uint64_t threshold_;  // keeps hashes below it
  bool keeps_all_;
};

}  // namespace shadowreel
