#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <tuple>

#include "base/posix_file_system.h"
#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_writer.h"
#include "formats/segment/trace_reader.h"
#include "tests/fakes/fake_clock.h"

// Four recorders beside each other write what a mirror sends them: short requests, and among them
// uploads that take half a minute, appended when they are complete. The merge gives back every
// request where it arrived, in bounded memory.
namespace shadowreel {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kRecorders = 4;
constexpr int kShort = 100'000;  // over 100 s
constexpr int kUploads = 3'200;  // bodies of 100 to 300 KiB, in their records
constexpr int kLong = 24;        // bodies of 1.5 to 20 MiB, continued
constexpr size_t kBlock = 4096;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kOwnMemory = false;  // the sanitizer's would be counted
#else
constexpr bool kOwnMemory = true;
#endif

struct Planned {
  size_t recorder;
  Nanos arrival;
  Nanos completed;
  uint64_t seed;
  size_t body_bytes;
};

using Random = std::mt19937_64;

Nanos Between(Random& random, Nanos least, Nanos most) {
  return least + Nanos(random() % static_cast<uint64_t>((most - least).count()));
}

// Half of the uploads take 30 s and half of them anything up to a minute, so that a chunk of them
// reaches over much of the recording.
std::vector<Planned> Plan(uint32_t seed) {
  Random random(seed);
  std::vector<Planned> plan;
  for (int i = 0; i < kShort; ++i) {
    const Nanos arrival = i * milliseconds(1) + Between(random, Nanos(0), milliseconds(5));
    plan.push_back({random() % kRecorders, arrival,
                    arrival + Between(random, Nanos(0), milliseconds(50)), random(),
                    random() % 100});
  }
  for (int i = 0; i < kUploads + kLong; ++i) {
    const Nanos arrival = Between(random, Nanos(0), seconds(100));
    const Nanos duration =
        i % 2 == 0 ? Nanos(seconds(30)) : Between(random, seconds(2), seconds(60));
    const size_t bytes =
        i < kUploads ? (100 << 10) + random() % (200 << 10) : (1536 << 10) + random() % (18 << 20);
    plan.push_back({random() % kRecorders, arrival, arrival + duration, random(), bytes});
  }
  std::sort(plan.begin(), plan.end(),
            [](const Planned& a, const Planned& b) { return a.completed < b.completed; });
  return plan;
}

// Compressible, and another one for each seed and place.
std::string BlockOf(uint64_t seed, size_t begin) {
  const uint64_t word = seed + begin;
  std::string block(kBlock, static_cast<char>('a' + seed % 26));
  std::memcpy(block.data(), &word, sizeof(word));
  return block;
}

std::string BodyOf(const Planned& planned) {
  std::string body;
  body.reserve(planned.body_bytes + kBlock);
  while (body.size() < planned.body_bytes) body += BlockOf(planned.seed, body.size());
  body.resize(planned.body_bytes);
  return body;
}

// Without building a second one: memory is being measured.
bool IsBodyOf(std::string_view body, const Planned& planned) {
  if (body.size() != planned.body_bytes) return false;
  for (size_t at = 0; at < body.size(); at += kBlock) {
    const std::string_view part = body.substr(at, kBlock);
    if (part != std::string_view(BlockOf(planned.seed, at)).substr(0, part.size())) return false;
  }
  return true;
}

// As a recorder: in order of completion, to disk every second.
absl::Status WriteRecording(const std::vector<Planned>& plan, size_t recorder,
                            const std::string& directory) {
  PosixFileSystem files;
  FakeClock clock;
  trace::SegmentHeader header;
  header.set_recording_uuid(std::string(kUuidSize, static_cast<char>('a' + recorder)));
  header.set_first_record_number(1);
  ASSIGN_OR_RETURN(const auto writer, SegmentWriter::Create(files, clock, directory,
                                                            std::to_string(recorder), header));
  Nanos flushed{0};
  Record record;
  for (const Planned& planned : plan) {
    if (planned.recorder != recorder) continue;
    for (; planned.completed >= flushed + seconds(1); flushed += seconds(1)) {
      RETURN_IF_ERROR(writer->Flush());
    }
    record.arrival = WallTime(planned.arrival);
    record.completed = WallTime(planned.completed);
    record.body = BodyOf(planned);
    RETURN_IF_ERROR(writer->Append(record).status());
  }
  return writer->Seal({});
}

size_t PeakBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<size_t>(usage.ru_maxrss) << 10;
}

