#include "recorder/capture/ledger.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "base/check.h"
#include "base/units.h"

namespace shadowreel {
namespace {

using nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

template <size_t N>
uint64_t Sum(const std::array<uint64_t, N>& counts) {
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

// Counts by reason, under the reasons' names.
template <typename Reason, size_t N>
ordered_json Breakdown(const std::array<uint64_t, N>& counts) {
  ordered_json breakdown = ordered_json::object();
  for (size_t i = 0; i < N; ++i) {
    breakdown[std::string(ToString(static_cast<Reason>(i)))] = counts[i];
  }
  return breakdown;
}

bool ReadCount(const ordered_json& object, const std::string& key, uint64_t* count) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return false;
  *count = found->template get<uint64_t>();
  return true;
}

// A count that was not always written; without it it stays as it is.
bool ReadLaterCount(const ordered_json& object, const std::string& key, uint64_t* count) {
  return !object.contains(key) || ReadCount(object, key, count);
}

template <typename Reason, size_t N>
bool ReadBreakdown(const ordered_json& object, const char* key, std::array<uint64_t, N>* counts) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_object()) return false;
  for (size_t i = 0; i < N; ++i) {
    const std::string name(ToString(static_cast<Reason>(i)));
    if (!found->contains(name)) continue;  // written before there was that reason
    if (!ReadCount(*found, name, &(*counts)[i])) return false;
  }
  return true;
}

// " (a 1, b 2)" of those that are not 0; nothing when all are.
template <typename Reason, size_t N>
std::string BreakdownText(const std::array<uint64_t, N>& counts) {
  std::string text;
  for (size_t i = 0; i < N; ++i) {
    if (counts[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "  (" : ", ", ToString(static_cast<Reason>(i)),
                        counts[i]);
  }
  return text.empty() ? text : text + ")";
}

}  // namespace

std::string_view ToString(ShedReason reason) {
  switch (reason) {
    case ShedReason::kQueueFull:
      return "queue_full";
    case ShedReason::kDiskFull:
      return "disk_full";
    case ShedReason::kDiskError:
      return "disk_error";
    case ShedReason::kBudget:
      return "budget";
    case ShedReason::kCrash:
      return "crash";
    case ShedReason::kTooLarge:
      return "too_large";
    case ShedReason::kUploads:
      return "uploads";
  }
  CHECK(false);
}

uint64_t LedgerCounts::refused() const { return Sum(refused_by); }
uint64_t LedgerCounts::shed() const { return Sum(shed_by); }
int64_t LedgerCounts::on_the_way() const {
  return static_cast<int64_t>(received) -
         static_cast<int64_t>(refused() + after_end + sampled_out + shed() + written);
}

uint64_t ContentBytes(const Record& record) {
  return record.method.size() + record.target.size() + record.headers.byte_size() +
         record.body.size() + record.trailers.byte_size();
}

void Ledger::Written(const Record& record) {
  if (!record.complete) ++incomplete_;
  if (record.truncated) ++truncated_;
  bytes_ += ContentBytes(record);
  ++written_;
}

void Ledger::Answered(TicketOutcome outcome) {
  if (outcome == TicketOutcome::kDurable) ++acked_durable_;
  if (outcome == TicketOutcome::kLate) ++ack_late_;
}

LedgerCounts Ledger::Snapshot() const {
  LedgerCounts counts = start_;
  counts.acked_durable += acked_durable_;
  counts.ack_late += ack_late_;
  counts.durable_record_number = durable_record_number_;
  counts.written += written_;
  counts.incomplete += incomplete_;
  counts.truncated += truncated_;
  counts.bytes += bytes_;
  for (size_t i = 0; i < kShedReasons; ++i) counts.shed_by[i] += shed_by_[i];
  for (size_t i = 0; i < kRefusals; ++i) counts.refused_by[i] += refused_by_[i];
  counts.after_end += after_end_;
  counts.sampled_out += sampled_out_;
  counts.received += received_;  // last: what has an outcome was received before
  return counts;
}

std::string LedgerToJson(const LedgerCounts& counts) {
  ordered_json object;
  object["schema_version"] = kSchemaVersion;
  object["received"] = counts.received;
  object["refused"] = counts.refused();
  object["after_end"] = counts.after_end;
  object["sampled_out"] = counts.sampled_out;
  object["shed"] = counts.shed();
  object["written"] = counts.written;
  object["incomplete"] = counts.incomplete;
  object["truncated"] = counts.truncated;
  object["bytes"] = counts.bytes;
  object["acked_durable"] = counts.acked_durable;
  object["ack_late"] = counts.ack_late;
  object["durable_record_number"] = counts.durable_record_number;
  object["refused_by"] = Breakdown<Refusal>(counts.refused_by);
  object["shed_by"] = Breakdown<ShedReason>(counts.shed_by);
  return object.dump(2) + "\n";
}

std::optional<LedgerCounts> LedgerFromJson(std::string_view json) {
  const ordered_json object = ordered_json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return std::nullopt;
  LedgerCounts counts;
  uint64_t version = 0;
  if (!ReadCount(object, "schema_version", &version) || version != kSchemaVersion) {
    return std::nullopt;
  }
  const bool complete =
      ReadCount(object, "received", &counts.received) &&
      ReadCount(object, "after_end", &counts.after_end) &&
      ReadCount(object, "sampled_out", &counts.sampled_out) &&
      ReadCount(object, "written", &counts.written) &&
      ReadCount(object, "incomplete", &counts.incomplete) &&
      ReadCount(object, "truncated", &counts.truncated) &&
      ReadCount(object, "bytes", &counts.bytes) &&
      ReadLaterCount(object, "acked_durable", &counts.acked_durable) &&
      ReadLaterCount(object, "ack_late", &counts.ack_late) &&
      ReadLaterCount(object, "durable_record_number", &counts.durable_record_number) &&
      ReadBreakdown<Refusal>(object, "refused_by", &counts.refused_by) &&
      ReadBreakdown<ShedReason>(object, "shed_by", &counts.shed_by);
  if (!complete || counts.on_the_way() < 0) return std::nullopt;
  return counts;
}

std::string LedgerToText(const LedgerCounts& counts) {
  std::string text = fmt::format("received     {:>12}\n", counts.received);
  text += fmt::format("refused      {:>12}{}\n", counts.refused(),
                      BreakdownText<Refusal>(counts.refused_by));
  text += fmt::format("after_end    {:>12}\n", counts.after_end);
  text += fmt::format("sampled_out  {:>12}\n", counts.sampled_out);
  text += fmt::format("shed         {:>12}{}\n", counts.shed(),
                      BreakdownText<ShedReason>(counts.shed_by));
  text += fmt::format("written      {:>12}  ({} incomplete, {} truncated, {})\n", counts.written,
                      counts.incomplete, counts.truncated, FormatBytes(counts.bytes));
  if (counts.acked_durable + counts.ack_late > 0) {
    text += fmt::format("acked        {:>12}  (durable; {} more past the deadline)\n",
                        counts.acked_durable, counts.ack_late);
  }
  return text;
}

trace::CaptureLedger LedgerToProto(const LedgerCounts& counts) {
  trace::CaptureLedger ledger;
  ledger.set_received(counts.received);
  ledger.set_refused(counts.refused());
  ledger.set_after_end(counts.after_end);
  ledger.set_sampled_out(counts.sampled_out);
  ledger.set_shed(counts.shed());
  ledger.set_written(counts.written);
  ledger.set_incomplete(counts.incomplete);
  ledger.set_truncated(counts.truncated);
  ledger.set_bytes(counts.bytes);
  return ledger;
}

}  // namespace shadowreel
