#include "replayer/measure/summary.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/status.h"
#include "base/units.h"
#include "net/transport/transport.h"
#include "replayer/measure/outcome.h"
#include "replayer/measure/wording.h"

namespace shadowreel {
namespace {

using Reasons = std::vector<InvalidReason>;

double ShareOf(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

TimeQuantiles QuantilesOf(const LatencyHistogram& times) {
  return {.count = times.count(),
          .p50 = times.Quantile(0.5),
          .p90 = times.Quantile(0.9),
          .p99 = times.Quantile(0.99),
          .p999 = times.Quantile(0.999),
          .max = times.max(),
          .mean = times.mean()};
}

std::vector<EndpointSummary> SortedEndpoints(const EndpointTable& table) {
  std::vector<EndpointSummary> sorted;
  sorted.reserve(table.size());
  for (const auto& [endpoint, totals] : table) {
    sorted.push_back({.endpoint = endpoint,
                      .sent = totals.sent,
                      .errors = totals.errors,
                      .measured = totals.latency.count(),
                      .p50 = totals.latency.Quantile(0.5),
                      .p99 = totals.latency.Quantile(0.99)});
  }
  std::sort(sorted.begin(), sorted.end(), [](const EndpointSummary& a, const EndpointSummary& b) {
    const bool a_rest = a.endpoint == kOther;
    const bool b_rest = b.endpoint == kOther;
    if (a_rest != b_rest) return b_rest;
    return a.sent != b.sent ? a.sent > b.sent : a.endpoint < b.endpoint;
  });
  return sorted;
}

uint64_t DeniedOf(const OutcomeTotals& totals) {
  uint64_t denied = 0;
  for (const uint16_t status : {401, 403, 404}) {
    if (const auto found = totals.status.find(status); found != totals.status.end()) {
      denied += found->second;
    }
  }
  return denied;
}

void FillRates(const OutcomeTotals& totals, Summary* summary) {
  const uint64_t planned = std::accumulate(totals.kinds.begin(), totals.kinds.end(), uint64_t{0});
  summary->achieved_rate = RateOf(summary->ledger.sent, totals.first_sent, totals.last_sent);
  if (!summary->run.closed_loop) {
    summary->planned_rate = RateOf(planned, totals.first_intended, totals.last_intended);
  }
  for (const uint32_t sent : totals.sent_per_second) {
    summary->busiest_second = std::max<uint64_t>(summary->busiest_second, sent);
  }
}

void JudgeSendLag(const Summary& summary, const SummaryOptions& options, Reasons* reasons) {
  if (summary.run.closed_loop || summary.send_lag.p99 <= options.max_send_lag) return;
  reasons->push_back(
      {.generator_limited = true,
       .text = fmt::format("send lag p99 {} > {}", FormatDuration(summary.send_lag.p99),
                           FormatDuration(options.max_send_lag))});
}

// Judged by the spans, so that a request more or less at the ends of a short run does not count;
// what the send lag's bound allows is no stretching.
void JudgeRate(const Summary& summary, const OutcomeTotals& totals, const SummaryOptions& options,
               Reasons* reasons) {
  if (summary.run.closed_loop || summary.ledger.sent < 2) return;
  const double planned =
      static_cast<double>((totals.last_intended - totals.first_intended).count());
  const double took = static_cast<double>((totals.last_sent - totals.first_sent).count());
  const double allowed = static_cast<double>(options.max_send_lag.count());
  if (took <= planned / options.min_achieved + allowed) return;
  reasons->push_back(
      {.generator_limited = true,
       .text = fmt::format("achieved {} of {} requests planned: a schedule of {} took {} to send",
                           FormatRate(summary.achieved_rate), FormatRate(summary.planned_rate),
                           FormatDuration(totals.last_intended - totals.first_intended),
                           FormatDuration(totals.last_sent - totals.first_sent))});
}

uint64_t CountOf(std::string_view text, const CountsByText& counts) {
  const auto found = counts.find(text);
  return found == counts.end() ? 0 : found->second;
}

// `late`: there is a reason to doubt that sending was on time.
InvalidReason ShedReason(const Summary& summary, bool late, bool flatters) {
  const ReplayLedger& ledger = summary.ledger;
  const auto shed = [&](uint64_t count) {
    return fmt::format("shed {} of {} planned ({})", FormatCount(count),
                       FormatCount(ledger.planned), FormatShare(ShareOf(count, ledger.planned)));
  };
  InvalidReason reason = {.generator_limited = true, .text = {}};
  reason.text = fmt::format("{}: {}", shed(ledger.shed), FormatCounts(ledger.shed_by, 3));
  if (!flatters) return reason;
  if (!late && ledger.sent > 0) {
    reason.text += "; sending was on time: the target held the in-flight cap full";
  }
  reason.note =
      fmt::format("{} at the in-flight cap: the target failed under less than the planned load",
                  shed(CountOf(kInFlightCap, ledger.shed_by)));
  return reason;
}

// Judges what was not sent, after the send lag and the rate.
void JudgeSent(const Summary& summary, const SummaryOptions& options, Reasons* reasons) {
  const ReplayLedger& ledger = summary.ledger;
  const auto exceeds = [&](uint64_t count) {
    return ShareOf(count, ledger.planned) > 1 - options.min_achieved;
  };
  // An early end finds some requests still connecting. What had no connection for any other reason
  // would have had none without that end, too.
  const bool ended_early = summary.run.ended_by_threshold;
  const uint64_t unsent =
      ledger.unsent - (ended_early ? CountOf(kStoppedWhileConnecting, ledger.unsent_by) : 0);
  if (!exceeds(ledger.shed + unsent)) return;
  const uint64_t at_cap = CountOf(kInFlightCap, ledger.shed_by);
  const bool flatters = !exceeds(ledger.shed - at_cap + unsent);
  if (ledger.shed > 0) reasons->push_back(ShedReason(summary, !reasons->empty(), flatters));
  if (unsent > 0) {
    std::string text =
        fmt::format("no connection for {} of {} planned ({}): {}", FormatCount(unsent),
                    FormatCount(ledger.planned), FormatShare(ShareOf(unsent, ledger.planned)),
                    FormatCounts(ledger.unsent_by, 3));
    reasons->push_back({.generator_limited = false, .text = text, .note = flatters ? text : ""});
  }
}

void JudgeStop(const Summary& summary, Reasons* reasons) {
  const ReplayLedger& ledger = summary.ledger;
  if (summary.run.ended_by_threshold) return;
  if (summary.run.stopped_by.empty() && ledger.cancelled == 0) return;
  std::string text = "stopped before the end";
  if (!summary.run.stopped_by.empty()) text += fmt::format(": {}", summary.run.stopped_by);
  if (ledger.cancelled > 0) {
    text += fmt::format(" ({} of {} planned were cancelled)", FormatCount(ledger.cancelled),
                        FormatCount(ledger.planned));
  }
  reasons->push_back({.generator_limited = false, .text = text});
}

void JudgeAbandoned(const Summary& summary, const SummaryOptions& options, Reasons* reasons) {
  const ReplayLedger& ledger = summary.ledger;
  if (summary.run.ended_by_threshold) return;
  if (ShareOf(ledger.abandoned, ledger.sent) <= 1 - options.min_achieved) return;
  const std::string text =
      fmt::format("abandoned {} of {} sent ({}): unfinished when the drain ended",
                  FormatCount(ledger.abandoned), FormatCount(ledger.sent),
                  FormatShare(ShareOf(ledger.abandoned, ledger.sent)));
  reasons->push_back({.generator_limited = false, .text = text, .note = text});
}

void JudgeDenied(const Summary& summary, const SummaryOptions& options, Reasons* reasons) {
  if (summary.denied_share <= options.max_denied) return;
  reasons->push_back(
      {.generator_limited = false,
       .text = fmt::format("{} of the answers were 401, 403 or 404 (bound {})",
                           FormatShare(summary.denied_share), FormatShare(options.max_denied))});
}

Reasons Judge(const Summary& summary, const OutcomeTotals& totals, const SummaryOptions& options) {
  Reasons reasons;
  if (const absl::Status adds_up = summary.ledger.CheckIdentities(); !adds_up.ok()) {
    reasons.push_back({.generator_limited = false, .text = Message(adds_up)});
  }
  JudgeSendLag(summary, options, &reasons);
  JudgeRate(summary, totals, options, &reasons);
  JudgeSent(summary, options, &reasons);
  JudgeStop(summary, &reasons);
  JudgeAbandoned(summary, options, &reasons);
  JudgeDenied(summary, options, &reasons);
  std::stable_partition(reasons.begin(), reasons.end(),
                        [](const InvalidReason& reason) { return reason.generator_limited; });
  return reasons;
}

// Whether a result speaks against the target, also where not all was sent that was planned: not
// when it is of the sending itself, or a count that is too small.
bool ShowsFailure(const ThresholdResult& result, const ReplayLedger& ledger) {
  const Threshold& threshold = result.threshold;
  if (result.passed || threshold.metric == Metric::kShed || threshold.metric == Metric::kSendLag ||
      threshold.metric == Metric::kAchievedRate) {
    return false;
  }
  // Of an endpoint, everything may have been shed.
  if (!result.measured) return threshold.endpoint.empty() && ledger.sent > 0;
  return threshold.unit != BoundUnit::kCount || result.value > threshold.bound;
}

std::vector<std::string> NotesOn(const Summary& summary) {
  std::vector<std::string> notes;
  if (summary.ledger.planned == 0) notes.push_back("nothing was planned");
  if (summary.run.closed_loop) {
    notes.push_back("closed loop: the target set the pace; send lag and rate are not judged");
  }
  if (summary.run.ended_by_threshold) {
    notes.push_back(fmt::format("ended early, {} of {} planned were cancelled: {}",
                                FormatCount(summary.ledger.cancelled),
                                FormatCount(summary.ledger.planned), summary.run.stopped_by));
  }
  return notes;
}

}  // namespace

Summary Summarize(const RunFacts& run, const ReplayLedger& planned, const OutcomeTotals& totals,
                  const SummaryOptions& options) {
  Summary summary;
  summary.run = run;
  summary.ledger = planned;
  AddOutcomes(totals, &summary.ledger);
  summary.latency = QuantilesOf(totals.latency);
  summary.service_time = QuantilesOf(totals.service_time);
  summary.send_lag = QuantilesOf(totals.send_lag);
  FillRates(totals, &summary);
  summary.replayed_share = ShareOf(summary.ledger.sent, summary.ledger.read);
  summary.denied = DeniedOf(totals);
  summary.denied_share = ShareOf(summary.denied, summary.ledger.completed);
  summary.response_bytes = totals.response_bytes;
  summary.status = totals.status;
  summary.endpoints = SortedEndpoints(totals.endpoints);
  summary.reasons = Judge(summary, totals, options);
  summary.notes = NotesOn(summary);
  return summary;
}

void SpareWhatFlattered(Summary* summary) {
  const auto flatters = [](const InvalidReason& reason) { return !reason.note.empty(); };
  const auto shows = [&](const ThresholdResult& result) {
    return ShowsFailure(result, summary->ledger);
  };
  if (!std::all_of(summary->reasons.begin(), summary->reasons.end(), flatters)) return;
  if (std::none_of(summary->thresholds.begin(), summary->thresholds.end(), shows)) return;
  for (InvalidReason& reason : summary->reasons) summary->notes.push_back(std::move(reason.note));
  summary->reasons.clear();
}

std::optional<InvalidReason> WhyNothingPlanned(const ReplayLedger& ledger, bool has_thresholds) {
  if (ledger.planned > 0) return std::nullopt;
  InvalidReason reason;
  if (ledger.skipped > 0) {
    reason.text = fmt::format("nothing was planned: {} of {} records read were skipped",
                              ledger.skipped, ledger.read);
  } else if (ledger.read > 0 && ledger.filtered == ledger.read) {
    reason.text =
        fmt::format("nothing was planned: none of {} records read fits the filter", ledger.read);
  } else if (has_thresholds) {
    reason.text = "nothing was planned, so no threshold was judged";
  } else {
    return std::nullopt;
  }
  return reason;
}

ExitCode ExitCodeFor(const Summary& summary) {
  if (!summary.valid()) return ExitCode::kInvalid;
  return summary.passed() ? ExitCode::kPass : ExitCode::kFailed;
}

}  // namespace shadowreel
