#include "tests/recorder/capture/scripted_capture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <random>
#include <utility>

#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_reader.h"
#include "recorder/capture/uuid.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

constexpr std::string_view kTarget = "/scripted/";
constexpr uint64_t kInPieces = 150;  // the ordinal of the record whose body is
constexpr auto kSync = std::chrono::milliseconds(20);
constexpr int kPatience = 5;  // retries after which the disk is away for good

std::string BodyOf(uint64_t ordinal) {
  if (ordinal == kInPieces) return std::string(kMaxInlineBody + 5000, 'p');
  std::mt19937_64 random(ordinal);
  std::string body(ordinal % 8 == 0 ? 300 + random() % 6000 : ordinal % 3 * 20, '\0');
  for (char& byte : body) byte = static_cast<char>(random());
  return body;
}

}  // namespace

Record ScriptedRecord(uint64_t ordinal) {
  Record record = SampleRecord(ordinal);
  record.target = fmt::format("{}{}", kTarget, ordinal);
  record.body = BodyOf(ordinal);
  if (ordinal == kInPieces) record.truncated = false;
  record.wire_body_bytes = record.body.size() + (record.truncated ? 1000 : 0);
  if (ordinal % 10 == 3) record.completed = record.arrival + std::chrono::seconds(2);
  return record;
}

uint64_t OrdinalOf(const Record& record) {
  uint64_t ordinal = 0;
  if (!record.target.starts_with(kTarget)) return 0;
  const char* const end = record.target.data() + record.target.size();
  const auto parsed = std::from_chars(record.target.data() + kTarget.size(), end, ordinal);
  return parsed.ptr == end && parsed.ec == std::errc() ? ordinal : 0;
}

RollerOptions ScriptedOptions() {
  RollerOptions options;
  options.directory = "out";
  options.segment_bytes = size_t{96} << 10;
  options.sync_interval = kSync;
  return options;
}

ScriptedCapture::ScriptedCapture(const RollerOptions& options) {
  state.recording = NewUuid();
  state.created = clock.WallNow();
  state.ends_at = state.created + std::chrono::hours(2);
  roller = std::make_unique<SegmentRoller>(options, files, clock, redactor, state, disk, ledger,
                                           [](const std::string&) {});
}

void ScriptedCapture::Advance(Nanos by) {
  clock.Advance(by);
  roller->Tick();
}

void ScriptedCapture::Run(uint64_t records) {
  for (const uint64_t last = offered_ + records; offered_ < last;) {
    for (int i = 0; roller->blocked() && i < kPatience; ++i) Advance(std::chrono::seconds(1));
    if (roller->blocked()) return;
    ledger.Received();
    roller->Take(ScriptedRecord(++offered_));
    roller->Tick();
    if (offered_ * 7 % 11 < 4 || offered_ == last) Advance(kSync);
  }
}

absl::Status StartAndEnd(FileSystem& files, uint64_t ordinal) {
  FakeClock clock;
  clock.Advance(std::chrono::minutes(30));
  const Redactor redactor(RedactionMode::kOff, RedactionKey{});
  CaptureOptions options;
  options.roller = ScriptedOptions();
  ASSIGN_OR_RETURN(const std::unique_ptr<Capture> capture,
                   Capture::Start(files, clock, options, redactor, [](const std::string&) {}));
  if (capture->sink().Admit()) capture->sink().Offer(ScriptedRecord(ordinal));
  RETURN_IF_ERROR(capture->Finish());
  const LedgerCounts counts = capture->ledger();
  if (counts.on_the_way() == 0) return absl::OkStatus();
  return DamageError("{} requests are missing from the ledger", counts.on_the_way());
}

std::vector<Stored> ReadSegment(FileSystem& files, const std::string& path) {
  std::vector<Stored> stored;
  const auto reader = SegmentReader::Open(files, path);
  EXPECT_TRUE(reader.ok()) << reader.status();
  if (!reader.ok()) return stored;
  EXPECT_EQ((*reader)->Verify(), absl::OkStatus());
  for (const ChunkInfo& chunk : (*reader)->record_chunks()) {
    std::vector<Record> records;
    EXPECT_EQ((*reader)->ReadRecords(chunk, &records), absl::OkStatus());
    for (Record& record : records) {
      EXPECT_EQ((*reader)->LoadBody(&record), absl::OkStatus());
      const uint64_t ordinal = OrdinalOf(record);
      Record expected = ScriptedRecord(ordinal);
      expected.recording = record.recording;
      expected.number = record.number;
      EXPECT_TRUE(SameRecord(record, expected)) << "invented: " << ToText(record);
      stored.push_back({ordinal, record.number});
    }
  }
  return stored;
}

}  // namespace shadowreel
