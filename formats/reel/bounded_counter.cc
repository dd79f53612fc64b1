#include "formats/reel/bounded_counter.h"

#include <algorithm>
#include <utility>

namespace shadowreel {

void BoundedCounter::Add(std::string name) {
  if (name.size() > kMaxName) {
    name.resize(kMaxName);
    name += "...";
  }
  if (const auto found = counts_.find(name); found != counts_.end()) {
    ++found->second;
  } else if (counts_.size() < limit_) {
    counts_.emplace(std::move(name), 1);
  } else {
    ++overflow_;
  }
}

BoundedCounter::Summary BoundedCounter::Top(size_t count) const {
  Summary summary;
  summary.distinct = counts_.size();
  summary.more_than_distinct = overflow_ > 0;
  summary.other_records = overflow_;
  for (const auto& [name, records] : counts_) summary.top.push_back({name, records});
  std::sort(summary.top.begin(), summary.top.end(), [](const Count& a, const Count& b) {
    return a.records != b.records ? a.records > b.records : a.name < b.name;
  });
  for (size_t i = count; i < summary.top.size(); ++i)
    summary.other_records += summary.top[i].records;
  if (summary.top.size() > count) summary.top.resize(count);
  return summary;
}

}  // namespace shadowreel
