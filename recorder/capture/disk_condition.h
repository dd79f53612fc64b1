#pragma once

#include <atomic>

#include "recorder/capture/ledger.h"

namespace shadowreel {

// What the roller's thread lets the listener's know. Thread-safe.
struct DiskCondition {
  // What to blame for a full queue: kQueueFull unless the disk keeps the roller from writing.
  std::atomic<ShedReason> full_queue_reason = ShedReason::kQueueFull;
  // The capture's byte budget is spent, for good.
  std::atomic<bool> budget_spent = false;

  // Nothing is written until the disk is back.
  bool away() const { return full_queue_reason != ShedReason::kQueueFull; }
};

}  // namespace shadowreel
