#include "formats/reel/busiest_window.h"

#include "base/status.h"

namespace shadowreel {
namespace {

// Later minus earlier; unsigned, so that no difference overflows.
uint64_t Apart(WallTime earlier, WallTime later) {
  return static_cast<uint64_t>(later.time_since_epoch().count()) -
         static_cast<uint64_t>(earlier.time_since_epoch().count());
}

}  // namespace

absl::StatusOr<BusiestWindow> FindBusiestWindow(Nanos length, const NextArrival& next_first,
                                                const NextArrival& next_beyond) {
  const auto nanos = static_cast<uint64_t>(length.count());
  BusiestWindow busiest;
  WallTime first;        // where the window begins
  WallTime beyond;       // the first arrival after it
  uint64_t before = 0;   // records before the window
  uint64_t through = 0;  // records up to its end
  ASSIGN_OR_RETURN(bool more_beyond, next_beyond(&beyond));
  // Once its end has passed the last record, later windows only lose records.
  while (more_beyond) {
    ASSIGN_OR_RETURN(const bool more, next_first(&first));
    if (!more) break;
    while (more_beyond && (beyond <= first || Apart(first, beyond) < nanos)) {
      ++through;
      ASSIGN_OR_RETURN(more_beyond, next_beyond(&beyond));
    }
    if (through - before > busiest.records) busiest = {first, through - before};
    ++before;
  }
  return busiest;
}

}  // namespace shadowreel
