#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "recorder/capture/record_sink.h"

namespace shadowreel {

// What the roller has said of the tickets since it was last asked. A value.
class Settled {
 public:
  // Cheapest in ascending order.
  void AddShed(Ticket ticket);
  void AddDurable(Ticket through) { durable_through_ = through; }

  bool empty() const { return durable_through_ == kNoTicket && shed_.empty(); }
  // Whether tickets were shed; if not, those settled are the oldest that wait.
  bool has_shed() const { return !shed_.empty(); }
  // Nothing: it has not been settled yet. `ticket` must not have been settled before.
  std::optional<TicketOutcome> OutcomeOf(Ticket ticket) const;

 private:
  // A run of tickets that were shed.
  struct Range {
    Ticket first;
    Ticket last;
  };

  // The first of the ranges that begin above `ticket`.
  size_t ShedFrom(Ticket ticket) const;

  Ticket durable_through_ = kNoTicket;  // all up to it that were not shed
  std::vector<Range> shed_;             // ascending, without overlap
};

// Tells the listener's thread what the disk has: the roller's thread settles tickets, one group at
// a time, the listener's takes what was settled. Thread-safe.
class Acknowledgements {
 public:
  // `wake` is called on the roller's thread when there is something to take again.
  explicit Acknowledgements(std::function<void()> wake) : wake_(std::move(wake)) {}
  Acknowledgements(const Acknowledgements&) = delete;
  Acknowledgements& operator=(const Acknowledgements&) = delete;

  // A sync has covered every record with a ticket up to `through`, but for those shed.
  void Durable(Ticket through);
  // The record will not be stored; a later Durable may include it.
  void Shed(Ticket ticket);

  // Whether there is something to take. Does not lock.
  bool any() const { return any_.load(std::memory_order_acquire); }
  // All since the last Take. Bounded by what the queue can hold.
  Settled Take();

 private:
  void Announce();

  const std::function<void()> wake_;
  std::mutex mutex_;
  Settled settled_;
  std::atomic<bool> any_ = false;
};

}  // namespace shadowreel
