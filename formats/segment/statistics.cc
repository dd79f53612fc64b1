#include "formats/segment/statistics.h"

#include <algorithm>

#include "formats/segment/segment_format.h"

namespace shadowreel {

void StatisticsCounter::Add(const Record& record, uint64_t body_bytes) {
  const int64_t arrival = record.arrival.time_since_epoch().count();
  const bool first = statistics_.records() == 0;
  statistics_.set_min_arrival_nanos(first ? arrival
                                          : std::min(statistics_.min_arrival_nanos(), arrival));
  statistics_.set_max_arrival_nanos(first ? arrival
                                          : std::max(statistics_.max_arrival_nanos(), arrival));
  statistics_.set_records(statistics_.records() + 1);
  statistics_.set_body_bytes(statistics_.body_bytes() + body_bytes);
  if (!record.complete) statistics_.set_incomplete(statistics_.incomplete() + 1);
  if (record.truncated) statistics_.set_truncated(statistics_.truncated() + 1);
  statistics_.set_redactions(statistics_.redactions() + record.redactions.size());
  AddAuthority(record.stripped_authority);
}

void StatisticsCounter::AddAuthority(const std::string& authority) {
  if (!authorities_.empty() && authority == last_authority_) return;
  if (authorities_.contains(authority)) {
    last_authority_ = authority;
    return;
  }
  if (statistics_.authorities_size() == kMaxAuthorities) {
    statistics_.set_more_authorities(true);
    return;
  }
  authorities_.insert(authority);
  statistics_.add_authorities(authority);
  last_authority_ = authority;
}

}  // namespace shadowreel
