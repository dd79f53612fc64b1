#include "recorder/capture/segment_roller.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_reader.h"
#include "formats/segment/trace_reader.h"
#include "recorder/capture/uuid.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"

namespace shadowreel {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// A roller on a disk in memory, driven by hand. Segments are stored plain, so that a record's
// target can be looked for in a file's bytes.
class Rig {
 public:
  explicit Rig(RollerOptions options = {}) {
    options.directory = "out";
    options.writer.zstd_level = 0;
    state.recording = NewUuid();
    roller = std::make_unique<SegmentRoller>(
        options, files, clock, redactor, state, disk, ledger,
        [this](const std::string& line) { warnings.push_back(line); });
  }

  // With answers that wait for the disk.
  static RollerOptions Durable(Acknowledgements* acknowledgements, RollerOptions options = {}) {
    options.sync_interval = milliseconds(20);
    options.retry_interval = milliseconds(100);
    options.acknowledgements = acknowledgements;
    return options;
  }

  static Record MakeRecord(int i) {
    Record record;
    record.method = "GET";
    record.target = fmt::format("/record-{:06}-", i);
    record.arrival = record.completed = WallTime(seconds(1000 + i));
    return record;
  }

  // As the roller's thread does: takes nothing while blocked.
  void Receive(Record record) {
    ledger.Received();
    if (roller->blocked()) {
      roller->Shed();
    } else {
      roller->Take(std::move(record));
    }
    roller->Tick();
  }
  void Receive(int i) { Receive(MakeRecord(i)); }

  // Makes the nth call of any kind fail.
  void FailCall(uint64_t nth, bool for_good) {
    Fault fault;
    fault.nth = nth;
    fault.for_good = for_good;
    fault.partial = nth % 100;
    files.Inject(fault);
  }

  void Advance(Nanos by) {
    clock.Advance(by);
    roller->Tick();
  }

  std::vector<std::string> SegmentFiles(std::string_view suffix) {
    std::vector<std::string> found;
    const std::vector<std::string> names = files.List("out").value();
    for (const std::string& name : names) {
      if (name.ends_with(suffix)) found.push_back("out/" + name);
    }
    return found;
  }

  // Numbers and targets in the sealed segments, by arrival.
  std::vector<std::pair<uint64_t, std::string>> Sealed() {
    std::vector<std::pair<uint64_t, std::string>> stored;
    const std::vector<std::string> segments = SegmentFiles(".seg");
    if (segments.empty()) return stored;
    auto trace = TraceReader::Open(files, segments).value();
    Record record;
    while (trace->Next(&record).value()) stored.emplace_back(record.number, record.target);
    return stored;
  }

  // How many of the records 0 to `count` stand in some segment file, sealed or not.
  uint64_t CountOnDisk(int count) {
    uint64_t found = 0;
    for (int i = 0; i < count; ++i) {
      if (IsOnDisk(i)) ++found;
    }
    return found;
  }
  bool IsOnDisk(int i) {
    for (const char* suffix : {".seg", ".seg.open"}) {
      for (const std::string& path : SegmentFiles(suffix)) {
        if (files.Contents(path).find(MakeRecord(i).target) != std::string::npos) return true;
      }
    }
    return false;
  }

  uint64_t shed_by(ShedReason reason) const {
    return ledger.Snapshot().shed_by[static_cast<size_t>(reason)];
  }

