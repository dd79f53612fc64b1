#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "formats/record.h"
#include "recorder/capture/ledger.h"
#include "recorder/capture/segment_inventory.h"

namespace shadowreel {

// Seals what an interrupted run left: recovers every unsealed segment of `recording` in
// `directory`, in order of sequence, and sets aside (*.seg.damaged) unsealed files of which nothing
// can be read. Records numbered `limit` or more are left out, as are those that a later segment
// holds again. What a failing disk keeps from being recovered stays as it is, for the next time.
// The directory must be locked and nothing be writing in it. Returns lines for the operator, one a
// segment. True when each such file was recovered.
bool RecoverLeftovers(FileSystem& files, const Clock& clock, const std::string& directory,
                      const Uuid& recording, uint64_t limit, std::vector<std::string>* warnings);

// Brings the counts of an interrupted run up to date with what the segments hold. `counted_below`:
// records with lower numbers are in `counts` already. Reads the segments that hold others. What is
// not known to be stored counts as shed by the crash.
void CatchUpLedger(FileSystem& files, const SegmentInventory& inventory, uint64_t counted_below,
                   LedgerCounts* counts, std::vector<std::string>* warnings);

}  // namespace shadowreel
