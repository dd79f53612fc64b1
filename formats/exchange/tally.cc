#include "formats/exchange/tally.h"

namespace shadowreel {

void Tally::Add(std::string_view kind, std::string_view place) {
  auto found = entries_.find(kind);
  if (found == entries_.end()) found = entries_.emplace(kind, Entry()).first;
  Entry& entry = found->second;
  ++entry.count;
  ++total_;
  if (entry.places.size() < kPlaces) entry.places.emplace_back(place);
}

}  // namespace shadowreel
