#include "recorder/server/pipelined_answers.h"

#include <algorithm>

#include "base/check.h"

namespace shadowreel {

SteadyTime PipelinedAnswers::deadline() const {
  CHECK(!answers_.empty());
  return answers_.front().deadline;
}

void PipelinedAnswers::Await(Ticket ticket, SteadyTime deadline, std::string_view durable,
                             std::string_view accepted) {
  answers_.push_back({ticket, deadline, durable, accepted});
}

void PipelinedAnswers::Append(std::string_view text) {
  CHECK(!answers_.empty());
  answers_.push_back({kNoTicket, SteadyTime(), text, text});
}

void PipelinedAnswers::Settle(const Settled& settled) {
  for (Answer& answer : answers_) {
    if (answer.ticket == kNoTicket) continue;
    if (const auto outcome = settled.OutcomeOf(answer.ticket)) {
      End(&answer, *outcome);
    } else if (!settled.has_shed()) {
      return;
    }
  }
}

void PipelinedAnswers::Expire(SteadyTime now) {
  for (Answer& answer : answers_) {
    if (answer.ticket == kNoTicket) continue;
    if (now < answer.deadline) return;
    End(&answer, TicketOutcome::kLate);
  }
}

void PipelinedAnswers::End(Answer* answer, TicketOutcome outcome) {
  answer->ticket = kNoTicket;
  if (outcome != TicketOutcome::kDurable) answer->durable = answer->accepted;
  sink_.Answered(outcome);
}

void PipelinedAnswers::Release(OutputBuffer* output, SteadyTime now) {
  const auto waits = std::find_if(answers_.begin(), answers_.end(),
                                  [](const Answer& answer) { return answer.ticket != kNoTicket; });
  for (auto next = answers_.begin(); next != waits; ++next) output->Append(next->durable, now);
  answers_.erase(answers_.begin(), waits);
}

}  // namespace shadowreel