class MergeTest : public ::testing::Test {
 protected:
  // A process of its own writes, so that this one's memory is the reader's.
  static void SetUpTestSuite() {
    seed_ = std::random_device()();
    std::printf("seed %u\n", seed_);
    directory_ = std::filesystem::path(::testing::TempDir()) / "merge";
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    const pid_t writer = fork();
    if (writer == 0) {
      const std::vector<Planned> plan = Plan(seed_);
      bool written = true;
      for (size_t i = 0; i < kRecorders; ++i) {
        written = WriteRecording(plan, i, directory_).ok() && written;
      }
      _exit(written ? 0 : 1);
    }
    int status = -1;
    waitpid(writer, &status, 0);
    ASSERT_EQ(status, 0);
    expected_ = Plan(seed_);
    Rank();
    baseline_ = PeakBytes();
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(directory_); }

  // Puts `expected_` in the order of the trace, with the records' numbers.
  static void Rank() {
    std::array<uint64_t, kRecorders> next{1, 1, 1, 1};
    std::vector<std::tuple<Nanos, size_t, uint64_t, size_t>> ranks;
    for (size_t i = 0; i < expected_.size(); ++i) {
      const size_t recorder = expected_[i].recorder;
      ranks.emplace_back(expected_[i].arrival, recorder, next[recorder]++, i);
    }
    std::sort(ranks.begin(), ranks.end());
    std::vector<Planned> ordered;
    for (const auto& [arrival, recorder, number, index] : ranks) {
      ordered.push_back(expected_[index]);
      numbers_.push_back(number);
    }
    expected_ = std::move(ordered);
  }

  // Reads all of it within `resident_bytes`; `trace` is left at its end.
  void ExpectExactMerge(size_t resident_bytes, std::unique_ptr<TraceReader>* trace) {
    PosixFileSystem files;
    std::vector<std::string> unsealed;
    const auto segments = ListSegments(files, {directory_}, &unsealed);
    ASSERT_TRUE(segments.ok()) << segments.status();
    ASSERT_EQ(segments->size(), kRecorders);
    *trace = TraceReader::Open(files, *segments, resident_bytes).value();
    ASSERT_EQ((*trace)->records(), expected_.size());
    Record record;
    for (size_t i = 0; i < expected_.size(); ++i) {
      const absl::StatusOr<bool> more = (*trace)->Next(&record);
      ASSERT_TRUE(more.ok() && *more) << i << ": " << more.status();
      ASSERT_EQ(record.arrival.time_since_epoch(), expected_[i].arrival) << i;
      ASSERT_EQ(record.recording[0], 'a' + expected_[i].recorder) << i;
      ASSERT_EQ(record.number, numbers_[i]) << i;
      ASSERT_TRUE(IsBodyOf(record.body, expected_[i])) << i;
    }
    EXPECT_FALSE((*trace)->Next(&record).value());
    EXPECT_EQ((*trace)->open_chunks(), 0u);
  }

  // Since before anything was read.
  void ExpectPeakMemory(size_t most) {
    const size_t grown = PeakBytes() - baseline_;
    std::printf("peak memory grew by %zu KiB\n", grown >> 10);
    EXPECT_TRUE(grown <= most || !kOwnMemory) << grown;
  }

  static inline uint32_t seed_ = 0;
  static inline std::string directory_;
  static inline std::vector<Planned> expected_;
  static inline std::vector<uint64_t> numbers_;
  static inline size_t baseline_ = 0;
};

constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kOneChunk = 2 * kMiB;  // 1 MiB and its index
// The longest body, a piece and a chunk on their way from disk, the segments' indexes; and of what
// was freed malloc keeps some: an eighth of the bound as seen, a quarter as allowed.
constexpr size_t kBeside = 48 * kMiB;

size_t MemoryFor(size_t resident_bytes) {
  return resident_bytes + resident_bytes / 4 + kOneChunk + kBeside;
}

// The smaller bound first: what a process once used counts for ever.
TEST_F(MergeTest, IsExactInAFewMiB) {
  constexpr size_t kBound = 8 * kMiB;
  std::unique_ptr<TraceReader> trace;
  ASSERT_NO_FATAL_FAILURE(ExpectExactMerge(kBound, &trace));
  EXPECT_LE(trace->peak_resident_bytes(), kBound + kOneChunk);
  EXPECT_GT(trace->peak_resident_bytes(), kBound);
  ExpectPeakMemory(MemoryFor(kBound));
}

TEST_F(MergeTest, IsExactInItsOwnBound) {
  size_t uploaded = 0;
  for (const Planned& planned : expected_) uploaded += planned.body_bytes;
  EXPECT_GT(uploaded, 6 * TraceReader::kResidentBytes);
  std::unique_ptr<TraceReader> trace;
  ASSERT_NO_FATAL_FAILURE(ExpectExactMerge(TraceReader::kResidentBytes, &trace));
  EXPECT_LE(trace->peak_resident_bytes(), TraceReader::kResidentBytes + kOneChunk);
  EXPECT_GT(trace->peak_resident_bytes(), TraceReader::kResidentBytes);  // it was needed
  ExpectPeakMemory(MemoryFor(TraceReader::kResidentBytes));
}

}  // namespace
}  // namespace shadowreel
