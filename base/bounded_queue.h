#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/check.h"

namespace shadowreel {

// A queue between threads, bounded in bytes and in items. Thread-safe.
// std::mutex, because absl::Mutex gives false races under ThreadSanitizer in Debian's build.
template <typename T>
class BoundedQueue {
 public:
  struct Limits {
    size_t bytes;
    size_t items;
    // A consumer that waits is woken when so many items are there, or an eighth of `bytes`; else by
    // its patience. More than one saves most switches between threads where an item may wait.
    size_t wake_items = 1;
  };

  explicit BoundedQueue(Limits limits) : limits_(limits) {}

  // Never waits. Returns false, leaving `item` alone, when it does not fit or the queue is closed.
  // An item larger than the whole queue fits when the queue is empty.
  bool TryPush(T&& item, size_t bytes) {
    bool wake = false;
    {
      std::lock_guard lock(mutex_);
      if (closed_ || !FitsLocked(bytes)) return false;
      wake = PushLocked(std::move(item), bytes);
    }
    if (wake) filled_.notify_one();
    return true;
  }

  // Waits for room. Returns false when the queue is or gets closed. A wait for room ends when the
  // queue is half empty at the earliest: a producer woken for each item would cost two switches
  // between threads an item.
  bool Push(T&& item, size_t bytes) {
    bool wake = false;
    {
      std::unique_lock lock(mutex_);
      drained_.wait(lock, [&] { return closed_ || FitsLocked(bytes); });
      if (closed_) return false;
      wake = PushLocked(std::move(item), bytes);
    }
    if (wake) filled_.notify_one();
    return true;
  }

  // Waits for an item; nothing when the queue is closed and empty. Not with wake_items above 1:
  // without patience, few items would wait for ever.
  std::optional<T> Pop() {
    CHECK(limits_.wake_items <= 1);
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [&] { return closed_ || !items_.empty(); });
    return TakeLocked();
  }

  // As Pop, but waits at most `patience`. Nothing then does not mean closed: ask Finished().
  template <typename Duration>
  std::optional<T> PopFor(Duration patience) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, patience, [&] { return closed_ || !items_.empty(); });
    return TakeLocked();
  }

  // Never waits.
  std::optional<T> TryPop() {
    std::lock_guard lock(mutex_);
    return TakeLocked();
  }

  // Ends pushing; what is inside can still be popped.
  void Close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
    drained_.notify_all();
  }

  // Closed and empty: nothing will come any more.
  bool Finished() const {
    std::lock_guard lock(mutex_);
    return closed_ && items_.empty();
  }

  size_t bytes() const {
    std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  bool FitsLocked(size_t bytes) const {
    return items_.empty() || (items_.size() < limits_.items && bytes <= limits_.bytes &&
                              bytes_ <= limits_.bytes - bytes);
  }

  // Whether a waiting consumer is to be woken.
  bool PushLocked(T&& item, size_t bytes) {
    items_.emplace_back(std::move(item), bytes);
    bytes_ += bytes;
    return items_.size() >= limits_.wake_items || bytes_ >= limits_.bytes / 8;
  }

  std::optional<T> TakeLocked() {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front().first));
    bytes_ -= items_.front().second;
    items_.pop_front();
    // All: one large item's room may be enough for several waiting pushes.
    if (items_.size() <= limits_.items / 2 && bytes_ <= limits_.bytes / 2) drained_.notify_all();
    return item;
  }

  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable drained_;
  std::deque<std::pair<T, size_t>> items_;
  size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace shadowreel
