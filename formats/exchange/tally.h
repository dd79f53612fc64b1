#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace shadowreel {

// What an import or export left out, and what it kept in another form: counted by kind, with the
// first places of each. Bounded: kinds are few and fixed by the code. Not thread-safe.
class Tally {
 public:
  static constexpr size_t kPlaces = 3;  // kept of each kind

  struct Entry {
    uint64_t count = 0;
    std::vector<std::string> places;  // "a.gor: offset 1234", "line 7", "record 12"
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  // A request or response was left out. `kind` says what and why in a few words: "request without
  // a method".
  void Add(std::string_view kind, std::string_view place);
  // It was kept, but not as it was: "header names without their case".
  void AddChange(std::string_view kind, std::string_view place);

  uint64_t total() const { return total_; }  // left out
  const Entries& entries() const { return entries_; }
  const Entries& changes() const { return changes_; }

 private:
  static void Count(std::string_view kind, std::string_view place, Entries* entries);

  Entries entries_;
  Entries changes_;
  uint64_t total_ = 0;
};

}  // namespace shadowreel
