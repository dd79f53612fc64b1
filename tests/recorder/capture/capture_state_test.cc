#include "recorder/capture/capture_state.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/exit_code.h"
#include "base/status.h"
#include "formats/segment/segment_writer.h"
#include "recorder/capture/segment_inventory.h"
#include "recorder/capture/uuid.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"

namespace shadowreel {
namespace {

using std::chrono::hours;

class CaptureStateTest : public ::testing::Test {
 protected:
  absl::StatusOr<CaptureState> Open(Nanos duration = hours(2)) {
    warnings_.clear();
    return OpenCaptureState(files_, clock_, "out", duration, &warnings_);
  }

  CaptureState Started() {
    CaptureState state = Open().value();
    EXPECT_TRUE(SaveCaptureState(files_, "out", state).ok());
    return state;
  }

  // Leaves a segment with `records` records in the directory.
  void AddSegment(const CaptureState& state, uint32_t sequence, uint64_t first, int records,
                  bool seal) {
    trace::SegmentHeader header;
    header.set_recording_uuid(UuidBytes(state.recording));
    header.set_sequence(sequence);
    header.set_first_record_number(first);
    auto writer =
        SegmentWriter::Create(files_, clock_, "out", SegmentName(sequence, NewUuid()), header);
    ASSERT_TRUE(writer.ok()) << writer.status();
    Record record;
    record.method = "GET";
    record.target = "/";
    for (int i = 0; i < records; ++i) ASSERT_TRUE((*writer)->Append(record).ok());
    ASSERT_TRUE((seal ? (*writer)->Seal({}) : (*writer)->Sync()).ok());
  }

  std::vector<std::string> Names() { return files_.List("out").value(); }
  std::vector<std::string> Unsealed() {
    std::vector<std::string> names = Names();
    std::erase_if(names, [](const std::string& name) { return !name.ends_with(".seg.open"); });
    return names;
  }

