#include "replayer/report/markdown_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/exit_code.h"
#include "base/status.h"
#include "base/units.h"
#include "replayer/measure/wording.h"
#include "replayer/report/markdown_text.h"
#include "replayer/report/text_report.h"
#include "replayer/report/times_rows.h"

namespace shadowreel {
namespace {

constexpr size_t kNameBytes = 160;    // shown of an endpoint, a path, a threshold
constexpr size_t kReasonBytes = 600;  // of a reason, a note, an error
constexpr size_t kShownEndpoints = 10;

// What each part may take; together under kMostMarkdownBytes.
constexpr size_t kThresholdsBytes = 18'000;
constexpr size_t kReasonsBytes = 9'000;
constexpr size_t kNotesBytes = 4'000;
constexpr size_t kEndpointsBytes = 9'000;  // of each of two tables

std::string Name(std::string_view text) { return MarkdownCode(text, kNameBytes); }
std::string Prose(std::string_view text) { return MarkdownProse(text, kReasonBytes); }

// Lines as far as they fit, and how many did not.
std::string Lines(const std::vector<std::string>& lines, size_t bytes, std::string_view what) {
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (text.size() + lines[i].size() > bytes) {
      return text + fmt::format("\n*{} more {} left out: no room.*\n",
                                FormatCount(lines.size() - i), what);
    }
    text += lines[i];
  }
  return text;
}

std::string Headline(std::string_view symbol, std::string_view text) {
  return fmt::format("## {} {}\n", symbol, Prose(text));
}

std::string TroubleHeadline(std::string_view lead, const absl::Status& trouble) {
  const bool safety = ExitCodeFor(trouble) == ExitCode::kSafety;
  return Headline(safety ? "⛔" : "❌",
                  fmt::format("{}{}: {}", lead, safety ? "SAFETY" : "UNUSABLE", Message(trouble)));
}

// The first line of the text report.
std::string VerdictHeadline(const Summary& summary) {
  const std::string text = TextReport(summary, false);
  const char* symbol = !summary.valid() ? "⚠️" : summary.passed() ? "✅" : "❌";
  return Headline(symbol, std::string_view(text).substr(0, text.find('\n')));
}

// "12,300 completed, 21 failed" of those counts that are not 0.
std::string Counted(const std::vector<std::pair<const char*, uint64_t>>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    if (count == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", FormatCount(count), name);
  }
  return text;
}

std::string LedgerLine(const Summary& summary) {
  const ReplayLedger& ledger = summary.ledger;
  if (ledger.read == 0) return "\n**Sent** nothing: no record was read.\n";
  std::string line = fmt::format("\n**Sent** {} of {} records read ({})", FormatCount(ledger.sent),
                                 FormatCount(ledger.read), FormatShare(summary.replayed_share));
  const std::string sent = Counted({{"completed", ledger.completed},
                                    {"failed", ledger.failed},
                                    {"timed out", ledger.timed_out},
                                    {"abandoned", ledger.abandoned}});
  const std::string unsent = Counted({{"filtered", ledger.filtered},
                                      {"sampled out", ledger.sampled_out},
                                      {"skipped", ledger.skipped},
                                      {"shed", ledger.shed},
                                      {"cancelled", ledger.cancelled},
                                      {"unsent", ledger.unsent}});
  if (!sent.empty()) line += ": " + sent;
  if (!unsent.empty()) line += ". **Not sent:** " + unsent;
  return line + ".\n";
}

std::string StatusLine(const Summary& summary) {
  std::vector<std::pair<std::string, uint64_t>> classes;
  for (const auto& [status, count] : summary.status) {
    const std::string name = fmt::format("{}xx", status / 100);
    if (classes.empty() || classes.back().first != name) classes.emplace_back(name, 0);
    classes.back().second += count;
  }
  if (classes.empty()) return "";
  std::string line = "\n**Answers:**";
  for (const auto& [name, count] : classes) {
    line += fmt::format("{} {} {}", &classes.front().first == &name ? "" : ",", FormatCount(count),
                        name);
  }
  if (summary.denied > 0) {
    line += fmt::format("; {} were 401, 403 or 404", FormatShare(summary.denied_share));
  }
  return line + ".\n";
}

std::string ReasonsSection(const Summary& summary) {
  if (summary.valid()) return "";
  std::vector<std::string> lines;
  for (const InvalidReason& reason : summary.reasons) {
    lines.push_back(fmt::format("- {}\n", Prose(reason.text)));
  }
  return "\n### Why this run measures nothing\n\n" + Lines(lines, kReasonsBytes, "reasons");
}

std::string NotesSection(const Summary& summary) {
  if (summary.notes.empty()) return "";
  std::vector<std::string> lines;
  for (const std::string& note : summary.notes) lines.push_back(fmt::format("- {}\n", Prose(note)));
  return "\n**Notes**\n\n" + Lines(lines, kNotesBytes, "notes");
}

std::string ResultOf(const ThresholdResult& result, bool valid) {
  if (!valid) return "➖ not judged";
  if (result.passed) return "✅ pass";
  return result.aborted ? "❌ **fail**, ended the run" : "❌ **fail**";
}

std::string ThresholdRow(const Threshold& threshold, std::string_view observed,
                         std::string_view result) {
  return fmt::format("| {} | {} | {} |\n", Name(threshold.text),
                     MarkdownProse(observed, kNameBytes), result);
}

std::string ThresholdTable(const std::vector<std::string>& rows) {
  if (rows.empty()) return "";
  return "\n### Thresholds\n\n| Threshold | Observed | Result |\n|:--|--:|:--|\n" +
         Lines(rows, kThresholdsBytes, "thresholds");
}

// Those that failed come first: they are not left out.
std::string ThresholdsSection(const Summary& summary) {
  std::vector<ThresholdResult> results = summary.thresholds;
  if (summary.valid()) {
    std::stable_partition(results.begin(), results.end(),
                          [](const ThresholdResult& result) { return !result.passed; });
  }
  std::vector<std::string> rows;
  for (const ThresholdResult& result : results) {
    rows.push_back(
        ThresholdRow(result.threshold, result.observed, ResultOf(result, summary.valid())));
  }
  return ThresholdTable(rows);
}

std::string TimesSection(const Summary& summary) {
  if (summary.latency.count == 0 && summary.send_lag.count == 0) return "";
  std::string section =
      "\n### Times\n\n| | latency | service time | send lag |\n|:--|--:|--:|--:|\n";
  for (const TimesRow& row : kTimesRows) {
    section += fmt::format("| {} |", row.name);
    for (const TimeQuantiles* times :
         {&summary.latency, &summary.service_time, &summary.send_lag}) {
      section += fmt::format(" {} |", times->count == 0 ? "–" : FormatDuration(times->*row.value));
    }
    section += '\n';
  }
  return section;
}

std::string EndpointTable(std::string_view title, std::vector<const EndpointSummary*> endpoints) {
  if (endpoints.empty()) return "";
  const size_t shown = std::min(endpoints.size(), kShownEndpoints);
  std::vector<std::string> rows;
  for (size_t i = 0; i < shown; ++i) {
    const EndpointSummary& endpoint = *endpoints[i];
    const bool measured = endpoint.measured > 0;
    rows.push_back(fmt::format("| {} | {} | {} | {} | {} |\n", Name(endpoint.endpoint),
                               FormatCount(endpoint.sent), FormatCount(endpoint.errors),
                               measured ? FormatDuration(endpoint.p50) : "–",
                               measured ? FormatDuration(endpoint.p99) : "–"));
  }
  std::string table = fmt::format(
      "\n### {}\n\n| Endpoint | sent | errors | latency p50 | latency p99 |\n"
      "|:--|--:|--:|--:|--:|\n{}",
      title, Lines(rows, kEndpointsBytes, "endpoints"));
  if (endpoints.size() > shown) {
    table += fmt::format("\n*{} more left out.*\n", FormatCount(endpoints.size() - shown));
  }
  return table;
}

std::string EndpointsSection(const Summary& summary) {
  std::vector<const EndpointSummary*> slowest;
  std::vector<const EndpointSummary*> failing;
  for (const EndpointSummary& endpoint : summary.endpoints) {
    if (endpoint.measured > 0) slowest.push_back(&endpoint);
    if (endpoint.errors > 0) failing.push_back(&endpoint);
  }
  std::stable_sort(slowest.begin(), slowest.end(),
                   [](const auto* a, const auto* b) { return a->p99 > b->p99; });
  std::stable_sort(failing.begin(), failing.end(),
                   [](const auto* a, const auto* b) { return a->errors > b->errors; });
  return EndpointTable("Endpoints with errors", std::move(failing)) +
         EndpointTable("Slowest endpoints", std::move(slowest));
}

std::string RunSection(const RunFacts& run) {
  std::string section = "\n<details><summary>Run</summary>\n\n| | |\n|:--|:--|\n";
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) section += fmt::format("| {} | {} |\n", name, value);
  };
  add("id", Name(run.run_id));
  add("recording", Name(run.recording));
  add("target", Name(run.target));
  if (run.subset.has_value()) add("subset", Name(run.subset->name));
  add("load", Name(run.load));
  add("plan digest", Name(run.plan_digest));
  add("transport", Name(run.transport));
  add("started", FormatTime(run.started));
  if (run.duration > Nanos(0)) add("took", FormatDuration(run.duration));
  return section + "\n</details>\n";
}

}  // namespace

std::string MarkdownReport(const Summary& summary, const absl::Status& trouble) {
  const std::string headline =
      trouble.ok() ? VerdictHeadline(summary) : TroubleHeadline("", trouble);
  return headline + LedgerLine(summary) + StatusLine(summary) + ReasonsSection(summary) +
         ThresholdsSection(summary) + TimesSection(summary) + EndpointsSection(summary) +
         NotesSection(summary) + RunSection(summary.run);
}

std::string MarkdownReport(const NoRun& no_run) {
  std::vector<std::string> rows;
  for (const Threshold& threshold : no_run.thresholds) {
    rows.push_back(ThresholdRow(threshold, "–", "➖ not judged"));
  }
  return TroubleHeadline("NOT RUN, ", no_run.why) +
         "\nNothing was sent, so nothing was measured.\n" + ThresholdTable(rows) +
         RunSection(no_run.run);
}

}  // namespace shadowreel
