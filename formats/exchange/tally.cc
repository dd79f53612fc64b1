#include "formats/exchange/tally.h"

namespace shadowreel {

void Tally::Add(std::string_view kind, std::string_view place) {
  Count(kind, place, &entries_);
  ++total_;
}

void Tally::AddChange(std::string_view kind, std::string_view place) {
  Count(kind, place, &changes_);
}

void Tally::Count(std::string_view kind, std::string_view place, Entries* entries) {
  auto found = entries->find(kind);
  if (found == entries->end()) found = entries->emplace(kind, Entry()).first;
  Entry& entry = found->second;
  ++entry.count;
  if (entry.places.size() < kPlaces) entry.places.emplace_back(place);
}

}  // namespace shadowreel
