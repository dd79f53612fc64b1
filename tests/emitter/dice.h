#pragma once

#include <cstdint>

namespace shadowreel {

// Reproducible choices: each pair of seed and number has its own stream (splitmix64).
class Dice {
 public:
  Dice(uint64_t seed, uint64_t number) : state_(Scramble(seed) ^ Scramble(number * kStep)) {}

  uint64_t Next() { return Scramble(state_ += kStep); }

  // From 0 to bound - 1; `bound` is at least 1.
  uint64_t Below(uint64_t bound) { return Next() % bound; }

  // True in `percent` of 100 cases.
  bool Percent(double percent) { return static_cast<double>(Below(1000000)) < percent * 10000; }

 private:
  static constexpr uint64_t kStep = 0x9e3779b97f4a7c15;

  static constexpr uint64_t Scramble(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

}  // namespace shadowreel
