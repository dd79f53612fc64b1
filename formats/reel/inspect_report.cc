#include "formats/reel/inspect_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "formats/byte_text.h"

namespace shadowreel {
namespace {

using Json = nlohmann::ordered_json;

double MeanRate(const Inspection& inspection) {
  return static_cast<double>(inspection.records) /
         std::chrono::duration<double>(inspection.Span()).count();
}

double Ratio(const Inspection& inspection) {
  return static_cast<double>(inspection.request_bytes) /
         static_cast<double>(inspection.stored_bytes);
}

bool IsWeighted(const Inspection& inspection) {
  return inspection.records > 0 && (inspection.min_weight != 1 || inspection.max_weight != 1);
}

// ---- text

class Table {
 public:
  template <typename... Args>
  void Row(std::string_view name, fmt::format_string<Args...> format, Args&&... args) {
    text_ += fmt::format("{:<15} {}\n", name, fmt::format(format, std::forward<Args>(args)...));
  }
  void Line(const std::string& line) { text_ += line + '\n'; }
  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string Joined(const BoundedCounter::Summary& summary) {
  std::string text;
  for (const BoundedCounter::Count& count : summary.top) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", EscapeForTerminal(count.name),
                        count.records);
  }
  if (summary.other_records > 0) text += fmt::format(", (other) {}", summary.other_records);
  return text;
}

void AddCounts(std::string_view title, const BoundedCounter::Summary& summary, Table* table) {
  table->Row(title, "{}{} distinct", summary.distinct,
             summary.more_than_distinct ? " and more" : "");
  for (const BoundedCounter::Count& count : summary.top) {
    const std::string name = count.name.empty() ? "(none)" : EscapeForTerminal(count.name);
    table->Line(fmt::format("  {:>10}  {}", count.records, name));
  }
  if (summary.other_records > 0) {
    table->Line(fmt::format("  {:>10}  (other)", summary.other_records));
  }
}

std::string SizesText(const Inspection::Sizes& sizes) {
  return fmt::format("p50 {}, p90 {}, p99 {}, max {}", FormatBytes(sizes.p50),
                     FormatBytes(sizes.p90), FormatBytes(sizes.p99), FormatBytes(sizes.max));
}

// Records a second, in the period that has the fewest or the most.
void AddRates(const RateSeries& rates, bool unicode, Table* table) {
  const auto [least, most] = std::minmax_element(rates.records().begin(), rates.records().end());
  const double seconds = std::chrono::duration<double>(rates.period()).count();
  table->Row("rate over time", "{}", Sparkline(rates.records(), unicode));
  table->Line(fmt::format("{:16}each {}: {:.2f}/s to {:.2f}/s", "", FormatDuration(rates.period()),
                          static_cast<double>(*least) / seconds,
                          static_cast<double>(*most) / seconds));
}

void AddTimes(const Inspection& inspection, bool unicode, Table* table) {
  if (inspection.records == 0) return;
  table->Row("span", "{} to {}, {}", FormatTime(inspection.first_arrival),
             FormatTime(inspection.last_arrival), FormatDuration(inspection.Span()));
  if (inspection.Span() > Nanos(0)) table->Row("mean rate", "{:.2f}/s", MeanRate(inspection));
  table->Row("busiest second", "{} records at {}", inspection.busiest_second.records,
             FormatTime(inspection.busiest_second.begin));
  table->Row("busiest minute", "{} records at {}", inspection.busiest_minute.records,
             FormatTime(inspection.busiest_minute.begin));
  table->Row("busiest hour", "{} records at {}", inspection.busiest_hour.records,
             FormatTime(inspection.busiest_hour.begin));
  AddRates(inspection.rates, unicode, table);
}

void AddRedaction(const Inspection& inspection, Table* table) {
  for (const std::string& mode : inspection.redaction_modes) {
    table->Row("redaction", "{}{}", mode.empty() ? "(not stated)" : EscapeForTerminal(mode),
               mode == "off" ? ": values are as they were received" : "");
  }
  for (const std::string& key : inspection.redaction_keys) {
    table->Row("redaction key", "{}", EscapeForTerminal(key));
  }
  for (size_t place = 0; place < kRedactionPlaces; ++place) {
    for (size_t kind = 0; kind < kRedactionClasses; ++kind) {
      const uint64_t count = inspection.redactions[place][kind];
      if (count == 0) continue;
      table->Line(fmt::format("  {:>10}  {} in {}", count,
                              NameOf(static_cast<RedactionClass>(kind)),
                              NameOf(static_cast<RedactionPlace>(place))));
    }
  }
}

void AddOrigins(const Inspection& inspection, Table* table) {
  for (const Inspection::Origin& origin : inspection.origins) {
    table->Row("made by", "{}", EscapeForTerminal(origin.made_by));
    for (const std::string& parent : origin.parents) {
      table->Line(fmt::format("{:16}from recording {}", "", parent));
    }
  }
}

void AddLedgers(const Inspection& inspection, Table* table) {
  for (const Inspection::Ledger& ledger : inspection.ledgers) {
    const trace::CaptureLedger& counts = ledger.counts;
    table->Row("ledger",
               "received {} = refused {} + after_end {} + sampled_out {} + shed {} + written {}",
               counts.received(), counts.refused(), counts.after_end(), counts.sampled_out(),
               counts.shed(), counts.written());
    table->Line(fmt::format("{:16}of recording {}, from {}", "", ledger.recording,
                            EscapeForTerminal(ledger.segment)));
  }
}

void AddRecoveries(const Inspection& inspection, Table* table) {
  for (const Inspection::Recovery& recovery : inspection.recoveries) {
    const std::string lost = LossText(recovery.report);
    table->Row("recovered", "{}: {}", EscapeForTerminal(recovery.segment),
               lost.empty() ? "nothing was lost" : "lost " + lost);
  }
}

// ---- JSON

Json CountsJson(const BoundedCounter::Summary& summary) {
  Json top = Json::array();
  for (const BoundedCounter::Count& count : summary.top) {
    top.push_back({{"name", BytesAsJson(count.name)}, {"records", count.records}});
  }
  return {{"distinct", summary.distinct},
          {"more_than_distinct", summary.more_than_distinct},
          {"top", std::move(top)},
          {"other_records", summary.other_records}};
}

Json PeriodJson(const Inspection::Period& period) {
  if (period.records == 0) return nullptr;
  return {{"begin_nanos", period.begin.time_since_epoch().count()}, {"records", period.records}};
}

// `records` of each period, the first beginning at `begin_nanos`.
Json RatesJson(const RateSeries& rates) {
  return {{"begin_nanos", rates.begin().time_since_epoch().count()},
          {"period_nanos", rates.period().count()},
          {"records", rates.records()}};
}

Json SizesJson(const Inspection::Sizes& sizes) {
  return {{"p50", sizes.p50}, {"p90", sizes.p90}, {"p99", sizes.p99}, {"max", sizes.max}};
}

void AddTimesJson(const Inspection& inspection, Json* json) {
  const bool any = inspection.records > 0;
  const bool spans = any && inspection.Span() > Nanos(0);
  (*json)["first_arrival_nanos"] =
      any ? Json(inspection.first_arrival.time_since_epoch().count()) : Json();
  (*json)["last_arrival_nanos"] =
      any ? Json(inspection.last_arrival.time_since_epoch().count()) : Json();
  (*json)["duration_nanos"] = any ? Json(inspection.Span().count()) : Json();
  (*json)["mean_rate"] = spans ? Json(MeanRate(inspection)) : Json();
  (*json)["busiest_second"] = PeriodJson(inspection.busiest_second);
  (*json)["busiest_minute"] = PeriodJson(inspection.busiest_minute);
  (*json)["busiest_hour"] = PeriodJson(inspection.busiest_hour);
  (*json)["rates"] = any ? RatesJson(inspection.rates) : Json();
}

Json TextsJson(const std::set<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(BytesAsJson(text));
  return list;
}

Json RedactionJson(const Inspection& inspection) {
  Json counts = Json::array();
  for (size_t place = 0; place < kRedactionPlaces; ++place) {
    for (size_t kind = 0; kind < kRedactionClasses; ++kind) {
      const uint64_t count = inspection.redactions[place][kind];
      if (count == 0) continue;
      counts.push_back({{"place", NameOf(static_cast<RedactionPlace>(place))},
                        {"class", NameOf(static_cast<RedactionClass>(kind))},
                        {"count", count}});
    }
  }
  return {{"modes", TextsJson(inspection.redaction_modes)},
          {"key_ids", TextsJson(inspection.redaction_keys)},
          {"counts", std::move(counts)}};
}

Json OriginsJson(const Inspection& inspection) {
  Json list = Json::array();
  for (const Inspection::Origin& origin : inspection.origins) {
    list.push_back({{"recording", origin.recording},
                    {"parents", origin.parents},
                    {"made_by", BytesAsJson(origin.made_by)}});
  }
  return list;
}

Json LedgersJson(const Inspection& inspection) {
  Json list = Json::array();
  for (const Inspection::Ledger& ledger : inspection.ledgers) {
    const trace::CaptureLedger& counts = ledger.counts;
    list.push_back({{"recording", ledger.recording},
                    {"segment", BytesAsJson(ledger.segment)},
                    {"received", counts.received()},
                    {"refused", counts.refused()},
                    {"after_end", counts.after_end()},
                    {"sampled_out", counts.sampled_out()},
                    {"shed", counts.shed()},
                    {"written", counts.written()},
                    {"incomplete", counts.incomplete()},
                    {"truncated", counts.truncated()},
                    {"bytes", counts.bytes()}});
  }
  return list;
}

Json RecoveriesJson(const Inspection& inspection) {
  Json list = Json::array();
  for (const auto& [segment, report] : inspection.recoveries) {
    list.push_back({{"segment", BytesAsJson(segment)},
                    {"torn_bytes", report.torn_bytes},
                    {"damaged_bytes", report.damaged_bytes},
                    {"lost_records", report.lost_records},
                    {"lost_from", report.lost_from ? Json(*report.lost_from) : Json()},
                    {"duplicates", report.duplicates}});
  }
  return list;
}

}  // namespace

