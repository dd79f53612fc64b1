#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace shadowreel {

// Counts records by name in bounded memory: once `limit` names are known, new names are counted
// together. Not thread-safe.
class BoundedCounter {
 public:
  // Names are cut at this many bytes ("..." then follows).
  static constexpr size_t kMaxName = 256;

  explicit BoundedCounter(size_t limit) : limit_(limit) {}

  void Add(std::string name);

  struct Count {
    std::string name;
    uint64_t records;
    friend bool operator==(const Count&, const Count&) = default;
  };
  struct Summary {
    std::vector<Count> top;           // most records first, then by name
    uint64_t distinct = 0;            // names told apart
    bool more_than_distinct = false;  // there were more names than the limit
    uint64_t other_records = 0;       // of names that are not in `top`
  };
  Summary Top(size_t count) const;

 private:
  const size_t limit_;
  std::unordered_map<std::string, uint64_t> counts_;
  uint64_t overflow_ = 0;
};

}  // namespace shadowreel
