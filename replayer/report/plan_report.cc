#include "replayer/report/plan_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "formats/byte_text.h"
#include "replayer/measure/wording.h"
#include "replayer/report/text_lines.h"

namespace shadowreel {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;

bool IsHidden(const HiddenHeaders& hidden, std::string_view name) {
  return std::any_of(hidden.begin(), hidden.end(),
                     [&](const std::string& one) { return EqualsIgnoreCase(one, name); });
}

std::string FieldLines(const Fields& fields, const HiddenHeaders& hidden) {
  std::string lines;
  for (const FieldView field : fields) {
    const std::string value = IsHidden(hidden, field.name) ? "..." : EscapeForTerminal(field.value);
    lines += fmt::format("  {}: {}\n", EscapeForTerminal(field.name), value);
  }
  return lines;
}

Json OfFields(const Fields& fields, const HiddenHeaders& hidden) {
  Json list = Json::array();
  for (const FieldView field : fields) {
    Json value = IsHidden(hidden, field.name) ? Json() : BytesAsJson(field.value);
    list.push_back(Json::array({BytesAsJson(field.name), std::move(value)}));
  }
  return list;
}

std::string_view VersionOf(const OutboundRequest& request) {
  return request.http10 ? "HTTP/1.0" : "HTTP/1.1";
}

// Exact, so that plans can be compared line by line.
std::string OffsetText(Nanos offset) {
  return fmt::format("{}.{:09} s", offset.count() / 1'000'000'000, offset.count() % 1'000'000'000);
}

// One line. File names and what stopped planning may hold bytes that are no UTF-8.
std::string Line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string Verdict(const PlanFacts& facts) {
  if (!facts.stopped_by.empty()) return "INCOMPLETE PLAN: " + facts.stopped_by;
  if (!facts.reasons.empty()) return "INVALID PLAN: " + facts.reasons.front().text;
  return fmt::format("DRY RUN: {} of {} records read were planned, nothing was sent",
                     FormatCount(facts.ledger.planned), FormatCount(facts.ledger.read));
}

}  // namespace

std::string PlannedRequestText(const PlannedRequest& planned, const HiddenHeaders& hidden) {
  const OutboundRequest& request = planned.request;
  std::string text = fmt::format("#{} at {}, endpoint {}\n  {} {} {}\n", planned.index,
                                 OffsetText(planned.intended), EscapeForTerminal(planned.endpoint),
                                 EscapeForTerminal(request.method),
                                 EscapeForTerminal(request.target), VersionOf(request));
  text += FieldLines(request.headers, hidden);
  if (!request.body.empty()) text += fmt::format("  (body of {} bytes)\n", request.body.size());
  if (!request.trailers.empty()) text += "  (trailers)\n" + FieldLines(request.trailers, {});
  return text + "\n";
}

std::string PlannedRequestJson(const PlannedRequest& planned, const HiddenHeaders& hidden) {
  const OutboundRequest& request = planned.request;
  return Line({{"index", planned.index},
               {"intended_nanos", planned.intended.count()},
               {"endpoint", planned.endpoint},
               {"method", request.method},
               {"target", BytesAsJson(request.target)},
               {"version", VersionOf(request)},
               {"headers", OfFields(request.headers, hidden)},
               {"body_bytes", request.body.size()},
               {"trailers", OfFields(request.trailers, {})}});
}

std::string PlanText(const PlanFacts& facts) {
  std::string text = Verdict(facts) + "\n\nPlan\n" + RunLine("recording", facts.recording) +
                     RunLine("target", facts.target) + RunLine("subset", SubsetText(facts.subset)) +
                     RunLine("load", facts.load);
  if (facts.ledger.planned > 0 && !facts.closed_loop) {
    text += RunLine("span", fmt::format("{} to {}", OffsetText(facts.first_intended),
                                        OffsetText(facts.last_intended)));
  }
  if (facts.planned_rate > 0) text += RunLine("rate", FormatRate(facts.planned_rate) + " planned");
  return text + RunLine("plan digest", facts.digest) + "\nLedger\n" + PlanLedgerLines(facts.ledger);
}

std::string PlanJson(const PlanFacts& facts) {
  Json reasons = Json::array();
  for (const InvalidReason& reason : facts.reasons) reasons.push_back(reason.text);
  Json json = {{"schema_version", kSchemaVersion},
               {"valid", facts.reasons.empty() && facts.stopped_by.empty()},
               {"reasons", std::move(reasons)},
               {"stopped_by", facts.stopped_by},
               {"recording", facts.recording},
               {"target", facts.target},
               {"subset", facts.subset ? Json(facts.subset->name) : Json()},
               {"load", facts.load},
               {"closed_loop", facts.closed_loop},
               {"plan_digest", facts.digest},
               {"first_intended_nanos", facts.first_intended.count()},
               {"last_intended_nanos", facts.last_intended.count()},
               {"planned_rate", facts.planned_rate},
               {"read", facts.ledger.read},
               {"filtered", facts.ledger.filtered},
               {"sampled_out", facts.ledger.sampled_out},
               {"skipped", facts.ledger.skipped},
               {"planned", facts.ledger.planned},
               {"filtered_by", facts.ledger.filtered_by},
               {"skipped_by", facts.ledger.skipped_by}};
  return Line(json);
}

}  // namespace shadowreel
