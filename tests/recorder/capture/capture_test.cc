#include "recorder/capture/capture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/exit_code.h"
#include "base/status.h"
#include "formats/segment/trace_reader.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"

namespace shadowreel {
namespace {

using std::chrono::hours;

// The capture's thread is real, time and disk are not: the clock moves between captures only.
class CaptureTest : public ::testing::Test {
 protected:
  std::unique_ptr<Capture> Start(CaptureOptions options = {}) {
    options.roller.directory = "out";
    auto capture = Capture::Start(files_, clock_, options, redactor_, [this](const auto& line) {
      std::lock_guard lock(mutex_);
      warnings_.push_back(line);
    });
    EXPECT_TRUE(capture.ok()) << capture.status();
    return std::move(capture).value();
  }

  void Receive(Capture* capture, int count) {
    for (int i = 0; i < count; ++i) {
      if (!capture->sink().Admit()) continue;
      Record record;
      record.method = "GET";
      record.target = "/" + std::to_string(next_++);
      record.arrival = record.completed = WallTime(std::chrono::seconds(next_));
      capture->sink().Offer(std::move(record));
    }
  }

  uint64_t StoredRecords() {
    std::vector<std::string> unsealed;
    const auto segments = ListSegments(files_, {"out"}, &unsealed);
    if (!segments.ok()) return 0;
    return TraceReader::Open(files_, *segments).value()->records();
  }

  std::vector<std::string> Names() { return files_.List("out").value(); }