  FaultyFileSystem files_{{"out"}};
  FakeClock clock_;
  std::vector<std::string> warnings_;
};

TEST_F(CaptureStateTest, ANewCaptureEndsAfterItsDuration) {
  const CaptureState state = Open().value();
  EXPECT_EQ(state.created, clock_.WallNow());
  EXPECT_EQ(state.ends_at, clock_.WallNow() + hours(2));
  EXPECT_NE(state.recording, Uuid{});
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(CaptureStateTest, ARestartGoesOnAndDoesNotMoveTheEnd) {
  const CaptureState first = Started();
  clock_.Advance(hours(1));
  EXPECT_EQ(Open(hours(5)).value(), first);
  EXPECT_EQ(warnings_.size(), 1u);
}

TEST_F(CaptureStateTest, EveryFieldComesBack) {
  CaptureState state = Open().value();
  state.next_sequence = 7;
  state.next_record_number = uint64_t{1} << 60;
  state.previous_segment = NewUuid();
  state.bytes_spent = 123456789;
  state.redaction_key_id = "0123456789abcdef";
  state.ledger.received = 12;
  state.ledger.written = 12;
  state.ledger.bytes = 99;
  EXPECT_EQ(ParseCaptureState(CaptureStateToJson(state), "p").value(), state);
}

TEST_F(CaptureStateTest, DamageIsOneLineAndExitCodeSix) {
  const std::string whole = CaptureStateToJson(Started());
  for (size_t cut = 0; cut + 2 < whole.size(); ++cut) {
    files_.SetContents("out/capture.json", whole.substr(0, cut));
    const absl::Status status = Open().status();
    ASSERT_EQ(ExitCodeFor(status), ExitCode::kUnusable) << cut;
    EXPECT_NE(Message(status).find("out/capture.json"), std::string::npos);
    EXPECT_EQ(Message(status).find('\n'), std::string::npos);
  }
}

TEST_F(CaptureStateTest, MissingAndMistypedFieldsAreDamage) {
  const std::string whole = CaptureStateToJson(Started());
  for (const char* key : {"recording", "created_nanos", "ends_at_nanos", "next_sequence",
                          "next_record_number", "previous_segment", "bytes_spent", "ledger"}) {
    std::string json = whole;
    json.replace(json.find(key), 1, "X");
    EXPECT_FALSE(ParseCaptureState(json, "p").ok()) << key;
  }
  std::string negative = whole;
  const size_t number = negative.find("\"bytes_spent\": ") + 15;
  negative.insert(number, "-1");
  EXPECT_FALSE(ParseCaptureState(negative, "p").ok());
}

TEST_F(CaptureStateTest, AnEndThatNoCaptureMayHaveIsDamage) {
  CaptureState state = Started();
  state.ends_at = state.created + kMaxCaptureDuration;
  EXPECT_TRUE(ParseCaptureState(CaptureStateToJson(state), "p").ok());
  state.ends_at += Nanos(1);
  EXPECT_FALSE(ParseCaptureState(CaptureStateToJson(state), "p").ok());
}

TEST_F(CaptureStateTest, AStateOfANewerRecorderIsSaidToBe) {
  std::string json = CaptureStateToJson(Started());
  json.replace(json.find("\"schema_version\": 1"), 19, "\"schema_version\": 2");
  EXPECT_NE(Message(ParseCaptureState(json, "p").status()).find("newer"), std::string::npos);
}

TEST_F(CaptureStateTest, SegmentsWithoutAStateAreNotAddedTo) {
  AddSegment(CaptureState{}, 1, 1, 1, true);
  EXPECT_EQ(ExitCodeFor(Open().status()), ExitCode::kUnusable);
}

TEST_F(CaptureStateTest, SealedSegmentsAfterTheLastSaveAreTakenIn) {
  const CaptureState state = Started();
  AddSegment(state, 1, 1, 10, true);
  AddSegment(state, 2, 11, 5, true);
  const CaptureState next = Open().value();
  EXPECT_EQ(next.next_sequence, 3u);
  EXPECT_EQ(next.next_record_number, 16u);
  EXPECT_GT(next.bytes_spent, 0u);
}

TEST_F(CaptureStateTest, AnUnsealedSegmentIsRecoveredAndGoneOnFrom) {
  const CaptureState state = Started();
  AddSegment(state, 4, 1, 10, false);
  const CaptureState next = Open().value();
  EXPECT_EQ(next.next_sequence, 5u);
  EXPECT_EQ(next.next_record_number, 11u);
  EXPECT_EQ(next.ledger.written, 10u);
  EXPECT_EQ(next.ledger.received, 10u);
  ASSERT_EQ(warnings_.size(), 2u);
  EXPECT_TRUE(warnings_[1].starts_with("recovered 000004-")) << warnings_[1];
  EXPECT_TRUE(warnings_[1].ends_with(".seg: 10 records")) << warnings_[1];
  EXPECT_TRUE(Unsealed().empty());
}

TEST_F(CaptureStateTest, TheLedgerCountsWhatTheSegmentsHold) {
  CaptureState state = Started();
  state.ledger.received = 15;
  state.ledger.written = 4;
  state.ledger.bytes = 16;
  state.next_record_number = 5;
  ASSERT_TRUE(SaveCaptureState(files_, "out", state).ok());
  AddSegment(state, 1, 1, 7, true);
  AddSegment(state, 2, 8, 3, false);
  const LedgerCounts ledger = Open().value().ledger;
  EXPECT_EQ(ledger.received, 15u);
  EXPECT_EQ(ledger.written, 10u);
  EXPECT_EQ(ledger.bytes, 40u);
  EXPECT_EQ(ledger.shed_by[static_cast<size_t>(ShedReason::kCrash)], 5u);
  EXPECT_EQ(ledger.on_the_way(), 0);
}

TEST_F(CaptureStateTest, OpeningAgainComesToTheSame) {
  const CaptureState state = Started();
  AddSegment(state, 1, 1, 7, true);
  AddSegment(state, 2, 8, 3, false);
  const CaptureState once = Open().value();
  EXPECT_EQ(Open().value(), once);
  ASSERT_TRUE(SaveCaptureState(files_, "out", once).ok());
  EXPECT_EQ(Open().value(), once);
}

TEST_F(CaptureStateTest, OfADeadDiskRecordsThatWereWrittenAgainCountOnce) {
  const CaptureState state = Started();
  AddSegment(state, 1, 1, 10, false);
  AddSegment(state, 2, 6, 5, true);
  const CaptureState next = Open().value();
  EXPECT_EQ(next.ledger.written, 10u);
  EXPECT_EQ(next.next_record_number, 11u);
  ASSERT_EQ(warnings_.size(), 2u);
  EXPECT_NE(warnings_[1].find("5 records; lost: 5 records that the next segment holds again"),
            std::string::npos)
      << warnings_[1];
}

TEST_F(CaptureStateTest, AFileOfWhichNothingCanBeReadIsSetAsideAndLeavesAGap) {
  const CaptureState state = Started();
  files_.SetContents("out/000003-1a2b3c4d.seg.open", "");
  const CaptureState next = Open().value();
  EXPECT_EQ(next.next_sequence, 4u);
  EXPECT_EQ(next.next_record_number, state.next_record_number + kRecordNumberGap);
  EXPECT_EQ(files_.Kind("out/000003-1a2b3c4d.seg.damaged"), FileKind::kFile);
  ASSERT_EQ(warnings_.size(), 2u);
  EXPECT_NE(warnings_[1].find("no segment header survives"), std::string::npos);
}

TEST_F(CaptureStateTest, ADiskThatFailsWhileRecoveringLeavesTheSegmentForLater) {
  const CaptureState state = Started();
  AddSegment(state, 1, 1, 10, false);
  const std::vector<std::string> before = Unsealed();
  for (const int error : {EIO, ENOSPC}) {
    files_.Inject({.call = FileCall::kAppend, .error = error, .for_good = true});
    const absl::StatusOr<CaptureState> next = Open();
    ASSERT_TRUE(next.ok()) << next.status();
    EXPECT_EQ(next->next_record_number, state.next_record_number + kRecordNumberGap);
    ASSERT_EQ(warnings_.size(), 2u);
    EXPECT_NE(warnings_[1].find("not recovered"), std::string::npos);
    EXPECT_EQ(Unsealed(), before);
    files_.ClearFaults();
  }
  EXPECT_EQ(Open().value().ledger.written, 10u);
}

TEST_F(CaptureStateTest, AnotherRecordingsSegmentStaysAsItIs) {
  Started();
  AddSegment(CaptureState{}, 1, 1, 10, false);
  const std::vector<std::string> before = Unsealed();
  EXPECT_EQ(Open().value().ledger.written, 0u);
  EXPECT_EQ(Unsealed(), before);
}

TEST_F(CaptureStateTest, SegmentsThatWereMovedAwayStayCounted) {
  CaptureState state = Started();
  state.ledger.received = state.ledger.written = 100;
  state.next_record_number = 101;
  state.next_sequence = 3;
  ASSERT_TRUE(SaveCaptureState(files_, "out", state).ok());
  AddSegment(state, 2, 51, 50, true);
  const LedgerCounts ledger = Open().value().ledger;
  EXPECT_EQ(ledger.written, 100u);
  EXPECT_EQ(ledger.shed(), 0u);
}

// However often a start is cut short: the records and the counts are the same in the end.
TEST_F(CaptureStateTest, AStartCutShortAnywhereIsMendedByTheNext) {
  bool more = true;
  uint64_t call = 0;
  while (more) {
    SCOPED_TRACE(++call);
    for (const std::string& name : Names()) {
      ASSERT_TRUE(files_.Remove("out/" + name).ok());
    }
    const CaptureState state = Started();
    AddSegment(state, 1, 1, 7, true);
    AddSegment(state, 2, 8, 3, false);
    files_.Inject({.call = std::nullopt, .nth = call, .for_good = true});
    const bool opened = Open().ok();
    files_.ClearFaults();
    more = !opened || !Unsealed().empty();
    files_.Crash();
    const CaptureState next = Open().value();
    ASSERT_EQ(next.ledger.written, 10u);
    ASSERT_EQ(next.ledger.on_the_way(), 0);
    ASSERT_EQ(next.next_record_number, 11u);
    ASSERT_EQ(next.next_sequence, 3u);
    ASSERT_TRUE(Unsealed().empty());
  }
  EXPECT_GT(call, 30u);
}

TEST_F(CaptureStateTest, WhatACrashLeftUnknownIsShed) {
  CaptureState state = Started();
  state.ledger.received = 10;
  state.ledger.written = 7;
  ASSERT_TRUE(SaveCaptureState(files_, "out", state).ok());
  const LedgerCounts ledger = Open().value().ledger;
  EXPECT_EQ(ledger.on_the_way(), 0);
  EXPECT_EQ(ledger.shed_by[static_cast<size_t>(ShedReason::kCrash)], 3u);
}

TEST_F(CaptureStateTest, AFailedSaveLeavesTheOldState) {
  const CaptureState state = Started();
  CaptureState later = state;
  later.next_sequence = 9;
  for (const FileCall call :
       {FileCall::kCreate, FileCall::kAppend, FileCall::kSync, FileCall::kRename}) {
    files_.Inject({.call = call});
    EXPECT_FALSE(SaveCaptureState(files_, "out", later).ok());
    EXPECT_EQ(Open().value(), state);
  }
}

TEST(SegmentNameTest, SequencesComeBackFromNames) {
  const Uuid uuid = ParseUuid("1a2b3c4d000000000000000000000000").value();
  EXPECT_EQ(SegmentName(7, uuid), "000007-1a2b3c4d");
  EXPECT_EQ(SegmentSequence("000007-1a2b3c4d.seg"), 7u);
  EXPECT_EQ(SegmentSequence("000007-1a2b3c4d.seg.open"), 7u);
  EXPECT_EQ(SegmentSequence("1234567-1a2b3c4d.seg"), 1234567u);
  for (const char* other : {"capture.json", "outcomes.seg", ".seg", "000007.seg", "7-x.segment"}) {
    EXPECT_FALSE(SegmentSequence(other).has_value()) << other;
  }
}

}  // namespace
}  // namespace shadowreel
