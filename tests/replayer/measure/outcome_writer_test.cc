#include "replayer/measure/outcome_writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "base/status.h"
#include "formats/outcome.pb.h"
#include "formats/segment/chunk_reader.h"
#include "formats/trace.pb.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"

namespace shadowreel {
namespace {

Outcome Completed(uint64_t index) {
  return {.index = index,
          .kind = OutcomeKind::kCompleted,
          .intended = Nanos(1000 * index),
          .sent = Nanos(1000 * index + 5),
          .done = Nanos(1000 * index + 50),
          .status = 200};
}

// Holds up who asks for the time, as a chunk being written does, until the gate opens.
class GatedClock final : public Clock {
 public:
  WallTime WallNow() const override {
    if (closed_) gate_.wait();
    return time_.WallNow();
  }
  SteadyTime SteadyNow() const override { return time_.SteadyNow(); }

  void Close() { closed_ = true; }
  void Open() { opener_.set_value(); }

 private:
  FakeClock time_;
  std::atomic<bool> closed_ = false;
  std::promise<void> opener_;
  std::shared_future<void> gate_ = opener_.get_future().share();
};

class OutcomeWriterTest : public testing::Test {
 protected:
  std::unique_ptr<OutcomeWriter> Create() {
    auto writer = OutcomeWriter::Create(files_, clock_, "out",
                                        {.run_start = clock_.WallNow(),
                                         .made_by = "replayer --speed=2",
                                         .recordings = {Uuid{1, 2, 3}}});
    EXPECT_TRUE(writer.ok()) << writer.status();
    return std::move(writer).value();
  }

  FaultyFileSystem files_{{"out"}};
  FakeClock clock_;
};

TEST_F(OutcomeWriterTest, EveryOutcomeIsReadBackInOrder) {
  constexpr uint64_t kCount = 10'000;  // three chunks
  auto writer = Create();
  for (uint64_t i = 0; i < kCount; ++i) writer->OnOutcome(Completed(i), "GET /cart", "");
  ASSERT_TRUE(writer->Seal("0f1e2d").ok());
  EXPECT_EQ(files_.Kind("out/outcomes.seg.open"), FileKind::kMissing);

  const auto reader = ChunkReader::Open(files_, "out/outcomes.seg");
  ASSERT_TRUE(reader.ok()) << reader.status();
  ASSERT_TRUE((*reader)->VerifyFooter().ok());
  EXPECT_EQ((*reader)->header().kind(), trace::OUTCOMES);
  EXPECT_EQ((*reader)->footer().plan_digest(), "0f1e2d");
  EXPECT_EQ((*reader)->header().lineage().made_by(), "replayer --speed=2");
  EXPECT_EQ((*reader)->header().lineage().parent_recording_uuids_size(), 1);
  EXPECT_EQ((*reader)->footer().statistics().records(), kCount);
  uint64_t next = 0;
  for (const ChunkInfo& place : (*reader)->chunks()) {
    if (place.type != ChunkType::kOutcomes) continue;
    EXPECT_EQ(place.first_record, next);
    std::string raw;
    ASSERT_TRUE((*reader)->ReadPayload(place, &raw).ok());
    trace::OutcomeChunk chunk;
    ASSERT_TRUE(chunk.ParseFromString(raw));
    ASSERT_EQ(static_cast<uint32_t>(chunk.index_size()), place.record_count);
    for (const uint64_t index : chunk.index()) EXPECT_EQ(index, next++);
  }
  EXPECT_EQ(next, kCount);
}

TEST_F(OutcomeWriterTest, ARunWithoutOutcomesLeavesASoundFile) {
  ASSERT_TRUE(Create()->Seal("0f1e2d").ok());
  const auto reader = ChunkReader::Open(files_, "out/outcomes.seg");
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_TRUE((*reader)->VerifyFooter().ok());
  EXPECT_EQ((*reader)->footer().statistics().records(), 0u);
}

TEST_F(OutcomeWriterTest, AFailedWriteIsReportedWhenSealedAndNothingIsSealed) {
  auto writer = Create();
  files_.Inject({.call = FileCall::kAppend, .error = ENOSPC, .for_good = true});
  for (uint64_t i = 0; i < 10'000; ++i) writer->OnOutcome(Completed(i), "GET /cart", "");
  EXPECT_TRUE(IsDiskFull(writer->Seal("0f1e2d")));
  EXPECT_EQ(files_.Kind("out/outcomes.seg"), FileKind::kMissing);
}

TEST_F(OutcomeWriterTest, WhatADiskTooSlowLosesIsCountedAndTheRestIsKept) {
  constexpr uint64_t kCount = 400'000;  // about twice what the queue holds
  GatedClock clock;
  const auto writer = OutcomeWriter::Create(files_, clock, "out", {});
  ASSERT_TRUE(writer.ok()) << writer.status();
  clock.Close();
  for (uint64_t i = 0; i < kCount; ++i) (*writer)->OnOutcome(Completed(i), "GET /cart", "");
  clock.Open();
  const absl::Status sealed = (*writer)->Seal("0f1e2d");

  const auto reader = ChunkReader::Open(files_, "out/outcomes.seg");
  ASSERT_TRUE(reader.ok()) << reader.status();
  const uint64_t kept = (*reader)->footer().statistics().records();
  EXPECT_GT(kept, 0u);
  EXPECT_LT(kept, kCount);
  EXPECT_EQ(Message(sealed),
            fmt::format("out/outcomes.seg: the disk was too slow, {} outcomes are missing",
                        kCount - kept));
}

TEST_F(OutcomeWriterTest, AMissingDirectoryIsAnError) {
  const auto writer = OutcomeWriter::Create(files_, clock_, "nowhere", {});
  EXPECT_FALSE(writer.ok());
}

TEST_F(OutcomeWriterTest, WithoutSealTheFileKeepsItsOpenName) {
  Create()->OnOutcome(Completed(0), "GET /cart", "");
  EXPECT_EQ(files_.Kind("out/outcomes.seg"), FileKind::kMissing);
  EXPECT_EQ(files_.Kind("out/outcomes.seg.open"), FileKind::kFile);
}

}  // namespace
}  // namespace shadowreel
