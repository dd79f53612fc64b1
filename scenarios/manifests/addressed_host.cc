#include "scenarios/manifests/addressed_host.h"

#include <algorithm>

#include "net/http/fields.h"
#include "scenarios/manifests/host_names.h"

namespace shadowreel {

bool MayMean(std::string_view asked, std::string_view full) {
  if (EqualsIgnoreCase(asked, full)) return true;
  if (!IsClusterHost(full) || asked.empty() || asked.size() >= full.size()) return false;
  const auto parts = std::count(asked.begin(), asked.end(), '.') + 1;
  return parts <= 3 && full[asked.size()] == '.' &&
         EqualsIgnoreCase(asked, full.substr(0, asked.size()));
}

}  // namespace shadowreel
