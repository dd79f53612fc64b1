#include "formats/reel/key_ids.h"

#include <algorithm>

namespace shadowreel {

void AddKeyIds(std::string_view list, std::set<std::string>* ids) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (comma > 0) ids->emplace(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

std::string JoinKeyIds(const std::set<std::string>& ids) {
  std::string list;
  for (const std::string& id : ids) list += (list.empty() ? "" : ",") + id;
  return list;
}

}  // namespace shadowreel
