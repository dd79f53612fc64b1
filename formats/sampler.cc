#include "formats/sampler.h"

#include <xxhash.h>

#include <array>
#include <cmath>
#include <cstring>

#include "base/check.h"

namespace shadowreel {
namespace {

// A fraction of the 2^64 hash values; 1.0 itself does not fit and is kept apart (keeps_all_).
uint64_t Threshold(double fraction) {
  return fraction >= 1 ? UINT64_MAX : static_cast<uint64_t>(std::ldexp(fraction, 64));
}

}  // namespace

Sampler::Sampler(double percent, uint64_t seed)
    : percent_(percent),
      seed_(seed),
      threshold_(Threshold(percent / 100)),
      keeps_all_(percent >= 100) {
  CHECK(percent >= 0 && percent <= 100);
}

bool Sampler::Keeps(std::string_view key) const {
  return keeps_all_ || XXH3_64bits_withSeed(key.data(), key.size(), seed_) < threshold_;
}

bool Sampler::Keeps(const Uuid& recording, uint64_t number) const {
  std::array<char, sizeof(Uuid) + sizeof(uint64_t)> key;
  std::memcpy(key.data(), recording.data(), sizeof(Uuid));
  for (size_t i = 0; i < sizeof(uint64_t); ++i) {  // little-endian on every machine
    key[sizeof(Uuid) + i] = static_cast<char>(number >> (8 * i));
  }
  return Keeps(std::string_view(key.data(), key.size()));
}

double Sampler::weight() const { return percent_ > 0 ? 100 / percent_ : 0; }

}  // namespace shadowreel
