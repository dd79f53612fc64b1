#include "formats/segment/recovery_report.h"

#include <algorithm>

#include "base/status.h"

namespace shadowreel {
namespace {

constexpr size_t kRangesInText = 8;

std::string RangeText(const NumberRange& range) {
  if (range.first == range.last) return std::to_string(range.first);
  return fmt::format("{}-{}", range.first, range.last);
}

// "records 7-9, 12 and more (20 in all)".
std::string NumbersText(const RecoveryReport& report) {
  std::string text = report.lost_records == 1 ? "record " : "records ";
  const size_t shown = std::min(report.lost.size(), kRangesInText);
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) text += ", ";
    text += RangeText(report.lost[i]);
  }
  if (report.lost.size() > shown) text += " and more";
  if (report.lost_records > 1) text += fmt::format(" ({} in all)", report.lost_records);
  return text;
}

}  // namespace

absl::StatusOr<RecoveryMode> ParseRecoveryMode(const std::string& text) {
  if (text == "strict") return RecoveryMode::kStrict;
  if (text == "tail") return RecoveryMode::kTail;
  if (text == "salvage") return RecoveryMode::kSalvage;
  return UsageError("'{}' is not a recovery mode; write strict, tail or salvage", text);
}

std::string LossText(const RecoveryReport& report) {
  std::vector<std::string> parts;
  if (report.torn_bytes > 0) {
    parts.push_back(fmt::format("torn tail of {} bytes", report.torn_bytes));
  }
  if (!report.damaged.empty()) {
    parts.push_back(fmt::format("{} damaged bytes in {} place{}, the first at offset {}",
                                report.damaged_bytes, report.damaged.size(),
                                report.damaged.size() == 1 ? "" : "s",
                                report.damaged.front().begin));
  }
  if (report.lost_records > 0) parts.push_back(NumbersText(report));
  if (report.lost_from && report.lost_in_middle) {
    parts.push_back(fmt::format("from record {} on, unknown how many", *report.lost_from));
  }
  if (report.duplicates > 0) {
    parts.push_back(fmt::format("{} records that the next segment holds again", report.duplicates));
  }
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

trace::SegmentRecovery RecoveryToProto(const RecoveryReport& report) {
  trace::SegmentRecovery recovery;
  recovery.set_torn_bytes(report.torn_bytes);
  for (const ByteRange& range : report.damaged) {
    if (recovery.damaged_size() == static_cast<int>(kMaxListed)) break;
    recovery.add_damaged()->set_begin(range.begin);
    recovery.mutable_damaged()->rbegin()->set_end(range.end);
  }
  recovery.set_damaged_bytes(report.damaged_bytes);
  recovery.set_lost_in_middle(report.lost_in_middle);
  for (const NumberRange& range : report.lost) {
    recovery.add_lost()->set_first(range.first);
    recovery.mutable_lost()->rbegin()->set_last(range.last);
  }
  recovery.set_lost_records(report.lost_records);
  if (report.lost_from) recovery.set_lost_from(*report.lost_from);
  recovery.set_duplicates(report.duplicates);
  recovery.set_next_record_number(report.next_record_number);
  return recovery;
}

RecoveryReport RecoveryFromProto(const trace::SegmentRecovery& recovery) {
  RecoveryReport report;
  report.mode = RecoveryMode::kSalvage;
  report.torn_bytes = recovery.torn_bytes();
  for (const auto& range : recovery.damaged())
    report.damaged.push_back({range.begin(), range.end()});
  report.damaged_bytes = recovery.damaged_bytes();
  report.lost_in_middle = recovery.lost_in_middle();
  for (const auto& range : recovery.lost()) report.lost.push_back({range.first(), range.last()});
  report.lost_records = recovery.lost_records();
  if (recovery.lost_from() > 0) report.lost_from = recovery.lost_from();
  report.duplicates = recovery.duplicates();
  report.next_record_number = recovery.next_record_number();
  return report;
}

}  // namespace shadowreel
