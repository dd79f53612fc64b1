#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <cstdint>
#include <memory>

#include "formats/reel/external_sort.h"
#include "formats/reel/notices.h"
#include "formats/reel/recording_access.h"
#include "formats/segment/trace_reader.h"

namespace shadowreel {

// A record whose content has no equal on the other side.
struct UnequalRecord {
  struct ByPlace {
    bool operator()(const UnequalRecord& a, const UnequalRecord& b) const {
      return a.place < b.place;
    }
  };

  uint64_t request_id = 0;  // its digest; 0: none
  RecordPlace place;
  bool other_side_has_id = false;  // some record there, equal ones included, has this request id
};

struct JoinedContents {
  using UnequalSort = ExternalSort<UnequalRecord, UnequalRecord::ByPlace>;

  uint64_t equal = 0;                                   // pairs
  std::array<std::unique_ptr<UnequalSort>, 2> unequal;  // of A and of B, started
};

// Reads two traces and joins the records of equal content, the k-th in stored order with the k-th.
// Memory: at most seven sorts of `space` at a time; disk beyond that: 48 bytes a record, and 48
// more for one without an equal.
absl::StatusOr<JoinedContents> JoinContents(const std::array<const TraceReader*, 2>& traces,
                                            const SortSpace& space, Notices& notices);

}  // namespace shadowreel
