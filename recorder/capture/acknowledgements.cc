#include "recorder/capture/acknowledgements.h"

#include <algorithm>
#include <utility>

namespace shadowreel {

void Settled::AddShed(Ticket ticket) {
  const size_t after = ShedFrom(ticket);
  if (after > 0 && shed_[after - 1].last + 1 == ticket) {
    shed_[after - 1].last = ticket;
  } else {
    shed_.insert(shed_.begin() + static_cast<ptrdiff_t>(after), {ticket, ticket});
  }
}

size_t Settled::ShedFrom(Ticket ticket) const {
  const auto after =
      std::upper_bound(shed_.begin(), shed_.end(), ticket,
                       [](Ticket wanted, const Range& range) { return wanted < range.first; });
  return static_cast<size_t>(after - shed_.begin());
}

std::optional<TicketOutcome> Settled::OutcomeOf(Ticket ticket) const {
  const size_t after = ShedFrom(ticket);
  if (after > 0 && ticket <= shed_[after - 1].last) return TicketOutcome::kShed;
  if (ticket <= durable_through_) return TicketOutcome::kDurable;
  return std::nullopt;
}

void Acknowledgements::Durable(Ticket through) {
  {
    std::lock_guard lock(mutex_);
    settled_.AddDurable(through);
  }
  Announce();
}

void Acknowledgements::Shed(Ticket ticket) {
  {
    std::lock_guard lock(mutex_);
    settled_.AddShed(ticket);
  }
  Announce();
}

// One wake-up is enough until the listener has taken what it was woken for.
void Acknowledgements::Announce() {
  if (!any_.exchange(true, std::memory_order_acq_rel)) wake_();
}

Settled Acknowledgements::Take() {
  any_.store(false, std::memory_order_release);  // first: what comes from now on wakes again
  std::lock_guard lock(mutex_);
  return std::exchange(settled_, {});
}

}  // namespace shadowreel
