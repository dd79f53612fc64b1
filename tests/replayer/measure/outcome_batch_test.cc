#include "replayer/measure/outcome_batch.h"

#include <gtest/gtest.h>

#include "formats/outcome.pb.h"

namespace shadowreel {
namespace {

constexpr WallTime kStart{std::chrono::seconds(1'700'000'000)};

trace::OutcomeChunk Decoded(const OutcomeBatch& batch) {
  trace::OutcomeChunk chunk;
  EXPECT_TRUE(chunk.ParseFromString(EncodeOutcomes(batch, kStart)));
  return chunk;
}

TEST(OutcomeBatchTest, TimesAreStoredAsDifferences) {
  OutcomeBatch batch;
  batch.Add({.index = 7,
             .kind = OutcomeKind::kCompleted,
             .intended = Nanos(1000),
             .sent = Nanos(1030),
             .done = Nanos(1530),
             .status = 204,
             .response_bytes = 12},
            "GET /cart", "");
  const trace::OutcomeChunk chunk = Decoded(batch);
  EXPECT_EQ(chunk.run_start_nanos(), 1'700'000'000'000'000'000);
  EXPECT_EQ(chunk.index(0), 7u);
  EXPECT_EQ(chunk.kind(0), trace::COMPLETED);
  EXPECT_EQ(chunk.intended_nanos(0), 1000);
  EXPECT_EQ(chunk.send_lag_nanos(0), 30);
  EXPECT_EQ(chunk.service_nanos(0), 500);
  EXPECT_EQ(chunk.status(0), 204u);
  EXPECT_EQ(chunk.response_bytes(0), 12u);
  EXPECT_EQ(chunk.texts(static_cast<int>(chunk.endpoint(0))), "GET /cart");
  EXPECT_EQ(chunk.error(0), 0u);
}

TEST(OutcomeBatchTest, TextsAreStoredOnce) {
  OutcomeBatch batch;
  for (int i = 0; i < 3; ++i) {
    batch.Add({.kind = OutcomeKind::kFailed}, "GET /a", "reset");
    batch.Add({.kind = OutcomeKind::kFailed}, "GET /b", "reset");
  }
  const trace::OutcomeChunk chunk = Decoded(batch);
  ASSERT_EQ(chunk.texts_size(), 4);
  EXPECT_EQ(chunk.texts(0), "");
  EXPECT_EQ(chunk.texts(1), "GET /a");
  EXPECT_EQ(chunk.texts(2), "reset");
  EXPECT_EQ(chunk.texts(3), "GET /b");
  EXPECT_EQ(chunk.endpoint(5), 3u);
  EXPECT_EQ(chunk.error(5), 2u);
}

TEST(OutcomeBatchTest, EveryKindKeepsItsNameAndTimesItDoesNotHaveAreZero) {
  OutcomeBatch batch;
  for (size_t kind = 0; kind < kOutcomeKinds; ++kind) {
    batch.Add({.kind = static_cast<OutcomeKind>(kind),
               .intended = Nanos(10),
               .sent = Nanos(20),
               .done = Nanos(50)},
              "", "");
  }
  const trace::OutcomeChunk chunk = Decoded(batch);
  struct Stored {
    trace::OutcomeKind kind;
    int64_t lag;
    int64_t service;
  };
  const Stored expected[] = {{trace::COMPLETED, 10, 30}, {trace::FAILED, 10, 30},
                             {trace::TIMED_OUT, 10, 30}, {trace::ABANDONED, 10, 0},
                             {trace::UNSENT, 0, 0},      {trace::SHED, 0, 0},
                             {trace::CANCELLED, 0, 0}};
  ASSERT_EQ(chunk.kind_size(), 7);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(chunk.kind(i), expected[i].kind);
    EXPECT_EQ(chunk.send_lag_nanos(i), expected[i].lag) << i;
    EXPECT_EQ(chunk.service_nanos(i), expected[i].service) << i;
  }
}

}  // namespace
}  // namespace shadowreel