  FaultyFileSystem files{{"out"}};
  FakeClock clock;
  const Redactor redactor{RedactionMode::kCredentials, RedactionKey{std::string(32, 'k'), "key"}};
  CaptureState state;
  DiskCondition disk;
  Ledger ledger{{}};
  std::vector<std::string> warnings;
  std::unique_ptr<SegmentRoller> roller;
};

void ExpectNoDuplicates(const std::vector<std::pair<uint64_t, std::string>>& stored) {
  std::set<uint64_t> numbers;
  std::set<std::string> targets;
  for (const auto& [number, target] : stored) {
    EXPECT_TRUE(numbers.insert(number).second) << number;
    EXPECT_TRUE(targets.insert(target).second) << target;
  }
}

TEST(SegmentRollerTest, AnEmptyCaptureLeavesNoSegment) {
  Rig rig;
  rig.Advance(minutes(11));
  ASSERT_TRUE(rig.roller->Finish().ok());
  EXPECT_EQ(rig.files.List("out").value(), std::vector<std::string>{"capture.json"});
}

TEST(SegmentRollerTest, RecordsCountAsWrittenOnceASyncCoversThem) {
  Rig rig;
  rig.Receive(0);
  rig.Receive(1);
  EXPECT_EQ(rig.ledger.Snapshot().written, 0u);
  rig.Advance(seconds(1));
  EXPECT_EQ(rig.ledger.Snapshot().written, 2u);
  rig.files.Crash();
  EXPECT_EQ(rig.CountOnDisk(2), 2u);
}

TEST(SegmentRollerTest, ManyBytesAreNotKeptForASecond) {
  Rig rig({.unsynced_bytes = 3 * sizeof(Record)});
  for (int i = 0; i < 4; ++i) rig.Receive(i);
  EXPECT_GE(rig.ledger.Snapshot().written, 3u);
}

TEST(SegmentRollerTest, FinishSealsInOrderOfArrivalFromNumberOne) {
  Rig rig;
  for (int i = 0; i < 3; ++i) rig.Receive(i);
  ASSERT_TRUE(rig.roller->Finish().ok());
  const auto stored = rig.Sealed();
  ASSERT_EQ(stored.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(stored[i].first, static_cast<uint64_t>(i + 1));
    EXPECT_EQ(stored[i].second, Rig::MakeRecord(i).target);
  }
  EXPECT_TRUE(rig.SegmentFiles(".seg.open").empty());
  EXPECT_EQ(rig.ledger.Snapshot().on_the_way(), 0);
}

TEST(SegmentRollerTest, NumbersGoOnOverRotationAndSegmentsNameTheirPredecessor) {
  Rig rig({.segment_bytes = 1});
  for (int i = 0; i < 5; ++i) {
    rig.Receive(i);
    rig.Advance(seconds(1));
  }
  ASSERT_TRUE(rig.roller->Finish().ok());
  const std::vector<std::string> paths = rig.SegmentFiles(".seg");
  ASSERT_EQ(paths.size(), 5u);
  std::string previous;
  for (size_t i = 0; i < paths.size(); ++i) {
    const auto segment = SegmentReader::Open(rig.files, paths[i]).value();
    EXPECT_EQ(segment->header().sequence(), i + 1);
    EXPECT_EQ(segment->header().first_record_number(), i + 1);
    EXPECT_EQ(segment->header().previous_segment_uuid(), previous);
    EXPECT_TRUE(segment->Verify().ok());
    previous = segment->header().segment_uuid();
  }
  EXPECT_EQ(rig.Sealed().back().first, 5u);
}

TEST(SegmentRollerTest, AnOldSegmentIsSealed) {
  Rig rig;
  rig.Receive(0);
  rig.Advance(minutes(9));
  EXPECT_TRUE(rig.SegmentFiles(".seg").empty());
  rig.Advance(minutes(1));
  EXPECT_EQ(rig.SegmentFiles(".seg").size(), 1u);
}

TEST(SegmentRollerTest, SecretsNeverReachTheDisk) {
  Rig rig;
  Record record = Rig::MakeRecord(0);
  record.target = "/login?token=queryhunter2";
  record.headers.Add("Authorization", "Bearer headerhunter2");
  record.headers.Add("Cookie", "session=cookiehunter2");
  rig.Receive(record);
  ASSERT_TRUE(rig.roller->Finish().ok());
  bool names_stay = false;
  const std::vector<std::string> names = rig.files.List("out").value();
  for (const std::string& name : names) {
    const std::string bytes = rig.files.Contents("out/" + name);
    EXPECT_EQ(bytes.find("hunter2"), std::string::npos) << name;
    names_stay = names_stay || bytes.find("Authorization") != std::string::npos;
  }
  EXPECT_TRUE(names_stay);
}

// Thirty records, a sync or so for every four of them, some rotations.
void RunScript(Rig* rig) {
  for (int i = 0; i < 30; ++i) {
    rig->Receive(i);
    rig->Advance(std::chrono::milliseconds(300));
    // The queue would hold what comes while the disk is away.
    if (rig->roller->blocked()) rig->Advance(seconds(1));
  }
}

TEST(SegmentRollerTest, EveryDiskCallFailingOnceLosesAndDoublesNothing) {
  bool failed = true;
  for (uint64_t nth = 1; failed; ++nth) {
    SCOPED_TRACE(nth);
    Rig rig({.segment_bytes = 2000});
    rig.FailCall(nth, /*for_good=*/false);
    RunScript(&rig);
    rig.roller->Finish().IgnoreError();
    rig.files.ClearFaults();
    const std::vector<std::string> operations = rig.files.operations();
    failed = std::any_of(operations.begin(), operations.end(), [](const std::string& operation) {
      return operation.ends_with(" failed");
    });
    const LedgerCounts counts = rig.ledger.Snapshot();
    EXPECT_EQ(counts.written, 30u);
    EXPECT_EQ(counts.on_the_way(), 0);
    ExpectNoDuplicates(rig.Sealed());
    rig.files.Crash();
    EXPECT_EQ(rig.CountOnDisk(30), 30u);
    if (rig.SegmentFiles(".seg.open").empty()) {
      EXPECT_EQ(rig.Sealed().size(), 30u);
    }
    ASSERT_LT(nth, 1000u);
  }
}

TEST(SegmentRollerTest, ADiskThatDiesForGoodIsCountedNotLied) {
  for (uint64_t nth = 1; nth < 80; ++nth) {
    SCOPED_TRACE(nth);
    Rig rig({.segment_bytes = 2000});
    rig.FailCall(nth, /*for_good=*/true);
    RunScript(&rig);
    rig.roller->Finish().IgnoreError();
    rig.files.ClearFaults();
    const LedgerCounts counts = rig.ledger.Snapshot();
    EXPECT_EQ(counts.written + counts.shed(), 30u);
    EXPECT_EQ(counts.on_the_way(), 0);
    rig.files.Crash();
    EXPECT_GE(rig.CountOnDisk(30), counts.written);
    ExpectNoDuplicates(rig.Sealed());
  }
}

TEST(SegmentRollerTest, AFullDiskIsWaitedOut) {
  Rig rig;
  rig.Receive(0);
  rig.Advance(seconds(1));
  rig.files.LimitSpace(0);
  rig.Receive(1);
  rig.Advance(seconds(1));
  ASSERT_TRUE(rig.roller->blocked());
  EXPECT_EQ(rig.disk.full_queue_reason, ShedReason::kDiskFull);
  rig.Receive(2);
  rig.Advance(minutes(1));
  ASSERT_TRUE(rig.roller->blocked());
  rig.files.LiftSpaceLimit();
  rig.Advance(seconds(1));
  ASSERT_FALSE(rig.roller->blocked());
  rig.Receive(3);
  ASSERT_TRUE(rig.roller->Finish().ok());

  const LedgerCounts counts = rig.ledger.Snapshot();
  EXPECT_EQ(counts.written, 3u);
  EXPECT_EQ(rig.shed_by(ShedReason::kDiskFull), 1u);
  EXPECT_EQ(counts.on_the_way(), 0);
  // The first was synced into the file that died; it is left for recovery.
  EXPECT_EQ(rig.SegmentFiles(".seg.open").size(), 1u);
  using Stored = std::vector<std::pair<uint64_t, std::string>>;
  EXPECT_EQ(rig.Sealed(), (Stored{{2, Rig::MakeRecord(1).target}, {3, Rig::MakeRecord(3).target}}));
}

TEST(SegmentRollerTest, AfterAFailureTheDiskIsLeftAloneForASecond) {
  Rig rig;
  rig.files.Inject({.call = FileCall::kCreate});
  rig.Receive(0);
  ASSERT_TRUE(rig.roller->blocked());
  const uint64_t calls = rig.files.calls();
  rig.Advance(std::chrono::milliseconds(999));
  EXPECT_EQ(rig.files.calls(), calls);
  rig.Advance(std::chrono::milliseconds(1));
  EXPECT_FALSE(rig.roller->blocked());
  EXPECT_EQ(rig.ledger.Snapshot().written, 1u);
  EXPECT_EQ(rig.warnings.size(), 2u);  // gone, back
}

TEST(SegmentRollerTest, ADeadFileWithoutWrittenRecordsIsRemoved) {
  Rig rig;
  rig.Receive(0);
  rig.files.Inject({.call = FileCall::kSync});
  rig.Advance(seconds(1));
  ASSERT_TRUE(rig.roller->blocked());
  EXPECT_TRUE(rig.SegmentFiles(".seg.open").empty());
  ASSERT_TRUE(rig.roller->Finish().ok());
  ASSERT_EQ(rig.SegmentFiles(".seg").size(), 1u);
  EXPECT_EQ(rig.Sealed().size(), 1u);
}

TEST(SegmentRollerTest, TooLittleFreeSpaceSealsAndWaits) {
  Rig rig({.min_free = 1000});
  rig.Receive(0);
  rig.files.SetFreeBytes(999);
  rig.Advance(seconds(1));
  ASSERT_TRUE(rig.roller->blocked());
  EXPECT_EQ(rig.disk.full_queue_reason, ShedReason::kDiskFull);
  EXPECT_EQ(rig.Sealed().size(), 1u);
  rig.files.SetFreeBytes(1000);
  rig.Advance(seconds(1));
  ASSERT_FALSE(rig.roller->blocked());
  rig.Receive(1);
  ASSERT_TRUE(rig.roller->Finish().ok());
  EXPECT_EQ(rig.Sealed().size(), 2u);
}

TEST(SegmentRollerTest, WhatHasNoSpaceAtTheEndIsShedAndNoFailure) {
  Rig rig({.min_free = 1000});
  rig.files.SetFreeBytes(999);
  rig.Receive(0);
  EXPECT_TRUE(rig.roller->Finish().ok());
  EXPECT_EQ(rig.shed_by(ShedReason::kDiskFull), 1u);
  EXPECT_TRUE(rig.Sealed().empty());
}

TEST(SegmentRollerTest, AFailedFinalSealIsReported) {
  Rig rig;
  rig.Receive(0);
  rig.Advance(seconds(1));
  rig.files.Inject({.call = FileCall::kAppend, .for_good = true});
  EXPECT_FALSE(rig.roller->Finish().ok());
  EXPECT_EQ(rig.SegmentFiles(".seg.open").size(), 1u);
  EXPECT_EQ(rig.ledger.Snapshot().on_the_way(), 0);
}

TEST(SegmentRollerTest, TheBudgetEndsTheCapture) {
  Rig rig({.max_bytes = 3000});
  int received = 0;
  while (!rig.disk.budget_spent && received < 1000) {
    rig.Receive(received++);
    rig.Advance(seconds(1));
  }
  ASSERT_TRUE(rig.disk.budget_spent);
  EXPECT_EQ(rig.Sealed().size(), static_cast<size_t>(received));
  rig.Receive(received);
  EXPECT_EQ(rig.shed_by(ShedReason::kBudget), 1u);
  ASSERT_TRUE(rig.roller->Finish().ok());
  EXPECT_GE(rig.state.bytes_spent, 3000u);
  EXPECT_EQ(rig.SegmentFiles(".seg").size(), 1u);
}

TEST(SegmentRollerTest, ARecordThatNoSegmentCanHoldDoesNotStopTheOthers) {
  Rig rig;
  rig.Receive(0);
  Record large = Rig::MakeRecord(1);
  large.target.assign(2 * kMaxRecordHead, 'x');
  rig.Receive(large);
  rig.Receive(2);
  ASSERT_TRUE(rig.roller->Finish().ok());
  EXPECT_EQ(rig.shed_by(ShedReason::kTooLarge), 1u);
  using Stored = std::vector<std::pair<uint64_t, std::string>>;
  EXPECT_EQ(rig.Sealed(), (Stored{{1, Rig::MakeRecord(0).target}, {2, Rig::MakeRecord(2).target}}));
}

TEST(SegmentRollerTest, TheStateIsSavedEveryTenSecondsWhenItChanged) {
  Rig rig;
  rig.Receive(0);
  rig.Advance(seconds(10));
  const std::string saved = rig.files.Contents("out/capture.json");
  EXPECT_EQ(ParseCaptureState(saved, "p").value().ledger.written, 1u);
  const uint64_t calls = rig.files.calls();
  rig.Advance(seconds(20));
  EXPECT_EQ(rig.files.calls(), calls);
}

// What was said of tickets, one after the other; record i has ticket i + 1.
class Waiting {
 public:
  // Looks at what is new. Returns how many are durable so far.
  size_t Look(int count) {
    const Settled settled = acknowledgements.Take();
    outcomes_.resize(count);
    for (int i = 0; i < count; ++i) {
      const auto outcome = settled.OutcomeOf(i + 1);
      if (outcome && !outcomes_[i]) outcomes_[i] = outcome;
    }
    return std::count(outcomes_.begin(), outcomes_.end(), TicketOutcome::kDurable);
  }
  std::optional<TicketOutcome> outcome(int i) const { return outcomes_.at(i); }