std::string InspectionText(const Inspection& inspection, bool unicode) {
  Table table;
  for (const std::string& path : inspection.paths) {
    table.Row("path", "{}", EscapeForTerminal(path));
  }
  table.Row("recordings", "{}", inspection.recordings);
  table.Row("segments", "{}", inspection.segments);
  table.Row("records", "{}", inspection.records);
  if (inspection.responses > 0) table.Row("responses", "{}", inspection.responses);
  AddTimes(inspection, unicode, &table);
  if (inspection.records > 0) {
    table.Row("methods", "{}", Joined(inspection.methods));
    table.Row("versions", "{}", Joined(inspection.versions));
  }
  table.Row("bodies", "{}", FormatBytes(inspection.body_bytes));
  table.Row("requests", "{} as HTTP/1.1, bodies included", FormatBytes(inspection.request_bytes));
  if (inspection.records > 0) {
    table.Row("body sizes", "{}", SizesText(inspection.body_sizes));
    table.Row("request sizes", "{}", SizesText(inspection.request_sizes));
  }
  table.Row("stored", "{}, ratio {:.2f}", FormatBytes(inspection.stored_bytes), Ratio(inspection));
  table.Row("incomplete", "{}", inspection.incomplete);
  table.Row("truncated", "{}", inspection.truncated);
  if (IsWeighted(inspection)) {
    table.Row("weights", "{} to {}: the records stand for {:.0f} requests", inspection.min_weight,
              inspection.max_weight, inspection.total_weight);
  }
  AddRedaction(inspection, &table);
  AddLedgers(inspection, &table);
  AddRecoveries(inspection, &table);
  AddOrigins(inspection, &table);
  AddCounts("authorities", inspection.authorities, &table);
  AddCounts("endpoints", inspection.endpoints, &table);
  return table.Take();
}

