#include "formats/reel/derived_recording.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "base/status.h"
#include "base/units.h"
#include "formats/byte_text.h"
#include "formats/reel/key_ids.h"

namespace shadowreel {
namespace {

constexpr size_t kMaxRanges = 1'000'000;

// The weakest first.
constexpr std::array<std::string_view, 4> kModes = {"off", "", "credentials", "strict"};

size_t StrengthOf(const std::string& mode) {
  const auto found = std::find(kModes.begin(), kModes.end(), mode);
  if (found != kModes.end()) return static_cast<size_t>(found - kModes.begin());
  return 1;  // of a later version: as good as not stated
}

// The one value, or empty when there are several.
std::string Agreed(const std::set<std::string>& values) {
  return values.size() == 1 ? *values.begin() : "";
}

// How a trace was read, as a flag: it says that records may be missing.
std::string_view RecoveryWords(const TraceReader& trace) {
  for (const auto& segment : trace.segments()) {
    switch (segment->report().mode) {
      case RecoveryMode::kStrict:
        continue;
      case RecoveryMode::kTail:
        return " --recovery=tail";
      case RecoveryMode::kSalvage:
        return " --recovery=salvage";
    }
  }
  return "";
}

bool HoldsNumber(const SegmentReader& segment, uint64_t number) {
  for (const ChunkInfo& chunk : segment.record_chunks()) {
    if (chunk.first_record > number) continue;
    const absl::StatusOr<RecordChunkView> view = segment.ReadChunk(chunk);
    if (!view.ok()) continue;
    for (const RecordChunkView::Key& key : view->keys()) {
      if (key.number == number && !segment.LeavesOut(*view, key.index)) return true;
    }
  }
  return false;
}

}  // namespace

trace::SegmentHeader DerivedHeader(const TraceReader& trace, const std::string& made_by) {
  size_t strength = kModes.size() - 1;
  std::set<std::string> digests;
  std::set<std::string> hosts;
  std::set<std::string> key_ids;
  std::set<std::string> recordings;
  for (const auto& segment : trace.segments()) {
    const trace::SegmentHeader& header = segment->header();
    strength = std::min(strength, StrengthOf(header.redaction_mode()));
    digests.insert(header.redaction_policy_digest());
    hosts.insert(header.host());
    AddKeyIds(header.redaction_key_id(), &key_ids);
    recordings.insert(header.recording_uuid());
  }
  trace::SegmentHeader derived;
  derived.set_redaction_mode(std::string(kModes[strength]));
  derived.set_redaction_policy_digest(Agreed(digests));
  derived.set_host(Agreed(hosts));
  derived.set_redaction_key_id(JoinKeyIds(key_ids));
  trace::Lineage* const lineage = derived.mutable_lineage();
  for (const std::string& recording : recordings) lineage->add_parent_recording_uuids(recording);
  lineage->set_made_by(made_by + std::string(RecoveryWords(trace)));
  return derived;
}

std::string DescribeWritten(const RecordingWriter& writer) {
  return fmt::format("written to {}: {}, {} segments, {} responses, recording {}\n",
                     EscapeForTerminal(writer.out()), FormatBytes(writer.file_bytes()),
                     writer.segments(), writer.responses(), Hex(writer.recording_uuid()));
}

absl::StatusOr<bool> RecordCopier::Next(Record* record) {
  ASSIGN_OR_RETURN(const bool more, trace_.Next(record));
  if (!more) return false;
  NumberRanges& ranges = numbers_.try_emplace(record->recording, kMaxRanges).first->second;
  switch (ranges.Add(record->number)) {
    case NumberRanges::Added::kNew:
      return true;
    case NumberRanges::Added::kDuplicate:
      return StandsTwice(*record);
    case NumberRanges::Added::kFull:
      break;
  }
  return DamageError("{}: record {}: its recording has over {} gaps between record numbers",
                     trace_.segment()->path(), record->number, kMaxRanges);
}

absl::Status RecordCopier::StandsTwice(const Record& record) const {
  const SegmentReader& segment = *trace_.segment();
  for (const auto& other : trace_.segments()) {
    if (other.get() == &segment || other->recording() != record.recording) continue;
    if (!HoldsNumber(*other, record.number)) continue;
    return UsageError("{} and {} both hold record {} of recording {}: name only one of them",
                      other->path(), segment.path(), record.number,
                      Hex(segment.header().recording_uuid()));
  }
  return DamageError("{}: record {} stands there twice", segment.path(), record.number);
}

absl::Status RecordCopier::Copy(const Record& record) {
  ASSIGN_OR_RETURN(const bool answered, trace_.ReadResponse(&response_));
  const absl::Status status = writer_.Append(record, answered ? &response_ : nullptr);
  if (!absl::IsInvalidArgument(status)) return status;
  return absl::Status(status.code(), fmt::format("{}: record {}: {}", trace_.segment()->path(),
                                                 record.number, Message(status)));
}

}  // namespace shadowreel
