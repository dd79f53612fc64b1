#pragma once

#include <atomic>

namespace shadowreel {

// Tells a run to stop. Thread-safe; Request() and CutDrain() are async-signal-safe.
// (std::stop_source allocates and locks, so a signal may not use it.)
class StopSource {
 public:
  // Nothing more is sent; what is in flight may still end within the drain.
  void Request() { requested_.store(true, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }

  // As Request, and what is in flight is abandoned.
  void CutDrain() {
    drain_cut_.store(true, std::memory_order_relaxed);
    Request();
  }
  bool drain_cut() const { return drain_cut_.load(std::memory_order_relaxed); }

  // For a transport's options: true from the stop on.
  const std::atomic<bool>& flag() const { return requested_; }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free);
  std::atomic<bool> requested_{false};
  std::atomic<bool> drain_cut_{false};
};

}  // namespace shadowreel
