#include "scenarios/terms/threshold.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/nearest_name.h"
#include "base/status.h"
#include "base/text.h"
#include "base/units.h"
#include "scenarios/terms/path_template.h"

namespace shadowreel {
namespace {

constexpr std::string_view kMetrics =
    "latency.p99, service_time.p99, send_lag.p99, errors, failed, timed_out, shed, status.5xx or "
    "achieved_rate";
constexpr std::string_view kBlanks = " \t";

struct MetricName {
  std::string_view name;
  Metric metric;
  bool is_time;
};

constexpr std::array<MetricName, 9> kMetricNames = {
    {{"latency", Metric::kLatency, true},
     {"service_time", Metric::kServiceTime, true},
     {"send_lag", Metric::kSendLag, true},
     {"errors", Metric::kErrors, false},
     {"failed", Metric::kFailed, false},
     {"timed_out", Metric::kTimedOut, false},
     {"shed", Metric::kShed, false},
     {"status", Metric::kStatus, false},
     {"achieved_rate", Metric::kAchievedRate, false}}};

constexpr std::array<std::pair<std::string_view, Comparison>, 6> kOperators = {
    {{"<", Comparison::kLess},
     {"<=", Comparison::kLessOrEqual},
     {">", Comparison::kGreater},
     {">=", Comparison::kGreaterOrEqual},
     {"==", Comparison::kEqual},
     {"!=", Comparison::kNotEqual}}};

// The first blank-separated word, which `text` loses.
std::string_view TakeWord(std::string_view* text) {
  *text = Trimmed(*text);
  const std::string_view word = text->substr(0, text->find_first_of(kBlanks));
  text->remove_prefix(word.size());
  *text = Trimmed(*text);
  return word;
}

std::string NearestMetric(std::string_view name) {
  // As k6 and other tools call them.
  if (name == "http_req_duration" || name == "duration" || name == "response_time") {
    return "latency";
  }
  if (name == "http_req_failed" || name == "error_rate") return "errors";
  std::vector<std::string> known;
  for (const MetricName& metric : kMetricNames) known.emplace_back(metric.name);
  return NearestName(std::string(name.substr(0, 32)), known);
}

// What a text is made of, before any of it is understood.
struct Parts {
  std::string_view metric;
  std::string_view comparison;
  std::string_view bound;
  std::string_view endpoint;
  bool has_endpoint = false;
  std::string_view abort;  // "abort after 30s"
};

absl::StatusOr<Parts> Split(std::string_view text) {
  Parts parts;
  std::string_view check = text;
  if (const size_t comma = text.rfind(','); comma != std::string_view::npos) {
    parts.abort = Trimmed(text.substr(comma + 1));
    if (std::string_view rest = parts.abort; TakeWord(&rest) == "abort") {
      check = text.substr(0, comma);
    } else if (text.find(" for ") >= comma) {  // a comma may stand in an endpoint
      return UsageError("'{}': behind the comma is '{}'; write abort, or abort after 30s", text,
                        parts.abort);
    } else {
      parts.abort = {};
    }
  }
  if (const size_t found = check.find(" for "); found != std::string_view::npos) {
    parts.has_endpoint = true;
    parts.endpoint = Trimmed(check.substr(found + 5));
    check = check.substr(0, found);
  }
  const size_t begin = check.find_first_of("<>=!");
  if (begin == std::string_view::npos) {
    return UsageError("'{}' is not a check; write for example latency.p99 < 250ms or errors < 0.1%",
                      text);
  }
  const size_t end = std::min(check.find_first_not_of("<>=!", begin), check.size());
  parts.metric = Trimmed(check.substr(0, begin));
  parts.comparison = check.substr(begin, end - begin);
  parts.bound = Trimmed(check.substr(end));
  return parts;
}

absl::Status ParseQuantile(std::string_view statistic, Threshold* threshold) {
  const absl::StatusOr<double> percent = ParseNumber(statistic.substr(1));
  if (!percent.ok()) {
    return UsageError("'{}' is not a percentile; write for example p99 or p99.9", statistic);
  }
  if (*percent == 999 || *percent == 9999) {
    return UsageError("{} is above p100; did you mean p99.{}?", statistic, statistic.substr(3));
  }
  if (*percent <= 0 || *percent > 100) {
    return UsageError("{}: a percentile is above p0, and p100 at most", statistic);
  }
  threshold->statistic = Threshold::Statistic::kQuantile;
  threshold->quantile = *percent / 100;
  threshold->text = fmt::format("p{}", *percent);
  return absl::OkStatus();
}

// Into statistic and quantile, and its one spelling into text.
absl::Status ParseStatistic(std::string_view metric, std::string_view statistic,
                            Threshold* threshold) {
  using Statistic = Threshold::Statistic;
  constexpr std::array<std::pair<std::string_view, Statistic>, 3> kNames = {
      {{"min", Statistic::kMin}, {"max", Statistic::kMax}, {"mean", Statistic::kMean}}};
  for (const auto& [name, value] : kNames) {
    if (statistic != name) continue;
    threshold->statistic = value;
    threshold->text = name;
    return absl::OkStatus();
  }
  const bool number = statistic.size() > 1 && statistic.find_first_of("0123456789-+.n") == 1;
  if (statistic.starts_with('p') && number) return ParseQuantile(statistic, threshold);
  std::string_view meant = "p99";
  if (statistic == "avg" || statistic == "average") meant = "mean";
  if (statistic == "med" || statistic == "median") meant = "p50";
  return UsageError("{} needs a percentile, min, max or mean behind a dot; did you mean {}.{}?",
                    metric, metric, meant);
}

// 503 or 5xx, into status, and its spelling into text.
absl::Status ParseStatus(std::string_view text, Threshold* threshold) {
  const bool is_class = text.size() == 3 && (text.substr(1) == "xx" || text.substr(1) == "XX");
  const bool digits = text.size() == 3 && std::all_of(text.begin(), text.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
  if ((!is_class && !digits) || text[0] < '1' || text[0] > '5') {
    return UsageError("'status.{}' is not a status; write for example status.503 or status.5xx",
                      text);
  }
  threshold->status = static_cast<uint16_t>(text[0] - '0');
  if (digits) {
    threshold->status =
        static_cast<uint16_t>(100 * threshold->status + 10 * (text[1] - '0') + (text[2] - '0'));
  }
  threshold->text = is_class ? fmt::format("{}xx", text[0]) : std::string(text);
  return absl::OkStatus();
}

absl::Status ParseMetric(std::string_view text, Threshold* threshold) {
  const size_t dot = std::min(text.find('.'), text.size());
  const std::string_view name = text.substr(0, dot);
  const std::string_view behind = text.substr(std::min(dot + 1, text.size()));
  const auto* const known = std::find_if(kMetricNames.begin(), kMetricNames.end(),
                                         [&](const MetricName& m) { return m.name == name; });
  if (known == kMetricNames.end()) {
    const std::string nearest = NearestMetric(name);
    if (!nearest.empty()) {
      return UsageError("'{}' is not a metric; did you mean {}?", name, nearest);
    }
    return UsageError("'{}' is not a metric; write {}", name, kMetrics);
  }
  threshold->metric = known->metric;
  if (known->is_time) {
    RETURN_IF_ERROR(ParseStatistic(name, behind, threshold));
  } else if (known->metric == Metric::kStatus) {
    RETURN_IF_ERROR(ParseStatus(behind, threshold));
  } else if (dot != text.size()) {
    return UsageError("{} has nothing behind a dot; write for example {} {}", name, name,
                      known->metric == Metric::kAchievedRate ? "> 100" : "< 0.1%");
  } else {
    threshold->text = name;
    return absl::OkStatus();
  }
  threshold->text = fmt::format("{}.{}", name, threshold->text);
  return absl::OkStatus();
}

absl::Status ParseComparison(std::string_view text, Threshold* threshold) {
  for (const auto& [name, comparison] : kOperators) {
    if (text != name) continue;
    threshold->comparison = comparison;
    return absl::OkStatus();
  }
  if (text == "=") return UsageError("'=' compares nothing; write ==");
  return UsageError("'{}' is not an operator; write <, <=, >, >=, == or !=", text);
}

// "1.5s" as "1500ms": the largest unit in which it is whole.
std::string DurationText(Nanos duration) {
  constexpr std::array<std::pair<int64_t, std::string_view>, 6> kUnits = {{{3'600'000'000'000, "h"},
                                                                           {60'000'000'000, "m"},
                                                                           {1'000'000'000, "s"},
                                                                           {1'000'000, "ms"},
                                                                           {1'000, "us"},
                                                                           {1, "ns"}}};
  for (const auto& [size, unit] : kUnits) {
    if (duration.count() != 0 && duration.count() % size == 0) {
      return fmt::format("{}{}", duration.count() / size, unit);
    }
  }
  return "0";
}

absl::StatusOr<std::string> ParseTimeBound(std::string_view metric, std::string_view text,
                                           Threshold* threshold) {
  const absl::StatusOr<Nanos> bound = ParseDuration(text);
  if (!bound.ok()) {
    return UsageError("{} is a time, and '{}' is none; write for example 250ms", metric, text);
  }
  threshold->unit = BoundUnit::kNanos;
  threshold->bound = static_cast<double>(bound->count());
  return DurationText(*bound);
}

absl::StatusOr<std::string> ParseRateBound(std::string_view text, Threshold* threshold) {
  std::string_view number = text;
  if (number.ends_with("/s")) number.remove_suffix(2);
  const absl::StatusOr<double> rate = ParseNumber(number);
  if (!rate.ok() || *rate < 0) {
    return UsageError("achieved_rate is requests a second, and '{}' is none; write for example 500",
                      text);
  }
  threshold->unit = BoundUnit::kRate;
  threshold->bound = std::fabs(*rate);  // no -0
  return fmt::format("{}", threshold->bound);
}

absl::StatusOr<std::string> ParseShareOrCount(std::string_view metric, std::string_view text,
                                              Threshold* threshold) {
  constexpr double kMost = 9e15;  // each whole number up to it is a double
  const bool share = text.ends_with('%');
  const absl::StatusOr<double> number = ParseNumber(share ? text.substr(0, text.size() - 1) : text);
  if (!number.ok()) {
    return UsageError("{} counts requests, and '{}' is no count; write for example 0.1% or 3",
                      metric, text);
  }
  if (*number < 0 || *number > (share ? 100 : kMost)) {
    return share ? UsageError("'{}': a share is 0% to 100%", text)
                 : UsageError("'{}': a count is at least 0, and whole", text);
  }
  if (!share && *number != std::floor(*number)) {
    return UsageError("'{}': a count is whole; write a share with '%', like {}%", text,
                      100 * *number);
  }
  threshold->unit = share ? BoundUnit::kShare : BoundUnit::kCount;
  threshold->bound = std::fabs(share ? *number / 100 : *number);  // no -0
  return fmt::format("{}{}", std::fabs(*number), share ? "%" : "");
}

// Into unit and bound; returns its one spelling.
absl::StatusOr<std::string> ParseBound(std::string_view metric, std::string_view text,
                                       Threshold* threshold) {
  // "250 ms" is taken, too.
  const size_t blank = std::min(text.find_first_of(kBlanks), text.size());
  const std::string bound = fmt::format("{}{}", text.substr(0, blank), Trimmed(text.substr(blank)));
  if (bound.empty()) return UsageError("{} is compared with nothing; a value is missing", metric);
  switch (threshold->metric) {
    case Metric::kLatency:
    case Metric::kServiceTime:
    case Metric::kSendLag:
      return ParseTimeBound(metric, bound, threshold);
    case Metric::kAchievedRate:
      return ParseRateBound(bound, threshold);
    default:
      return ParseShareOrCount(metric, bound, threshold);
  }
}

absl::Status ParseEndpoint(const Parts& parts, Threshold* threshold) {
  if (!parts.has_endpoint) return absl::OkStatus();
  if (threshold->metric == Metric::kShed) {
    return UsageError("shed is counted of all endpoints together; leave out 'for {}'",
                      parts.endpoint);
  }
  ASSIGN_OR_RETURN(const PathTemplate endpoint, ParsePathTemplate(parts.endpoint));
  threshold->endpoint = endpoint.text();
  threshold->text += fmt::format(" for {}", threshold->endpoint);
  return absl::OkStatus();
}

absl::Status ParseAbort(std::string_view text, Threshold* threshold) {
  if (text.empty()) return absl::OkStatus();
  std::string_view rest = text;
  TakeWord(&rest);  // "abort"
  threshold->abort_on_fail = true;
  threshold->text += ", abort";
  if (rest.empty()) return absl::OkStatus();
  const bool after = TakeWord(&rest) == "after";
  const absl::StatusOr<Nanos> grace = ParseDuration(rest);
  if (!after || !grace.ok()) {
    return UsageError("'{}': write abort, or abort after 30s", text);
  }
  threshold->grace = *grace;
  if (*grace > Nanos(0)) threshold->text += fmt::format(" after {}", DurationText(*grace));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Threshold> ParseThreshold(std::string_view text) {
  text = Trimmed(text);
  ASSIGN_OR_RETURN(const Parts parts, Split(text));
  Threshold threshold;
  RETURN_IF_ERROR(ParseMetric(parts.metric, &threshold));
  RETURN_IF_ERROR(ParseComparison(parts.comparison, &threshold));
  const std::string metric = threshold.text;
  ASSIGN_OR_RETURN(const std::string bound, ParseBound(metric, parts.bound, &threshold));
  threshold.text = fmt::format("{} {} {}", metric, parts.comparison, bound);
  RETURN_IF_ERROR(ParseEndpoint(parts, &threshold));
  RETURN_IF_ERROR(ParseAbort(parts.abort, &threshold));
  return threshold;
}

}  // namespace shadowreel