  FaultyFileSystem files_{{"out"}};
  FakeClock clock_;
  const Redactor redactor_{RedactionMode::kOff, RedactionKey{}};
  std::mutex mutex_;
  std::vector<std::string> warnings_;
  int next_ = 0;
};

TEST_F(CaptureTest, WhatWasReceivedIsWrittenAtTheEnd) {
  auto capture = Start();
  Receive(capture.get(), 1000);
  capture->sink().Refuse(Refusal::kBadRequest);
  ASSERT_TRUE(capture->Finish().ok());
  EXPECT_TRUE(capture->drained());
  EXPECT_EQ(capture->ledger().received, 1001u);
  EXPECT_EQ(capture->ledger().written, 1000u);
  EXPECT_EQ(capture->ledger().on_the_way(), 0);
  EXPECT_EQ(StoredRecords(), 1000u);
}

// However many of them the roller takes at a time.
TEST_F(CaptureTest, LargeRecordsAreSyncedBeforeTheyFillMemory) {
  CaptureOptions options;
  options.queue_bytes = size_t{1} << 30;
  auto capture = Start(options);
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(capture->sink().Admit());
    Record record;
    record.method = "PUT";
    record.target = "/";
    record.body.assign(1 << 20, 'b');
    capture->sink().Offer(std::move(record));
  }
  ASSERT_TRUE(capture->Finish().ok());
  const std::vector<std::string> operations = files_.operations();
  const auto syncs = std::count_if(operations.begin(), operations.end(), [](const auto& text) {
    return text.starts_with("sync") && text.find(".seg.open") != std::string::npos;
  });
  EXPECT_GE(syncs, 3);
  EXPECT_EQ(capture->ledger().written, 30u);
}

TEST_F(CaptureTest, AnswersThatWaitAreSettledWithoutAnEnd) {
  std::promise<void> woken;
  std::once_flag once;
  Acknowledgements acknowledgements([&] { std::call_once(once, [&] { woken.set_value(); }); });
  CaptureOptions options;
  options.roller.acknowledgements = &acknowledgements;
  options.roller.sync_interval = Nanos(0);
  auto capture = Start(options);
  ASSERT_TRUE(capture->sink().Admit());
  Record record;
  record.method = "GET";
  record.target = "/";
  ASSERT_EQ(capture->sink().Offer(std::move(record)), 1u);
  woken.get_future().wait();
  EXPECT_EQ(acknowledgements.Take().OutcomeOf(1), TicketOutcome::kDurable);
  EXPECT_EQ(capture->ledger().written, 1u);
  Receive(capture.get(), 1000);
  ASSERT_TRUE(capture->Finish().ok());
  const Settled settled = acknowledgements.Take();
  for (Ticket ticket = 2; ticket <= 1001; ++ticket) {
    EXPECT_EQ(settled.OutcomeOf(ticket), TicketOutcome::kDurable) << ticket;
  }
  EXPECT_EQ(ParseCaptureState(files_.Contents("out/capture.json"), "p")
                .value()
                .ledger.durable_record_number,
            1001u);
}

TEST_F(CaptureTest, ARestartGoesOnWithRecordingNumbersAndLedger) {
  auto first = Start();
  const Uuid recording = first->recording();
  const WallTime ends_at = first->ends_at();
  Receive(first.get(), 10);
  ASSERT_TRUE(first->Finish().ok());
  clock_.Advance(hours(1));
  auto second = Start();
  EXPECT_EQ(second->recording(), recording);
  EXPECT_EQ(second->ends_at(), ends_at);
  EXPECT_EQ(second->remaining(), hours(1));
  Receive(second.get(), 10);
  ASSERT_TRUE(second->Finish().ok());
  EXPECT_EQ(second->ledger().written, 20u);
  std::vector<std::string> unsealed;
  auto trace = TraceReader::Open(files_, ListSegments(files_, {"out"}, &unsealed).value()).value();
  Record record;
  for (uint64_t number = 1; number <= 20; ++number) {
    ASSERT_TRUE(trace->Next(&record).value());
    EXPECT_EQ(record.number, number);
    EXPECT_EQ(record.recording, recording);
  }
}

// Until `count` records count as written; they need no clock to be synced.
void AwaitWritten(const Capture& capture, uint64_t count) {
  while (capture.ledger().written < count) std::this_thread::yield();
}

CaptureOptions SyncingEachRecord() {
  CaptureOptions options;
  options.roller.unsynced_bytes = 1;
  return options;
}

TEST_F(CaptureTest, AKilledRecorderGoesOnWithWhatItsSegmentHolds) {
  auto killed = Start(SyncingEachRecord());
  Receive(killed.get(), 10);
  AwaitWritten(*killed, 10);
  std::vector<std::pair<std::string, std::string>> left;
  for (const std::string& name : Names()) {
    left.emplace_back("out/" + name, files_.Contents("out/" + name));
  }
  ASSERT_TRUE(killed->Finish().ok());
  for (const std::string& name : Names()) {
    ASSERT_TRUE(files_.Remove("out/" + name).ok());
  }
  for (const auto& [path, bytes] : left) files_.SetContents(path, bytes);

  auto capture = Start();
  EXPECT_EQ(capture->ledger().written, 10u);
  Receive(capture.get(), 5);
  ASSERT_TRUE(capture->Finish().ok());
  EXPECT_EQ(capture->ledger().written, 15u);
  EXPECT_EQ(capture->ledger().received, 15u);
  std::vector<std::string> unsealed;
  auto trace = TraceReader::Open(files_, ListSegments(files_, {"out"}, &unsealed).value()).value();
  EXPECT_TRUE(unsealed.empty());
  std::vector<uint64_t> numbers;
  Record record;
  while (trace->Next(&record).value()) numbers.push_back(record.number);
  std::sort(numbers.begin(), numbers.end());
  std::vector<uint64_t> expected(15);
  std::iota(expected.begin(), expected.end(), 1);
  EXPECT_EQ(numbers, expected);
}

TEST_F(CaptureTest, ASegmentWhoseDiskFailedIsRecoveredAtTheEnd) {
  auto capture = Start(SyncingEachRecord());
  Receive(capture.get(), 5);
  AwaitWritten(*capture, 5);
  files_.Inject({.call = FileCall::kAppend});
  Receive(capture.get(), 5);
  capture->Finish().IgnoreError();
  EXPECT_EQ(capture->ledger().written, 10u);
  EXPECT_EQ(StoredRecords(), 10u);
  std::vector<std::string> unsealed;
  ASSERT_TRUE(ListSegments(files_, {"out"}, &unsealed).ok());
  EXPECT_TRUE(unsealed.empty());
  EXPECT_TRUE(std::any_of(warnings_.begin(), warnings_.end(),
                          [](const auto& line) { return line.starts_with("recovered 000001-"); }));
}

TEST_F(CaptureTest, ACaptureWhoseEndHasPassedStoresNothingAndCounts) {
  ASSERT_TRUE(Start()->Finish().ok());
  clock_.Advance(hours(3));
  auto capture = Start();
  EXPECT_EQ(capture->remaining(), Nanos(0));
  capture->End();
  Receive(capture.get(), 5);
  ASSERT_TRUE(capture->Finish().ok());
  EXPECT_EQ(capture->ledger().after_end, 5u);
  EXPECT_EQ(ParseCaptureState(files_.Contents("out/capture.json"), "p").value().ledger.after_end,
            5u);
  EXPECT_EQ(StoredRecords(), 0u);
}

TEST_F(CaptureTest, ASpentBudgetStaysSpentAfterARestart) {
  CaptureOptions options;
  options.roller.max_bytes = 1;
  auto first = Start(options);
  Receive(first.get(), 1);
  ASSERT_TRUE(first->Finish().ok());
  auto second = Start(options);
  EXPECT_EQ(second->remaining(), Nanos(0));
  Receive(second.get(), 1);
  ASSERT_TRUE(second->Finish().ok());
  EXPECT_EQ(second->ledger().after_end, 1u);
}

TEST_F(CaptureTest, ADeadDiskDoesNotHoldUpTheEnd) {
  auto capture = Start();
  files_.Inject({.call = FileCall::kCreate, .for_good = true});
  Receive(capture.get(), 100);
  EXPECT_EQ(ExitCodeFor(capture->Finish()), ExitCode::kUnusable);
  EXPECT_EQ(capture->ledger().shed(), 100u);
  EXPECT_EQ(capture->ledger().on_the_way(), 0);
}

TEST_F(CaptureTest, ADiskThatCannotTakeTheStateIsRefusedAtTheStart) {
  files_.LimitSpace(0);
  CaptureOptions options;
  options.roller.directory = "out";
  const auto capture = Capture::Start(files_, clock_, options, redactor_, [](const auto&) {});
  EXPECT_EQ(ExitCodeFor(capture.status()), ExitCode::kUnusable);
}

TEST_F(CaptureTest, AnotherKeyThanBeforeIsNoticed) {
  for (const char* key : {"first", "first", "second"}) {
    const Redactor redactor(RedactionMode::kCredentials, RedactionKey{std::string(32, 'k'), key});
    warnings_.clear();
    CaptureOptions options;
    options.roller.directory = "out";
    auto capture = Capture::Start(files_, clock_, options, redactor,
                                  [this](const auto& line) { warnings_.push_back(line); });
    ASSERT_TRUE(capture.ok());
    ASSERT_TRUE((*capture)->Finish().ok());
    const bool noticed = !warnings_.empty() && warnings_.back().find("key") != std::string::npos;
    EXPECT_EQ(noticed, std::string(key) == "second");
  }
}

}  // namespace
}  // namespace shadowreel
