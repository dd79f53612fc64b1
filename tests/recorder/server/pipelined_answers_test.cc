#include "recorder/server/pipelined_answers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/recorder/server/record_notes.h"

namespace shadowreel {
namespace {

SteadyTime At(int second) { return SteadyTime(std::chrono::seconds(second)); }

class PipelinedAnswersTest : public ::testing::Test {
 protected:
  void Await(Ticket ticket, int deadline) { answers_.Await(ticket, At(deadline), "D", "a"); }
  // What may be said now.
  std::string Release() {
    answers_.Release(&output_, At(0));
    std::string released(output_.view());
    output_.Consume(released.size());
    return released;
  }

  RecordNotes sink_;
  OutputBuffer output_;
  PipelinedAnswers answers_{sink_};
};

TEST_F(PipelinedAnswersTest, AnswersBehindOneThatWaitsWaitToo) {
  Await(1, 10);
  answers_.Append("x");
  Await(2, 11);
  EXPECT_EQ(answers_.deadline(), At(10));
  Settled second;
  second.AddShed(2);
  answers_.Settle(second);
  EXPECT_EQ(Release(), "");
  EXPECT_EQ(answers_.size(), 3u);
  Settled first;
  first.AddDurable(2);
  answers_.Settle(first);
  EXPECT_EQ(Release(), "Dxa");
  EXPECT_TRUE(answers_.empty());
  EXPECT_EQ(sink_.outcomes,
            (std::vector<TicketOutcome>{TicketOutcome::kShed, TicketOutcome::kDurable}));
}

TEST_F(PipelinedAnswersTest, DeadlinesEndTheOldestWaitsAlone) {
  Await(1, 10);
  Await(2, 10);
  Await(3, 11);
  answers_.Expire(At(9));
  EXPECT_EQ(Release(), "");
  answers_.Expire(At(10));
  EXPECT_EQ(Release(), "aa");
  EXPECT_EQ(answers_.deadline(), At(11));
  EXPECT_EQ(sink_.outcomes, std::vector<TicketOutcome>(2, TicketOutcome::kLate));
}

}  // namespace
}  // namespace shadowreel
