#include "recorder/server/upload.h"

#include <gtest/gtest.h>

#include <string>

namespace shadowreel {
namespace {

Record WithHead() {
  Record record;
  record.target = "/0123456789";
  record.headers.Add("host", "a.test");
  return record;
}
const size_t kHead = ApproximateBytes(WithHead());

TEST(UploadTest, BudgetGivesAllOrNothing) {
  UploadBudget budget(100);
  EXPECT_TRUE(budget.Take(60));
  EXPECT_FALSE(budget.Take(41));
  EXPECT_EQ(budget.used(), 60u);
  EXPECT_TRUE(budget.Take(40));
  budget.Return(100);
  EXPECT_EQ(budget.used(), 0u);
}

TEST(UploadTest, ShareIsWhatTheRecordTakesAndComesBack) {
  UploadBudget budget(1 << 20);
  {
    Record record = WithHead();
    Upload upload(budget, 1000);
    ASSERT_TRUE(upload.Start(record, 0));
    EXPECT_EQ(budget.used(), kHead);
    size_t most = 0;
    for (int i = 0; i < 300; ++i) {
      ASSERT_TRUE(upload.Append("seven b", &record));
      EXPECT_GE(budget.used() + Record().body.capacity(), record.body.capacity());
      most = std::max(most, budget.used());
    }
    EXPECT_EQ(record.body.size(), 1000u);
    EXPECT_EQ(record.wire_body_bytes, 2100u);
    EXPECT_TRUE(record.truncated);
    EXPECT_LE(most, kHead + 1000);
    upload.Release();
    EXPECT_EQ(budget.used(), 0u);
    ASSERT_TRUE(upload.Start(record, 0));
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(UploadTest, PromisedLengthTakesNothingAndBoundsTheGrowth) {
  UploadBudget budget(1 << 20);
  Record record = WithHead();
  Upload upload(budget, 1000);
  ASSERT_TRUE(upload.Start(record, 700));
  EXPECT_EQ(budget.used(), kHead);
  ASSERT_TRUE(upload.Append(std::string(400, 'x'), &record));
  ASSERT_TRUE(upload.Append(std::string(300, 'x'), &record));
  EXPECT_LE(budget.used(), kHead + 700);
  EXPECT_FALSE(record.truncated);
}

TEST(UploadTest, SpentBudgetIsToldOfHeadsAndOfBodies) {
  UploadBudget budget(kHead + 179);
  Record record = WithHead();
  Upload first(budget, 1000);
  ASSERT_TRUE(first.Start(record, 0));
  ASSERT_TRUE(first.Append(std::string(100, 'x'), &record));
  EXPECT_FALSE(first.Append(std::string(100, 'x'), &record));
  ASSERT_TRUE(budget.Take(kHead + 179 - budget.used()));
  Upload second(budget, 1000);
  EXPECT_FALSE(second.Start(record, 0));
}

}  // namespace
}  // namespace shadowreel
