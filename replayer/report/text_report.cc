#include "replayer/report/text_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/units.h"
#include "replayer/measure/wording.h"
#include "replayer/report/text_lines.h"
#include "replayer/report/times_rows.h"

namespace shadowreel {
namespace {

constexpr size_t kShownEndpoints = 20;

// The text in lines of at most kColumns: the first begins with `lead`, the others with as many
// spaces.
std::string Wrapped(const std::string& lead, std::string_view text) {
  std::string lines;
  std::string indent = lead;
  const size_t width = kColumns - lead.size();
  while (text.size() > width) {
    const size_t space = text.rfind(' ', width);
    const size_t end = space == std::string_view::npos || space == 0 ? width : space;
    lines += fmt::format("{}{}\n", indent, text.substr(0, end));
    text.remove_prefix(end);
    if (text.starts_with(' ')) text.remove_prefix(1);
    indent.assign(lead.size(), ' ');
  }
  return lines + fmt::format("{}{}\n", indent, text);
}

struct Verdict {
  std::string_view word;
  std::string_view paint;
  std::string because;
};

std::string WhyValid(const Summary& summary) {
  if (summary.ledger.planned == 0) return "nothing was planned";
  const std::string sent = FormatCount(summary.ledger.sent);
  if (summary.run.closed_loop) {
    return fmt::format("{} requests sent as fast as the target answered", sent);
  }
  return fmt::format("{} requests sent on schedule, send lag p99 {}", sent,
                     FormatDuration(summary.send_lag.p99));
}

// "latency.p99 was 412.00 ms, bound < 250ms"
std::string WhyFailed(const Summary& summary) {
  size_t failed = 0;
  std::string first;
  for (const ThresholdResult& result : summary.thresholds) {
    if (result.passed || failed++ > 0) continue;
    const std::string& text = result.threshold.text;
    const size_t blank = text.find(' ');
    first = result.measured ? fmt::format("{} was {}, bound{}", text.substr(0, blank),
                                          result.observed, text.substr(blank))
                            : fmt::format("{}: {}", text, result.observed);
  }
  if (failed > 1) first += fmt::format(" (and {} more)", failed - 1);
  return first;
}

Verdict VerdictOf(const Summary& summary) {
  if (summary.valid() && !summary.passed()) {
    return {"FAILED", "\x1b[1;31m", WhyFailed(summary)};
  }
  if (summary.valid()) return {"VALID", "\x1b[1;32m", WhyValid(summary)};
  std::string because = summary.reasons.front().text;
  if (summary.reasons.size() > 1) {
    because += fmt::format(" (and {} more)", summary.reasons.size() - 1);
  }
  if (summary.generator_limited()) return {"GENERATOR-LIMITED", "\x1b[1;33m", because};
  return {"INVALID", "\x1b[1;31m", because};
}

std::string ReplayedLine(const Summary& summary) {
  if (summary.ledger.read == 0) return "Replayed nothing: no record was read.\n";
  return fmt::format("Replayed {} of the recorded load: {} of {} records read were sent.\n",
                     FormatShare(summary.replayed_share), FormatCount(summary.ledger.sent),
                     FormatCount(summary.ledger.read));
}

std::string Head(const Summary& summary, bool color) {
  const Verdict verdict = VerdictOf(summary);
  const size_t room = kColumns - verdict.word.size() - 2;
  std::string head = fmt::format("{}{}{}: {}\n", color ? verdict.paint : "", verdict.word,
                                 color ? "\x1b[0m" : "", CutTo(verdict.because, room));
  head += ReplayedLine(summary);
  if (summary.denied > 0) {
    head += fmt::format("Denied: {} of the answers were 401, 403 or 404 ({} of {}).\n",
                        FormatShare(summary.denied_share), FormatCount(summary.denied),
                        FormatCount(summary.ledger.completed));
  }
  for (const std::string& note : summary.notes) {
    if (note != verdict.because) head += Wrapped("Note: ", note);
  }
  // The first line has no room for all of them.
  if (summary.reasons.size() > 1 || verdict.because.size() > room) {
    head += "\nReasons\n";
    for (const InvalidReason& reason : summary.reasons) head += Wrapped("  - ", reason.text);
  }
  return head;
}

std::string ThresholdsSection(const Summary& summary) {
  if (summary.thresholds.empty()) return "";
  std::string section = "\nThresholds\n";
  for (const ThresholdResult& result : summary.thresholds) {
    section += Wrapped(result.passed ? "  passed  " : "  FAILED  ",
                       fmt::format("{}: {}{}", result.threshold.text, result.observed,
                                   result.aborted ? "; this ended the run" : ""));
  }
  return section;
}

std::string RateText(const Summary& summary) {
  if (summary.ledger.sent == 0) return "";
  std::string text;
  if (summary.achieved_rate > 0) {
    text += fmt::format("{} achieved, ", FormatRate(summary.achieved_rate));
  }
  if (summary.planned_rate > 0) {
    text += fmt::format("{} planned, ", FormatRate(summary.planned_rate));
  }
  return text + fmt::format("{} in the busiest second", FormatCount(summary.busiest_second));
}

std::string RunSection(const Summary& summary) {
  const RunFacts& run = summary.run;
  return "\nRun\n" + RunLine("id", run.run_id) + RunLine("recording", run.recording) +
         RunLine("target", run.target) + RunLine("subset", SubsetText(run.subset)) +
         RunLine("transport", run.transport) + RunLine("load", run.load) +
         RunLine("plan digest", run.plan_digest) + RunLine("started", FormatTime(run.started)) +
         RunLine("took", FormatDuration(run.duration)) + RunLine("rate", RateText(summary));
}

// A tree: every count is the sum of those one step to its right below it.
std::string LedgerSection(const ReplayLedger& ledger) {
  return "\nLedger\n" + PlanLedgerLines(ledger) +
         LedgerLine(3, "shed", ledger.shed, ledger.shed_by) +
         LedgerLine(3, "cancelled", ledger.cancelled) +
         LedgerLine(3, "unsent", ledger.unsent, ledger.unsent_by) +
         LedgerLine(3, "sent", ledger.sent) + LedgerLine(4, "completed", ledger.completed) +
         LedgerLine(4, "failed", ledger.failed, ledger.failed_by) +
         LedgerLine(4, "timed out", ledger.timed_out) +
         LedgerLine(4, "abandoned", ledger.abandoned);
}

// A quantile of `count` times.
std::string TimeText(uint64_t count, Nanos time) { return count == 0 ? "-" : FormatDuration(time); }

std::string TimesSection(const Summary& summary) {
  std::string section =
      fmt::format("\n{:<20}{:>15}{:>15}{:>15}\n", "Times", "latency", "service time", "send lag");
  for (const TimesRow& row : kTimesRows) {
    section += fmt::format("  {:<18}", row.name);
    for (const TimeQuantiles* times :
         {&summary.latency, &summary.service_time, &summary.send_lag}) {
      section += fmt::format("{:>15}", times->count == 0 ? "-" : FormatDuration(times->*row.value));
    }
    section += '\n';
  }
  return section;
}

std::string StatusSection(const Summary& summary) {
  if (summary.status.empty()) return "";
  std::string section = fmt::format("\n{:<20}{:>15}{:>15}\n", "Status", "answers", "share");
  for (const auto& [status, count] : summary.status) {
    section += fmt::format(
        "  {:<18}{:>15}{:>15}\n", status, FormatCount(count),
        FormatShare(static_cast<double>(count) / static_cast<double>(summary.ledger.completed)));
  }
  return section;
}

std::string EndpointsSection(const Summary& summary) {
  if (summary.endpoints.empty()) return "";
  std::string section = fmt::format("\n{:<10}{:>10}{:>15}{:>15}{:>15}   {}\n", "Endpoints", "sent",
                                    "errors", "latency p50", "p99", "endpoint");
  const size_t shown = std::min(summary.endpoints.size(), kShownEndpoints);
  for (size_t i = 0; i < shown; ++i) {
    const EndpointSummary& endpoint = summary.endpoints[i];
    const std::string line =
        fmt::format("{:>20}{:>15}{:>15}{:>15}   {}", FormatCount(endpoint.sent),
                    FormatCount(endpoint.errors), TimeText(endpoint.measured, endpoint.p50),
                    TimeText(endpoint.measured, endpoint.p99), endpoint.endpoint);
    section += CutTo(line, kColumns) + '\n';
  }
  if (summary.endpoints.size() > shown) {
    section += fmt::format("  ... and {} more\n", FormatCount(summary.endpoints.size() - shown));
  }
  return section;
}

std::string FilesSection(const Summary& summary) {
  if (summary.run.files.empty()) return "";
  std::string section = "\nFiles\n";
  for (const std::string& file : summary.run.files) section += fmt::format("  {}\n", file);
  return section;
}

}  // namespace

std::string TextReport(const Summary& summary, bool color) {
  return Head(summary, color) + ThresholdsSection(summary) + RunSection(summary) +
         LedgerSection(summary.ledger) + TimesSection(summary) + StatusSection(summary) +
         EndpointsSection(summary) + FilesSection(summary);
}

}  // namespace shadowreel