  Acknowledgements acknowledgements{[] {}};

 private:
  std::vector<std::optional<TicketOutcome>> outcomes_;
};

TEST(SegmentRollerTest, ARecordIsAcknowledgedByTheSyncThatCoversIt) {
  Waiting waiting;
  Rig rig(Rig::Durable(&waiting.acknowledgements));
  rig.Receive(0);
  rig.Advance(milliseconds(10));
  rig.Receive(1);
  EXPECT_EQ(waiting.Look(2), 0u);
  EXPECT_EQ(rig.roller->until_sync(), milliseconds(10));
  rig.Advance(milliseconds(10));
  EXPECT_EQ(waiting.Look(2), 2u);
  EXPECT_EQ(rig.ledger.Snapshot().durable_record_number, 2u);
  EXPECT_EQ(rig.roller->until_sync(), Nanos::max());
  const std::vector<std::string> operations = rig.files.operations();
  EXPECT_EQ(std::count_if(operations.begin(), operations.end(),
                          [](const auto& text) { return text.starts_with("sync "); }),
            1);
  rig.files.Crash();
  EXPECT_EQ(rig.CountOnDisk(2), 2u);
}

TEST(SegmentRollerTest, AFailedSyncAcknowledgesNothingUntilANewFileIsSynced) {
  for (const FileCall call : {FileCall::kSync, FileCall::kSyncDirectory}) {
    Waiting waiting;
    Rig rig(Rig::Durable(&waiting.acknowledgements));
    rig.Receive(0);
    rig.files.Inject({.call = call});
    rig.Advance(milliseconds(20));
    ASSERT_TRUE(rig.roller->blocked());
    EXPECT_EQ(waiting.Look(1), 0u);
    EXPECT_EQ(waiting.outcome(0), std::nullopt);
    EXPECT_EQ(rig.ledger.Snapshot().durable_record_number, 0u);
    rig.Advance(milliseconds(100));
    EXPECT_EQ(waiting.Look(1), 1u);
    rig.files.Crash();
    EXPECT_EQ(rig.CountOnDisk(1), 1u);
  }
}

TEST(SegmentRollerTest, WhatWasAcknowledgedIsOnTheDiskWhicheverCallFails) {
  for (const bool for_good : {false, true}) {
    for (uint64_t nth = 1; nth < 150; ++nth) {
      SCOPED_TRACE(nth);
      Waiting waiting;
      Rig rig(Rig::Durable(&waiting.acknowledgements, {.segment_bytes = 2000}));
      rig.FailCall(nth, for_good);
      size_t durable = 0;
      for (int i = 0; i < 30; ++i) {
        rig.Receive(i);
        rig.Advance(milliseconds(i % 3 == 0 ? 100 : 20));
        durable = waiting.Look(30);
      }
      EXPECT_EQ(durable, rig.ledger.Snapshot().written);
      rig.files.ClearFaults();
      rig.files.Crash();
      for (int i = 0; i < 30; ++i) {
        if (waiting.outcome(i) != TicketOutcome::kDurable) continue;
        EXPECT_TRUE(rig.IsOnDisk(i)) << i;
      }
    }
  }
}

TEST(SegmentRollerTest, WhatIsShedIsSettledAtOnce) {
  Waiting waiting;
  Rig rig(Rig::Durable(&waiting.acknowledgements, {.min_free = 1000}));
  Record large = Rig::MakeRecord(1);
  large.target.assign(2 * kMaxRecordHead, 'x');
  rig.Receive(0);
  rig.Receive(large);
  EXPECT_EQ(waiting.Look(2), 0u);
  EXPECT_EQ(waiting.outcome(0), std::nullopt);
  EXPECT_EQ(waiting.outcome(1), TicketOutcome::kShed);
  rig.disk.budget_spent = true;
  rig.Receive(2);
  EXPECT_EQ(waiting.Look(3), 0u);
  EXPECT_EQ(waiting.outcome(2), TicketOutcome::kShed);
  rig.disk.budget_spent = false;
  rig.Advance(milliseconds(20));
  EXPECT_EQ(waiting.Look(3), 1u);
  EXPECT_EQ(waiting.outcome(0), TicketOutcome::kDurable);
}

TEST(SegmentRollerTest, WhatHasNoPlaceAtTheEndIsSettledAsShed) {
  Waiting waiting;
  Rig rig(Rig::Durable(&waiting.acknowledgements));
  rig.Receive(0);
  rig.files.Inject({.call = FileCall::kSync, .for_good = true});
  rig.Advance(milliseconds(20));
  ASSERT_TRUE(rig.roller->blocked());
  rig.Receive(1);  // as from the queue, before what is kept
  rig.roller->Finish().IgnoreError();
  EXPECT_EQ(waiting.Look(2), 0u);
  EXPECT_EQ(waiting.outcome(0), TicketOutcome::kShed);
  EXPECT_EQ(waiting.outcome(1), TicketOutcome::kShed);
}

TEST(SegmentRollerTest, TheEndAcknowledgesWhatItStores) {
  Waiting waiting;
  Rig rig(Rig::Durable(&waiting.acknowledgements));
  rig.Receive(0);
  ASSERT_TRUE(rig.roller->Finish().ok());
  EXPECT_EQ(waiting.Look(1), 1u);
}

}  // namespace
}  // namespace shadowreel
