// Redaction of whatever a request may hold. The input's lines: the target; "name: value" for each
// header; an empty line; the same for each trailer.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "formats/record.h"
#include "formats/redaction/pseudonym.h"
#include "formats/redaction/redactor.h"

namespace shadowreel {
namespace {

constexpr std::string_view kPlanted = "Pl4ntedS3cret";
constexpr std::string_view kPlantedJwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0.c2lnbmVk";
constexpr std::string_view kPlantedCard = "4111 1111-1111 1111";

const Redactor& Credentials() {
  static const auto* const redactor =
      new Redactor(RedactionMode::kCredentials, {std::string(32, 'k'), "0123456789abcdef"});
  return *redactor;
}

std::string_view TakeLine(std::string_view* rest) {
  const std::string_view line = rest->substr(0, rest->find('\n'));
  rest->remove_prefix(std::min(line.size() + 1, rest->size()));
  return line;
}

void TakeFields(std::string_view* rest, Fields* fields) {
  while (!rest->empty()) {
    const std::string_view line = TakeLine(rest);
    if (line.empty()) return;
    const size_t colon = std::min(line.find(": "), line.size());
    fields->Add(line.substr(0, colon), line.substr(std::min(colon + 2, line.size())));
  }
}

Record ParseRecord(std::string_view input) {
  Record record;
  record.target = TakeLine(&input);
  TakeFields(&input, &record.headers);
  TakeFields(&input, &record.trailers);
  record.body = "body";
  return record;
}

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

// Puts secrets of every rule beside text from the input.
void Plant(std::string_view text, Record* record) {
  record->target += Join({"?token=", kPlanted});
  Fields& headers = record->headers;
  headers.Add("Authorization", Join({text, " ", kPlanted}));
  headers.Add("X-API-Key", Join({text, kPlanted, text}));
  headers.Add("x-anything-secret", Join({kPlanted, text}));
  headers.Add("Cookie", Join({text, "; sid=", kPlanted, "; ", text}));
  headers.Add("Referer", Join({text, "?a=b&Access%5ftoken=", kPlanted, "#", text}));
  headers.Add("X-Custom", Join({text, " ", kPlantedJwt, " ", text}));
  record->trailers.Add("X-Custom", Join({text, "|", kPlantedCard, "|", text}));
}

bool HoldsPlanted(std::string_view text) {
  return text.find(kPlanted) != std::string_view::npos ||
         text.find(kPlantedJwt) != std::string_view::npos ||
         text.find(kPlantedCard) != std::string_view::npos;
}

std::vector<RedactionSpan> SpansOf(const Record& record, RedactionPlace place, size_t field) {
  std::vector<RedactionSpan> spans;
  for (const RedactionSpan& span : record.redactions) {
    if (span.place == place && span.field == field) spans.push_back(span);
  }
  return spans;
}

// The spans lie in order within `after`, each over a token, and what stands between them stands in
// `before` in that order.
void CheckText(std::string_view before, std::string_view after,
               const std::vector<RedactionSpan>& spans) {
  if (spans.empty()) CHECK(before == after);
  size_t end = 0;
  for (const RedactionSpan& span : spans) {
    CHECK(span.begin >= end && span.begin <= after.size());
    CHECK(span.length == kTokenLength && span.length <= after.size() - span.begin);
    CHECK(IsPseudonymToken(after.substr(span.begin, span.length)));
    const std::string_view kept = after.substr(end, span.begin - end);
    const size_t at = before.find(kept);
    CHECK(at != std::string_view::npos && (end > 0 || at == 0));
    before.remove_prefix(at + kept.size());
    CHECK(!before.empty());  // what was replaced was not empty
    end = span.begin + span.length;
  }
  CHECK(before.ends_with(after.substr(end)));
}

size_t CheckFields(const Fields& before, const Record& after, RedactionPlace place) {
  const Fields& fields = place == RedactionPlace::kHeader ? after.headers : after.trailers;
  CHECK(fields.size() == before.size());
  size_t spans = 0;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::vector<RedactionSpan> own = SpansOf(after, place, i);
    CHECK(fields[i].name == before[i].name);
    CheckText(before[i].value, fields[i].value, own);
    spans += own.size();
  }
  return spans;
}

void CheckRedacted(const Record& before, const Record& after) {
  const auto target = SpansOf(after, RedactionPlace::kTarget, 0);
  CheckText(before.target, after.target, target);
  const size_t spans = target.size() + CheckFields(before.headers, after, RedactionPlace::kHeader) +
                       CheckFields(before.trailers, after, RedactionPlace::kTrailer);
  CHECK(spans == after.redactions.size());
  CHECK(after.body == before.body);
}

void CheckNothingPlantedIsLeft(const Record& record) {
  CHECK(!HoldsPlanted(record.target));
  for (const FieldView field : record.headers) CHECK(!HoldsPlanted(field.value));
  for (const FieldView field : record.trailers) CHECK(!HoldsPlanted(field.value));
}

void Redact(const Record& original) {
  Record once = original;
  Credentials().Redact(&once);
  CheckRedacted(original, once);
  Record twice = once;
  Credentials().Redact(&twice);
  CHECK(twice.target == once.target && twice.headers == once.headers &&
        twice.trailers == once.trailers && twice.redactions == once.redactions);
}

}  // namespace
}  // namespace shadowreel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace shadowreel;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Record record = ParseRecord(input);
  Redact(record);
  if (HoldsPlanted(input)) return 0;
  Plant(std::string(record.target), &record);
  Redact(record);
  Credentials().Redact(&record);
  CheckNothingPlantedIsLeft(record);
  return 0;
}
