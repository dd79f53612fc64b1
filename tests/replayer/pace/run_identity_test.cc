#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/replayer/pace/run_fixture.h"

namespace shadowreel {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Runs with random plans, caps, targets and stops. Whatever happens, every planned request has one
// outcome.
class RunIdentity : public RunTest, public ::testing::WithParamInterface<uint64_t> {
 protected:
  int64_t Pick(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }

  ScriptedExchange RandomExchange() {
    constexpr ExchangeResult kResults[] = {ExchangeResult::kCompleted, ExchangeResult::kCompleted,
                                           ExchangeResult::kCompleted, ExchangeResult::kFailed,
                                           ExchangeResult::kTimedOut,  ExchangeResult::kUnsent};
    ScriptedExchange exchange;
    exchange.sent = microseconds(Pick(0, 500));
    exchange.done = exchange.sent + microseconds(Pick(0, 50'000));
    exchange.result = kResults[Pick(0, 5)];
    exchange.status = static_cast<uint16_t>(Pick(0, 3) == 0 ? 500 : 200);
    // A closed loop needs a transport with a time limit, as the real ones are.
    exchange.never_ends = !options_.closed_loop && Pick(0, 99) == 0;
    if (Pick(0, 3999) == 0) exchange.result = ExchangeResult::kRefused;
    return exchange;
  }

  void RandomOptions() {
    options_.closed_loop = Pick(0, 3) == 0;
    options_.max_in_flight = static_cast<size_t>(Pick(1, 64));
    options_.max_rate = static_cast<uint64_t>(Pick(100, 3000));
    options_.drain_timeout = milliseconds(Pick(0, 100));
    options_.breaker.errors_percent = Pick(0, 1) == 0 ? 100 : 60;
  }

  std::mt19937_64 random_{GetParam()};
};

TEST_P(RunIdentity, EveryPlannedRequestHasOneOutcome) {
  RandomOptions();
  const uint64_t count = static_cast<uint64_t>(Pick(1, 3000));
  Nanos intended{0};
  for (uint64_t i = 0; i < count; ++i) Plan(i, intended += microseconds(Pick(0, 1000)));
  Script([this](size_t, const OutboundRequest&) { return RandomExchange(); });
  const Nanos stop_at = Pick(0, 1) == 0 ? Nanos::max() : Nanos(milliseconds(Pick(0, 2000)));
  transport_->set_on_poll([&] {
    if (SinceStart() >= stop_at) stop_.Request();
    if (Pick(0, 999) == 0) clock_.Advance(milliseconds(Pick(1, 300)));
  });
  const RunTimes times = RunAll();

  EXPECT_EQ(times.planned, count);
  EXPECT_EQ(transport_->in_flight(), 0U);
  std::set<uint64_t> indexes;
  for (const KeptOutcome& kept : outcomes_.kept) indexes.insert(kept.outcome.index);
  EXPECT_EQ(indexes.size(), count);
  ASSERT_EQ(outcomes_.kept.size(), count);

  using enum OutcomeKind;
  const uint64_t sent = outcomes_.Count(kCompleted) + outcomes_.Count(kFailed) +
                        outcomes_.Count(kTimedOut) + outcomes_.Count(kAbandoned);
  EXPECT_EQ(times.planned,
            outcomes_.Count(kShed) + outcomes_.Count(kCancelled) + outcomes_.Count(kUnsent) + sent);
  EXPECT_EQ(times.released, outcomes_.Count(kUnsent) + sent);
  EXPECT_EQ(transport_->submitted().size(), times.released);
  EXPECT_LE(transport_->most_in_flight(), options_.max_in_flight);
  if (options_.closed_loop) {
    EXPECT_EQ(outcomes_.Count(kShed), 0U);
  }
  if (times.end == RunEnd::kFinished) {
    EXPECT_EQ(outcomes_.Count(kCancelled), 0U);
  }
}

// The seed is the parameter, and so stands in the test's name.
INSTANTIATE_TEST_SUITE_P(Seed, RunIdentity, ::testing::Range<uint64_t>(0, 200));

}  // namespace
}  // namespace shadowreel
