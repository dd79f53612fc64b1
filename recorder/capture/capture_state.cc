#include "recorder/capture/capture_state.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/status.h"
#include "base/units.h"
#include "formats/segment/segment_format.h"
#include "recorder/capture/crash_recovery.h"
#include "recorder/capture/segment_inventory.h"
#include "recorder/capture/uuid.h"

namespace shadowreel {
namespace {

using nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;
constexpr size_t kMaxStateBytes = size_t{1} << 20;

int64_t NanosOf(WallTime time) { return time.time_since_epoch().count(); }

bool Read(const ordered_json& object, const char* key, std::string* text) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return false;
  *text = found->get<std::string>();
  return true;
}

bool Read(const ordered_json& object, const char* key, uint64_t* number) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return false;
  *number = found->get<uint64_t>();
  return true;
}

bool Read(const ordered_json& object, const char* key, Uuid* uuid) {
  std::string text;
  if (!Read(object, key, &text)) return false;
  const std::optional<Uuid> parsed = ParseUuid(text);
  if (parsed) *uuid = *parsed;
  return parsed.has_value();
}

bool Read(const ordered_json& object, const char* key, WallTime* time) {
  uint64_t nanos = 0;
  if (!Read(object, key, &nanos) || nanos > INT64_MAX) return false;
  *time = WallTime(Nanos(static_cast<int64_t>(nanos)));
  return true;
}

bool Read(const ordered_json& object, const char* key, LedgerCounts* counts) {
  const auto found = object.find(key);
  if (found == object.end()) return false;
  const std::optional<LedgerCounts> parsed = LedgerFromJson(found->dump());
  if (parsed) *counts = *parsed;
  return parsed.has_value();
}

bool ReadAll(const ordered_json& object, CaptureState* state) {
  uint64_t sequence = 0;
  const bool read = Read(object, "recording", &state->recording) &&
                    Read(object, "created_nanos", &state->created) &&
                    Read(object, "ends_at_nanos", &state->ends_at) &&
                    Read(object, "next_sequence", &sequence) && sequence <= UINT32_MAX &&
                    Read(object, "next_record_number", &state->next_record_number) &&
                    Read(object, "previous_segment", &state->previous_segment) &&
                    Read(object, "bytes_spent", &state->bytes_spent) &&
                    Read(object, "redaction_key_id", &state->redaction_key_id) &&
                    Read(object, "ledger", &state->ledger);
  state->next_sequence = static_cast<uint32_t>(sequence);
  return read && state->ends_at - state->created <= kMaxCaptureDuration;
}

CaptureState NewCapture(const Clock& clock, Nanos duration) {
  CaptureState state;
  state.recording = NewUuid();
  state.created = clock.WallNow();
  state.ends_at = state.created + duration;
  return state;
}

// Takes in what stands in the directory and, after a crash, not in capture.json. `all_read`: every
// leftover was recovered.
void CatchUp(FileSystem& files, const SegmentInventory& inventory, bool all_read,
             CaptureState* state, std::vector<std::string>* warnings) {
  CatchUpLedger(files, inventory, state->next_record_number, &state->ledger, warnings);
  state->next_sequence = std::max(state->next_sequence, inventory.next_sequence);
  state->next_record_number = std::max(state->next_record_number, inventory.next_record_number);
  state->bytes_spent = std::max(state->bytes_spent, inventory.bytes);
  for (const std::string& path : inventory.unreadable) {
    if (std::string_view(path).ends_with(kSealedSuffix)) {
      warnings->push_back(
          fmt::format("{} is damaged: 'reel recover' saves what can be read of it", path));
    }
  }
  if (!inventory.unreadable.empty() || !all_read) state->next_record_number += kRecordNumberGap;
}

}  // namespace

std::string CaptureStateToJson(const CaptureState& state) {
  ordered_json object;
  object["schema_version"] = kSchemaVersion;
  object["recording"] = ToString(state.recording);
  object["created_nanos"] = NanosOf(state.created);
  object["ends_at_nanos"] = NanosOf(state.ends_at);
  object["next_sequence"] = state.next_sequence;
  object["next_record_number"] = state.next_record_number;
  object["previous_segment"] = ToString(state.previous_segment);
  object["bytes_spent"] = state.bytes_spent;
  object["redaction_key_id"] = state.redaction_key_id;
  object["ledger"] = ordered_json::parse(LedgerToJson(state.ledger));
  return object.dump(2) + "\n";
}

absl::StatusOr<CaptureState> ParseCaptureState(std::string_view json, const std::string& path) {
  const ordered_json object = ordered_json::parse(json, nullptr, /*allow_exceptions=*/false);
  uint64_t version = 0;
  if (object.is_object() && Read(object, "schema_version", &version) && version > kSchemaVersion) {
    return UnusableError("{}: written by a newer recorder (schema_version {}); use that one", path,
                         version);
  }
  CaptureState state;
  if (!object.is_object() || version != kSchemaVersion || !ReadAll(object, &state)) {
    return DamageError(
        "{}: damaged, so nobody knows when this capture ends; record to another "
        "directory",
        path);
  }
  return state;
}

absl::Status SaveCaptureState(FileSystem& files, const std::string& directory,
                              const CaptureState& state) {
  return WriteFileAtomically(files, JoinPath(directory, kCaptureStateName),
                             CaptureStateToJson(state));
}

absl::StatusOr<CaptureState> OpenCaptureState(FileSystem& files, const Clock& clock,
                                              const std::string& directory, Nanos duration,
                                              std::vector<std::string>* warnings) {
  const std::string path = JoinPath(directory, kCaptureStateName);
  ASSIGN_OR_RETURN(std::vector<std::string> names, files.List(directory));
  if (files.Kind(path) == FileKind::kMissing) {
    if (!SegmentNames(names).empty()) {
      return UnusableError("{} holds segments but no {}: record to another directory", directory,
                           kCaptureStateName);
    }
    return NewCapture(clock, duration);
  }
  ASSIGN_OR_RETURN(const std::string json, ReadFile(files, path, kMaxStateBytes));
  ASSIGN_OR_RETURN(CaptureState state, ParseCaptureState(json, path));
  warnings->push_back(
      fmt::format("going on with the capture in {}: it ends at {}, whatever --for "
                  "says now",
                  directory, FormatTime(state.ends_at)));
  const bool all_read =
      RecoverLeftovers(files, clock, directory, state.recording, UINT64_MAX, warnings);
  ASSIGN_OR_RETURN(names, files.List(directory));
  ASSIGN_OR_RETURN(SegmentInventory inventory,
                   TakeSegmentInventory(files, directory, names, state.recording));
  if (inventory.next_sequence < state.next_sequence) inventory.complete = false;
  CatchUp(files, inventory, all_read, &state, warnings);
  return state;
}

}  // namespace shadowreel