std::string InspectionJson(const Inspection& inspection) {
  Json paths = Json::array();
  for (const std::string& path : inspection.paths) paths.push_back(BytesAsJson(path));
  Json json = {{"schema_version", 1},
               {"paths", std::move(paths)},
               {"recordings", inspection.recordings},
               {"segments", inspection.segments},
               {"records", inspection.records},
               {"responses", inspection.responses}};
  AddTimesJson(inspection, &json);
  json["methods"] = CountsJson(inspection.methods);
  json["versions"] = CountsJson(inspection.versions);
  json["authorities"] = CountsJson(inspection.authorities);
  json["endpoints"] = CountsJson(inspection.endpoints);
  json["body_bytes"] = inspection.body_bytes;
  json["request_bytes"] = inspection.request_bytes;
  json["body_sizes"] = SizesJson(inspection.body_sizes);
  json["request_sizes"] = SizesJson(inspection.request_sizes);
  json["stored_bytes"] = inspection.stored_bytes;
  json["ratio"] = Ratio(inspection);
  json["incomplete"] = inspection.incomplete;
  json["truncated"] = inspection.truncated;
  json["weight"] = {{"min", inspection.min_weight},
                    {"max", inspection.max_weight},
                    {"total", inspection.total_weight}};
  json["redaction"] = RedactionJson(inspection);
  json["ledgers"] = LedgersJson(inspection);
  json["recoveries"] = RecoveriesJson(inspection);
  json["lineage"] = OriginsJson(inspection);
  constexpr bool kEscapeNonAscii = true;
  return json.dump(2, ' ', kEscapeNonAscii) + '\n';
}

}  // namespace shadowreel
