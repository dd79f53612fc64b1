#include "scenarios/emit/percent_json.h"

#include <cmath>
#include <cstdint>

namespace shadowreel {

Json PercentJson(double percent) {
  if (percent == std::trunc(percent)) return static_cast<int64_t>(percent);
  return percent;
}

void SetFilterPercent(double percent, Json* filter) {
  constexpr int64_t kMostScale = 10'000;
  int64_t scale = 1;
  while (scale < kMostScale && std::abs(percent * static_cast<double>(scale) -
                                        std::round(percent * static_cast<double>(scale))) > 1e-6) {
    scale *= 10;
  }
  const auto scaled = static_cast<int64_t>(std::llround(percent * static_cast<double>(scale)));
  if (scale == 1) {
    (*filter)["percent"] = scaled;
  } else {
    (*filter)["fraction"] = {{"numerator", scaled}, {"denominator", 100 * scale}};
  }
}

}  // namespace shadowreel
