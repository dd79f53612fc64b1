#include "replayer/plan/planner.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <set>

#include "base/posix_file_system.h"
#include "base/status.h"
#include "formats/segment/segment_writer.h"

namespace shadowreel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Record Request(std::string method, std::string target, Nanos offset) {
  Record record;
  record.method = std::move(method);
  record.target = std::move(target);
  record.arrival = WallTime(seconds(1'700'000'000)) + offset;
  record.completed = record.arrival;
  record.headers.Add("Host", "shop.example-shadow");
  record.authority = "shop.example-shadow";
  record.stripped_authority = "shop.example";
  return record;
}

// A recording in a directory of its own, and plans made of it.
class PlannerTest : public testing::Test {
 protected:
  PlannerTest() {
    std::string pattern = testing::TempDir() + "/planner.XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }

  void Write(const std::vector<Record>& records) {
    trace::SegmentHeader header;
    header.set_recording_uuid("0123456789abcdef");
    auto writer = SegmentWriter::Create(files_, clock_, directory_, "000001", header);
    ASSERT_TRUE(writer.ok()) << Message(writer.status());
    for (const Record& record : records) ASSERT_TRUE((*writer)->Append(record).ok());
    ASSERT_TRUE((*writer)->Seal({}).ok());
  }

  struct Plan {
    absl::Status status;
    ReplayLedger ledger;
    std::string digest;
    std::vector<PlannedRequest> requests;

    std::vector<std::string> Targets() const {
      std::vector<std::string> targets;
      for (const PlannedRequest& planned : requests) targets.push_back(planned.request.target);
      return targets;
    }
  };

  Plan MakePlan(const PlannerOptions& options, const ScheduleOptions& schedule = {},
                const std::string& host = "v2.test") {
    PlanQueue queue(kPlanQueueLimits);
    return MakePlanInto(&queue, options, schedule, host);
  }

  Plan MakePlanInto(PlanQueue* queue, const PlannerOptions& options,
                    const ScheduleOptions& schedule, const std::string& host) {
    Plan plan;
    std::vector<std::string> unsealed;
    auto trace = TraceReader::Open(files_, *ListSegments(files_, {directory_}, &unsealed));
    EXPECT_TRUE(trace.ok()) << Message(trace.status());
    RewriterOptions rewriter = rewriter_;
    rewriter.target_authority = host;
    Planner planner(options, AuthorityGuard(host, 80, {}), Rewriter(rewriter), Schedule(schedule),
                    trace->get(), queue);
    plan.status = planner.Run();
    plan.ledger = planner.ledger();
    plan.digest = planner.digest();
    while (auto planned = queue->TryPop()) plan.requests.push_back(std::move(*planned));
    EXPECT_TRUE(queue->Finished());
    EXPECT_EQ(plan.requests.size(), plan.ledger.planned);
    EXPECT_EQ(plan.ledger.read, plan.ledger.filtered + plan.ledger.sampled_out +
                                    plan.ledger.skipped + plan.ledger.planned);
    return plan;
  }

  void WriteMany(int count) {
    std::vector<Record> records;
    for (int i = 0; i < count; ++i) {
      records.push_back(Request("GET", "/" + std::to_string(i), milliseconds(i)));
      records.back().headers.Add("X-User", std::to_string(i % 40));
    }
    Write(records);
  }

  SystemClock clock_;
  PosixFileSystem files_;
  std::string directory_;
  RewriterOptions rewriter_;
};

TEST_F(PlannerTest, PlansEveryRecordInOrderAtItsRecordedTime) {
  Write({Request("GET", "/a?q=1", Nanos(0)), Request("HEAD", "/b", milliseconds(10)),
         Request("OPTIONS", "*", milliseconds(25))});
  const Plan plan = MakePlan({}, {.speed = 2});
  ASSERT_TRUE(plan.status.ok()) << Message(plan.status);
  ASSERT_EQ(plan.Targets(), (std::vector<std::string>{"/a?q=1", "/b", "*"}));
  EXPECT_EQ(plan.requests[0].endpoint, "GET /a");
  EXPECT_EQ(plan.requests[0].intended, Nanos(0));
  EXPECT_EQ(plan.requests[1].intended, milliseconds(5));
  EXPECT_EQ(plan.requests[2].intended, Nanos(12'500'000));
  EXPECT_EQ(plan.requests[2].index, 2u);
  EXPECT_EQ(plan.requests[2].request.turn, 2u);
  EXPECT_EQ(plan.requests[0].request.headers.Find("host"), "v2.test");
  EXPECT_EQ(plan.ledger.read, 3u);
  EXPECT_EQ(plan.ledger.planned, 3u);
}

TEST_F(PlannerTest, SkipsAreCountedByReason) {
  Record incomplete = Request("GET", "/cut", Nanos(0));
  incomplete.complete = false;
  Record truncated = Request("GET", "/long", Nanos(1));
  truncated.truncated = true;
  Record spaced = Request("GET", "/a b", Nanos(2));
  Write({incomplete, truncated, spaced, Request("POST", "/p", Nanos(3)),
         Request("DELETE", "/d", Nanos(4)), Request("GET", "/kept", Nanos(5))});
  const Plan plan = MakePlan({});
  EXPECT_EQ(plan.Targets(), std::vector<std::string>{"/kept"});
  EXPECT_EQ(plan.ledger.read, 6u);
  EXPECT_EQ(plan.ledger.skipped, 5u);
  EXPECT_EQ(plan.ledger.skipped_by,
            (CountsByText{
                {"incomplete", 1}, {"not_expressible", 1}, {"side_effects", 2}, {"truncated", 1}}));
  PlannerOptions allowing;
  allowing.allow_side_effects = true;
  EXPECT_EQ(MakePlan(allowing).Targets(), (std::vector<std::string>{"/p", "/d", "/kept"}));
}

TEST_F(PlannerTest, TheScheduleBeginsAtTheFirstRecordEvenWhenThatIsSkipped) {
  Write({Request("POST", "/p", Nanos(0)), Request("GET", "/a", milliseconds(7))});
  const Plan plan = MakePlan({});
  ASSERT_EQ(plan.requests.size(), 1u);
  EXPECT_EQ(plan.requests[0].intended, milliseconds(7));
  EXPECT_EQ(plan.requests[0].index, 0u);
}

TEST_F(PlannerTest, ARateCountsPlannedRequests) {
  Write({Request("GET", "/a", Nanos(0)), Request("POST", "/p", Nanos(1)),
         Request("GET", "/b", seconds(9)), Request("GET", "/c", seconds(10))});
  const Plan plan = MakePlan({}, {.pacing = Pacing::kRate, .rate = 2});
  ASSERT_EQ(plan.requests.size(), 3u);
  EXPECT_EQ(plan.requests[1].intended, milliseconds(500));
  EXPECT_EQ(plan.requests[2].intended, seconds(1));
}

TEST_F(PlannerTest, WhatIsDueAtTheEndOfTheRunIsNeitherReadNorPlanned) {
  WriteMany(100);
  const Plan plan = MakePlan({}, {.duration = milliseconds(30)});
  EXPECT_EQ(plan.ledger.read, 30u);
  EXPECT_EQ(plan.ledger.planned, 30u);
  EXPECT_EQ(MakePlan({}, {.pacing = Pacing::kRate, .rate = 10, .duration = seconds(2)}).ledger.read,
            20u);
  EXPECT_EQ(MakePlan({}, {.duration = Nanos(0)}).ledger.read, 0u);
}

TEST_F(PlannerTest, ASmallerSampleLiesWithinALargerOneAndKeepsItsTimes) {
  WriteMany(2000);
  const Plan whole = MakePlan({});
  PlannerOptions options;
  std::set<std::string> larger;
  for (const PlannedRequest& planned : whole.requests) larger.insert(planned.request.target);
  for (const double percent : {50, 10, 5, 0}) {
    options.percent = percent;
    const Plan plan = MakePlan(options);
    std::set<std::string> kept;
    for (const PlannedRequest& planned : plan.requests) {
      kept.insert(planned.request.target);
      EXPECT_EQ(larger.count(planned.request.target), 1u) << planned.request.target;
      EXPECT_EQ(planned.intended, milliseconds(std::stoi(planned.request.target.substr(1))));
    }
    EXPECT_EQ(plan.ledger.sampled_out, 2000 - kept.size());
    EXPECT_NEAR(static_cast<double>(kept.size()), 20 * percent, 100);
    EXPECT_EQ(kept.empty(), percent == 0);
    larger = kept;
  }
}

TEST_F(PlannerTest, TheSameSeedKeepsTheSameRecordsAndAnotherOneOthers) {
  WriteMany(400);
  PlannerOptions options;
  options.percent = 50;
  const Plan plan = MakePlan(options);
  EXPECT_EQ(MakePlan(options).Targets(), plan.Targets());
  options.seed = 1;
  EXPECT_NE(MakePlan(options).Targets(), plan.Targets());
}

TEST_F(PlannerTest, RecordsWithTheSameHeaderValueAreKeptOrDroppedTogether) {
  WriteMany(400);
  PlannerOptions options;
  options.percent = 50;
  options.sample_header = "x-user";
  std::map<std::string, int> kept;
  for (const PlannedRequest& planned : MakePlan(options).requests) {
    ++kept[std::string(*planned.request.headers.Find("x-user"))];
  }
  EXPECT_GT(kept.size(), 0u);
  EXPECT_LT(kept.size(), 40u);
  for (const auto& [user, count] : kept) EXPECT_EQ(count, 10) << user;

  options.sample_header = "x-absent";
  const Plan by_absent = MakePlan(options);
  options.sample_header.clear();
  EXPECT_EQ(by_absent.Targets(), MakePlan(options).Targets());
}

TEST_F(PlannerTest, ARecordTakenFromTheTargetEndsThePlan) {
  Record from_target = Request("GET", "/b", Nanos(1));
  from_target.stripped_authority = "V2.test:80";
  Write({Request("GET", "/a", Nanos(0)), from_target, Request("GET", "/c", Nanos(2))});
  const Plan plan = MakePlan({});
  EXPECT_EQ(plan.status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(plan.ledger.read, 1u);
  EXPECT_EQ(MakePlan({}, {}, "shop.example-shadow").ledger.read, 0u);
}

TEST_F(PlannerTest, AClosedQueueEndsThePlanAndItsRecordIsNotCounted) {
  WriteMany(10);
  PlanQueue queue(kPlanQueueLimits);
  queue.Close();
  const Plan plan = MakePlanInto(&queue, {}, {}, "v2.test");
  EXPECT_TRUE(plan.status.ok());
  EXPECT_EQ(plan.ledger.read, 0u);
}

TEST_F(PlannerTest, WhatTheFilterLeavesOutIsCountedByItsCondition) {
  Write({Request("GET", "/a", Nanos(0)), Request("POST", "/a", Nanos(1)),
         Request("GET", "/b", Nanos(2)), Request("PUT", "/b", Nanos(3)),
         Request("GET", "/a/c", milliseconds(4))});
  PlannerOptions options;
  options.filter = *RecordFilter::Parse({.method = "GET", .path = "/a"});
  const Plan plan = MakePlan(options);
  EXPECT_EQ(plan.Targets(), (std::vector<std::string>{"/a", "/a/c"}));
  EXPECT_EQ(plan.requests[1].intended, milliseconds(4));
  EXPECT_EQ(plan.requests[1].index, 1u);
  EXPECT_EQ(plan.ledger.filtered, 3u);
  EXPECT_EQ(plan.ledger.filtered_by, (CountsByText{{"method", 2}, {"path", 1}}));
  EXPECT_EQ(plan.ledger.skipped, 0u);
}

TEST_F(PlannerTest, TheFilterSeesThePathAsRecordedAndTheEndpointIsAsRewritten) {
  Write({Request("GET", "/old/a?q", Nanos(0)), Request("GET", "/new/b", Nanos(1))});
  PlannerOptions options;
  options.filter = *RecordFilter::Parse({.path = "/old"});
  rewriter_.path_rewrites = {*PathRewrite::Parse("/old -> /new")};
  const Plan plan = MakePlan(options);
  ASSERT_EQ(plan.Targets(), std::vector<std::string>{"/new/a?q"});
  EXPECT_EQ(plan.requests[0].endpoint, "GET /new/a");
}

TEST_F(PlannerTest, TheDigestIsThatOfThePlanWhereverItIsSent) {
  WriteMany(100);
  PlannerOptions options;
  options.percent = 50;
  const std::string digest = MakePlan(options).digest;
  EXPECT_EQ(MakePlan(options).digest, digest);
  EXPECT_EQ(MakePlan(options, {}, "v3.test:8080").digest, digest);
  rewriter_.marker_name = "x-shadowreel-run";
  rewriter_.marker_value = "another run";
  EXPECT_EQ(MakePlan(options).digest, digest);
}

TEST_F(PlannerTest, WhateverChangesThePlanChangesItsDigest) {
  WriteMany(100);
  PlannerOptions options;
  options.percent = 50;
  std::set<std::string> digests = {MakePlan({}).digest, MakePlan(options).digest};
  digests.insert(MakePlan({}, {.speed = 2}).digest);
  digests.insert(MakePlan({}, {.pacing = Pacing::kRate, .rate = 10}).digest);
  digests.insert(MakePlan({}, {.duration = milliseconds(99)}).digest);
  options.seed = 1;
  digests.insert(MakePlan(options).digest);
  options = {};
  options.filter = *RecordFilter::Parse({.header = "x-user:7"});
  digests.insert(MakePlan(options).digest);
  rewriter_.path_rewrites = {*PathRewrite::Parse("/99 -> /100")};
  digests.insert(MakePlan({}).digest);
  rewriter_.path_rewrites.clear();
  rewriter_.edits.set = {{"x-user", "1"}};
  digests.insert(MakePlan({}).digest);
  rewriter_.edits = {};
  rewriter_.authority = AuthorityMode::kStripped;
  digests.insert(MakePlan({}).digest);
  EXPECT_EQ(digests.size(), 10u);
}

TEST_F(PlannerTest, WhatAClosedQueueRefusesIsNotInTheDigest) {
  WriteMany(10);
  PlanQueue queue(kPlanQueueLimits);
  queue.Close();
  const std::string refused = MakePlanInto(&queue, {}, {}, "v2.test").digest;
  EXPECT_EQ(refused, MakePlan({}, {.duration = Nanos(0)}).digest);
}

// The same on every machine and in every version: what changes these must be meant.
TEST_F(PlannerTest, APlanHasItsDigestForEver) {
  WriteMany(1000);
  PlannerOptions options;
  options.percent = 12.5;
  options.seed = 7;
  rewriter_.path_rewrites = {*PathRewrite::Parse(R"(re:^/(.)(.*) -> /\2/\1)")};
  const Plan plan = MakePlan(options, {.speed = 3});
  EXPECT_EQ(plan.ledger.planned, 120u);
  EXPECT_EQ(plan.digest, "ed259a0e547423a8ff9586b9e315a58a");
}

TEST_F(PlannerTest, TheGoldenSegmentHasItsPlansDigestForEver) {
  directory_ = "tests/golden/segment_v1.seg";
  PlannerOptions options;
  options.allow_side_effects = true;
  const Plan plan = MakePlan(options);
  ASSERT_TRUE(plan.status.ok()) << Message(plan.status);
  EXPECT_EQ(plan.ledger.read, 10u);
  EXPECT_EQ(plan.ledger.planned, 1u);
  EXPECT_EQ(plan.digest, "77a2592c6570c0e6d70e7ff1f82fc94d");
}

}  // namespace
}  // namespace shadowreel
