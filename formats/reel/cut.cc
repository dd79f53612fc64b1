#include "formats/reel/cut.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/units.h"
#include "formats/byte_text.h"
#include "formats/reel/busiest_window.h"
#include "formats/reel/derived_recording.h"
#include "formats/reel/interrupt.h"
#include "formats/reel/recording_access.h"
#include "formats/reel/recording_writer.h"
#include "formats/reel/time_bound.h"
#include "formats/sampler.h"

namespace shadowreel {
namespace {

using Reason = RecordFilter::Reason;

// What the options say, parsed.
struct Selection {
  std::optional<TimeBound> from{};
  std::optional<TimeBound> to{};
  std::optional<Nanos> busiest{};
  RecordFilter filter{};
  std::optional<Sampler> sampler{};
  uint64_t first = 0;
  RecoveryMode recovery = RecoveryMode::kStrict;
  std::string words{};  // as flags
};

// Arrivals from `begin` on, before `end`.
struct Range {
  WallTime begin = WallTime::min();
  WallTime end = WallTime::max();
};

struct Counts {
  uint64_t kept = 0;
  uint64_t outside_time = 0;
  std::array<uint64_t, RecordFilter::kReasons> filtered{};  // by Reason
  uint64_t sampled_out = 0;
  uint64_t beyond_first = 0;
  WallTime first_kept{};
  WallTime last_kept{};
};

absl::Status Named(std::string_view flag, const absl::Status& status) {
  return absl::Status(status.code(), fmt::format("--{}: {}", flag, Message(status)));
}

absl::Status ParseBound(std::string_view flag, const std::string& text,
                        std::optional<TimeBound>* bound) {
  if (text.empty()) return absl::OkStatus();
  const absl::StatusOr<TimeBound> parsed = ParseTimeBound(text);
  if (!parsed.ok()) return Named(flag, parsed.status());
  *bound = *parsed;
  return absl::OkStatus();
}

absl::Status ParseBusiest(const std::string& text, std::optional<Nanos>* length) {
  if (text.empty()) return absl::OkStatus();
  const absl::StatusOr<Nanos> parsed = ParseDuration(text);
  if (!parsed.ok()) return Named("busiest", parsed.status());
  if (*parsed == Nanos(0)) return UsageError("--busiest: the window needs a length");
  *length = *parsed;
  return absl::OkStatus();
}

absl::Status ParseSampler(const std::string& percent, uint64_t seed,
                          std::optional<Sampler>* sampler) {
  if (percent.empty()) return absl::OkStatus();
  const absl::StatusOr<double> parsed = ParsePercent(percent);
  if (!parsed.ok()) return Named("percent", parsed.status());
  sampler->emplace(*parsed, seed);
  return absl::OkStatus();
}

std::string Words(const CutOptions& options, const RecordFilter& filter) {
  std::string words;
  const auto add = [&](std::string_view flag, const std::string& value) {
    if (!value.empty()) words += fmt::format(" --{}={}", flag, value);
  };
  add("from", options.from);
  add("to", options.to);
  add("busiest", options.busiest);
  words += filter.words();
  add("percent", options.percent);
  if (options.seed != 0) add("seed", std::to_string(options.seed));
  if (options.first != 0) add("first", std::to_string(options.first));
  return words;
}

absl::StatusOr<Selection> ParseSelection(const CutOptions& options) {
  Selection selection;
  RETURN_IF_ERROR(ParseBound("from", options.from, &selection.from));
  RETURN_IF_ERROR(ParseBound("to", options.to, &selection.to));
  RETURN_IF_ERROR(ParseBusiest(options.busiest, &selection.busiest));
  ASSIGN_OR_RETURN(selection.filter, RecordFilter::Parse(options.filter));
  RETURN_IF_ERROR(ParseSampler(options.percent, options.seed, &selection.sampler));
  selection.first = options.first;
  selection.recovery = options.recovery;
  selection.words = Words(options, selection.filter);
  return selection;
}

absl::StatusOr<Range> RangeOf(const Selection& selection, const TraceReader& trace) {
  Range range;
  if (selection.from) range.begin = selection.from->In(trace.first_arrival());
  if (selection.to) range.end = selection.to->In(trace.first_arrival());
  if (range.begin < range.end) return range;
  return UsageError("--from: {} is not before {} (--to)", FormatTime(range.begin),
                    FormatTime(range.end));
}

// The arrivals that range and filter keep. The arguments must outlive it.
NextArrival KeptArrivals(TraceReader& trace, const Range& range, const RecordFilter& filter) {
  return [&, record = Record()](WallTime* arrival) mutable -> absl::StatusOr<bool> {
    for (;;) {
      RETURN_IF_ERROR(CheckInterrupt());
      ASSIGN_OR_RETURN(const bool more, trace.Next(&record));
      if (!more || record.arrival >= range.end) return false;
      if (record.arrival < range.begin || filter.LeavesOut(record)) continue;
      *arrival = record.arrival;
      return true;
    }
  };
}

// Narrows the range to its busiest window.
absl::Status Narrow(FileSystem& files, const TraceReader& trace, const Selection& selection,
                    Notices& notices, Range* range) {
  std::vector<std::string> segments;
  for (const auto& segment : trace.segments()) segments.push_back(segment->path());
  ASSIGN_OR_RETURN(const auto first, TraceReader::Open(files, segments, selection.recovery));
  ASSIGN_OR_RETURN(const auto beyond, TraceReader::Open(files, segments, selection.recovery));
  first->SkipBefore(range->begin);
  beyond->SkipBefore(range->begin);
  const NextArrival next_first = KeptArrivals(*first, *range, selection.filter);
  const NextArrival next_beyond = KeptArrivals(*beyond, *range, selection.filter);
  uint64_t read = 0;
  const auto counted = [&](WallTime* arrival) {
    notices.Progress("looking for the busiest window:", read++, trace.records());
    return next_first(arrival);
  };
  ASSIGN_OR_RETURN(const BusiestWindow busiest,
                   FindBusiestWindow(*selection.busiest, counted, next_beyond));
  if (busiest.records == 0) return absl::OkStatus();
  range->begin = busiest.begin;
  if (busiest.begin < WallTime(Nanos::max() - *selection.busiest)) {
    range->end = std::min(range->end, busiest.begin + *selection.busiest);
  }
  return absl::OkStatus();
}

// Whether to keep the record, which lies in the range; counts why not. Weighs a kept one.
bool Keeps(const Selection& selection, Record* record, Counts* counts) {
  if (const std::optional<Reason> reason = selection.filter.LeavesOut(*record)) {
    ++counts->filtered[static_cast<size_t>(*reason)];
    return false;
  }
  if (!selection.sampler) return true;
  if (!selection.sampler->Keeps(record->recording, record->number)) {
    ++counts->sampled_out;
    return false;
  }
  record->weight *= selection.sampler->weight();
  return true;
}

absl::StatusOr<Counts> CopyKept(TraceReader& trace, const Selection& selection, const Range& range,
                                RecordingWriter& writer, Notices& notices) {
  Counts counts;
  RecordCopier copier(trace, writer);
  Record record;
  uint64_t read = trace.SkipBefore(range.begin);
  counts.outside_time = read;
  for (;; ++read) {
    RETURN_IF_ERROR(CheckInterrupt());
    notices.Progress("cut", read, trace.records());
    ASSIGN_OR_RETURN(const bool more, copier.Next(&record));
    if (!more) break;
    if (record.arrival >= range.end) {
      counts.outside_time += trace.records() - read;  // this one, and all that come later
      break;
    }
    if (record.arrival < range.begin) {
      ++counts.outside_time;
      continue;
    }
    if (selection.first > 0 && counts.kept == selection.first) {
      counts.beyond_first = trace.records() - read;
      break;
    }
    if (!Keeps(selection, &record, &counts)) continue;
    RETURN_IF_ERROR(copier.Copy(record));
    if (counts.kept++ == 0) counts.first_kept = record.arrival;
    counts.last_kept = record.arrival;
  }
  return counts;
}

std::string Describe(const Selection& selection, const Range& range, const Counts& counts,
                     uint64_t records) {
  std::string text = fmt::format("kept {} of {} records", counts.kept, records);
  if (counts.kept > 0) {
    text +=
        fmt::format(", {} to {}, {}", FormatTime(counts.first_kept), FormatTime(counts.last_kept),
                    FormatDuration(counts.last_kept - counts.first_kept));
  }
  text += '\n';
  if (selection.busiest && counts.kept > 0) {
    text += fmt::format("busiest {} from {}\n", FormatDuration(*selection.busiest),
                        FormatTime(range.begin));
  }
  const auto add = [&](uint64_t count, std::string_view reason) {
    if (count > 0) text += fmt::format("left out {} {}\n", count, reason);
  };
  add(counts.outside_time, "by time");
  for (size_t i = 0; i < counts.filtered.size(); ++i) {
    add(counts.filtered[i], fmt::format("by {}", NameOf(static_cast<Reason>(i))));
  }
  add(counts.sampled_out, "by sampling");
  add(counts.beyond_first, "after the first " + std::to_string(selection.first));
  return text;
}

}  // namespace

absl::StatusOr<ExitCode> Cut(FileSystem& files, const Clock& clock, const CutOptions& options,
                             Output& output, Notices& notices) {
  if (options.out.empty()) return UsageError("--out: name the directory to write");
  ASSIGN_OR_RETURN(const Selection selection, ParseSelection(options));
  ASSIGN_OR_RETURN(const std::unique_ptr<TraceReader> trace,
                   OpenTrace(files, options.paths, options.recovery, notices));
  ASSIGN_OR_RETURN(Range range, RangeOf(selection, *trace));
  // Before a first pass over much, so that a wrong --out shows at once.
  ASSIGN_OR_RETURN(const std::unique_ptr<RecordingWriter> writer,
                   RecordingWriter::Create(files, clock, {options.out},
                                           DerivedHeader(*trace, "reel cut" + selection.words)));
  if (selection.busiest) RETURN_IF_ERROR(Narrow(files, *trace, selection, notices, &range));
  ASSIGN_OR_RETURN(const Counts counts, CopyKept(*trace, selection, range, *writer, notices));
  RETURN_IF_ERROR(writer->Finish());
  notices.EndProgress();
  output.Write(Describe(selection, range, counts, trace->records()));
  output.Write(DescribeWritten(*writer));
  if (counts.kept == 0) notices.Warn(fmt::format("no record was kept: {} holds none", options.out));
  return ExitCode::kPass;
}

}  // namespace shadowreel
