#include "recorder/capture/ledger.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace shadowreel {
namespace {

Record SmallRecord() {
  Record record;
  record.method = "POST";           // 4
  record.target = "/a?b";           // 4
  record.headers.Add("Host", "h");  // 5
  record.body = "12345";            // 5
  record.trailers.Add("x", "yz");   // 3
  return record;
}

// Every outcome has another count, so that a mix-up shows.
LedgerCounts DistinctCounts() {
  LedgerCounts counts;
  counts.after_end = 3;
  counts.sampled_out = 5;
  counts.written = 7;
  counts.refused_by = {11, 13, 17, 19};
  counts.shed_by = {23, 29, 31, 37, 41, 43, 47};
  counts.incomplete = 2;
  counts.truncated = 1;
  counts.bytes = 4711;
  counts.acked_durable = 6;
  counts.ack_late = 4;
  counts.durable_record_number = 53;
  counts.received = 3 + 5 + 7 + (11 + 13 + 17 + 19) + (23 + 29 + 31 + 37 + 41 + 43 + 47);
  return counts;
}

TEST(LedgerTest, EveryOutcomeIsPartOfTheIdentity) {
  EXPECT_EQ(DistinctCounts().on_the_way(), 0);
  LedgerCounts counts = DistinctCounts();
  counts.received += 9;
  EXPECT_EQ(counts.on_the_way(), 9);
}

TEST(LedgerTest, CountsGoOnFromWhereTheyStarted) {
  Ledger ledger(DistinctCounts());
  EXPECT_EQ(ledger.Received(), DistinctCounts().received);
  ledger.Refused(Refusal::kUnknownMethod);
  EXPECT_EQ(ledger.Received(), DistinctCounts().received + 1);
  ledger.Shed(ShedReason::kDiskFull);
  ledger.Received();
  ledger.AfterEnd();
  ledger.Received();
  ledger.SampledOut();
  const LedgerCounts counts = ledger.Snapshot();
  EXPECT_EQ(counts.on_the_way(), 0);
  EXPECT_EQ(counts.refused_by, (std::array<uint64_t, 4>{11, 13, 18, 19}));
  EXPECT_EQ(counts.shed_by, (std::array<uint64_t, 7>{23, 30, 31, 37, 41, 43, 47}));
  EXPECT_EQ(counts.after_end, 4u);
  EXPECT_EQ(counts.sampled_out, 6u);
}

TEST(LedgerTest, WrittenRecordsAreCountedByKindAndContent) {
  Ledger ledger({});
  Record record = SmallRecord();
  ledger.Received();
  ledger.Written(record);
  record.complete = false;
  ledger.Received();
  ledger.Written(record);
  record.truncated = true;
  ledger.Received();
  ledger.Written(record);
  const LedgerCounts counts = ledger.Snapshot();
  EXPECT_EQ(counts.written, 3u);
  EXPECT_EQ(counts.incomplete, 2u);
  EXPECT_EQ(counts.truncated, 1u);
  EXPECT_EQ(counts.bytes, 3u * 21);
  EXPECT_EQ(counts.on_the_way(), 0);
}

TEST(LedgerTest, JsonComesBackAsItWas) {
  EXPECT_EQ(LedgerFromJson(LedgerToJson(DistinctCounts())), DistinctCounts());
}

TEST(LedgerTest, JsonHasTheKeysThatScriptsRelyOn) {
  const auto json = nlohmann::json::parse(LedgerToJson(DistinctCounts()));
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json["refused"], 60);
  EXPECT_EQ(json["shed"], 251);
  EXPECT_EQ(json["refused_by"]["head_too_large"], 13);
  EXPECT_EQ(json["refused_by"]["head_incomplete"], 19);
  EXPECT_EQ(json["shed_by"]["queue_full"], 23);
  EXPECT_EQ(json["shed_by"]["disk_full"], 29);
  EXPECT_EQ(json["shed_by"]["uploads"], 47);
  for (const char* key :
       {"received", "after_end", "sampled_out", "written", "incomplete", "truncated", "bytes"}) {
    EXPECT_TRUE(json[key].is_number_unsigned()) << key;
  }
}

TEST(LedgerTest, JsonOfBeforeThereWasAReasonIsRead) {
  LedgerCounts counts;
  counts.received = 3;
  counts.shed_by[0] = 3;
  auto json = nlohmann::json::parse(LedgerToJson(counts));
  json["shed_by"].erase("uploads");
  EXPECT_EQ(LedgerFromJson(json.dump()), counts);
  json["shed_by"]["disk_full"] = "many";
  EXPECT_FALSE(LedgerFromJson(json.dump()).has_value());
}

TEST(LedgerTest, JsonOfBeforeThereWereAcknowledgementsIsRead) {
  LedgerCounts counts = DistinctCounts();
  auto json = nlohmann::json::parse(LedgerToJson(counts));
  for (const char* key : {"acked_durable", "ack_late", "durable_record_number"}) json.erase(key);
  counts.acked_durable = counts.ack_late = counts.durable_record_number = 0;
  EXPECT_EQ(LedgerFromJson(json.dump()), counts);
  json["ack_late"] = "some";
  EXPECT_FALSE(LedgerFromJson(json.dump()).has_value());
}

TEST(LedgerTest, AcknowledgementsAreOutsideTheIdentityAndGoOn) {
  Ledger ledger(DistinctCounts());
  EXPECT_EQ(ledger.Snapshot(), DistinctCounts());
  ledger.Answered(TicketOutcome::kDurable);
  ledger.Answered(TicketOutcome::kLate);
  ledger.Answered(TicketOutcome::kShed);
  ledger.DurableThrough(99);
  const LedgerCounts counts = ledger.Snapshot();
  EXPECT_EQ(counts.acked_durable, 7u);
  EXPECT_EQ(counts.ack_late, 5u);
  EXPECT_EQ(counts.durable_record_number, 99u);
  EXPECT_EQ(counts.on_the_way(), 0);
}

TEST(LedgerTest, TextTellsOfAcknowledgementsWhereThereWereAny) {
  EXPECT_EQ(LedgerToText({}).find("acked"), std::string::npos);
  const std::string text = LedgerToText(DistinctCounts());
  EXPECT_NE(text.find("acked                   6  (durable; 4 more past the deadline)\n"),
            std::string::npos)
      << text;
}

TEST(LedgerTest, JsonThatIsNoLedgerIsRefused) {
  EXPECT_FALSE(LedgerFromJson("").has_value());
  EXPECT_FALSE(LedgerFromJson("[]").has_value());
  const auto good = nlohmann::json::parse(LedgerToJson(DistinctCounts()));
  for (const char* key : {"schema_version", "received", "written", "refused_by", "shed_by"}) {
    auto json = good;
    json.erase(key);
    EXPECT_FALSE(LedgerFromJson(json.dump()).has_value()) << key;
  }
  auto negative = good;
  negative["written"] = -1;
  EXPECT_FALSE(LedgerFromJson(negative.dump()).has_value());
  auto unbalanced = good;
  unbalanced["received"] = 1;
  EXPECT_FALSE(LedgerFromJson(unbalanced.dump()).has_value());
}

TEST(LedgerTest, TextNamesTheReasonsThatOccurred) {
  LedgerCounts counts;
  counts.received = 2;
  counts.shed_by[1] = 2;
  const std::string text = LedgerToText(counts);
  EXPECT_NE(text.find("(disk_full 2)"), std::string::npos) << text;
  EXPECT_EQ(text.find("queue_full"), std::string::npos) << text;
}

}  // namespace
}  // namespace shadowreel
