#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "recorder/capture/acknowledgements.h"
#include "recorder/server/output_buffer.h"

namespace shadowreel {

// The answers of an HTTP/1 connection from the first that waits for its record on, in the order of
// the requests (RFC 9112, 9.3.2). Empty while none waits. Unbounded: reading is paused before it is
// large. Owned and called by the session.
class PipelinedAnswers {
 public:
  // `sink` is told how each wait ended; it must outlive this.
  explicit PipelinedAnswers(RecordSink& sink) : sink_(sink) {}

  bool empty() const { return answers_.empty(); }
  size_t size() const { return answers_.size(); }
  // When the first to wait has waited long enough. Not when empty.
  SteadyTime deadline() const;

  // Adds an answer: what is said when `ticket` is durable, and what otherwise. Both texts must
  // outlive this. Deadlines must not decrease.
  void Await(Ticket ticket, SteadyTime deadline, std::string_view durable,
             std::string_view accepted);
  // Adds an answer that waits for those before it alone. Not when empty.
  void Append(std::string_view text);

  // Ends waits, by the roller's word or by the clock.
  void Settle(const Settled& settled);
  void Expire(SteadyTime now);

  // Moves the answers before the first that waits.
  void Release(OutputBuffer* output, SteadyTime now);

  void Clear() { answers_.clear(); }

 private:
  struct Answer {
    Ticket ticket;  // kNoTicket: it waits for nothing
    SteadyTime deadline;
    std::string_view durable;  // the text, once it waits for nothing
    std::string_view accepted;
  };
  void End(Answer* answer, TicketOutcome outcome);

  RecordSink& sink_;
  std::vector<Answer> answers_;  // the first one waits
};

}  // namespace shadowreel
