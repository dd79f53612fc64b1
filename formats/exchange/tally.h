#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace shadowreel {

// What an import left out, or an export could not keep: counted by kind, with the first places of
// each. Bounded: kinds are few and fixed by the code. Not thread-safe.
class Tally {
 public:
  static constexpr size_t kPlaces = 3;  // kept of each kind

  struct Entry {
    uint64_t count = 0;
    std::vector<std::string> places;  // "a.gor: offset 1234", "line 7", "record 12"
  };

  // `kind` says what and why in a few words: "request without a method".
  void Add(std::string_view kind, std::string_view place);

  uint64_t total() const { return total_; }
  const std::map<std::string, Entry, std::less<>>& entries() const { return entries_; }

 private:
  std::map<std::string, Entry, std::less<>> entries_;
  uint64_t total_ = 0;
};

}  // namespace shadowreel
