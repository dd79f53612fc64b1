#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "base/status.h"
#include "formats/exchange/absolute_url.h"
#include "formats/exchange/http1_record.h"
#include "formats/exchange/line_reader.h"
#include "formats/exchange/vegeta.h"
#include "formats/exchange/vegeta_target.h"
#include "net/http/field_value.h"
#include "net/http/token.h"

namespace shadowreel {
namespace {

constexpr size_t kMaxLine = size_t{48} << 20;  // a body of 32 MiB in base64, and its head

// What marks the body's end; nothing when the fields contradict it or each other.
std::optional<Framing> FramingOf(const Fields& fields, size_t body_bytes) {
  const size_t lengths = fields.Count("content-length");
  const size_t codings = fields.Count("transfer-encoding");
  if (lengths + codings > 1) return std::nullopt;
  if (codings == 1) {
    if (!EqualsIgnoreCase(*fields.Find("transfer-encoding"), "chunked")) return std::nullopt;
    return Framing::kChunked;
  }
  if (lengths == 0) return Framing::kNone;
  const std::string_view text = *fields.Find("content-length");
  uint64_t length = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  const bool right =
      error == std::errc() && stop == text.data() + text.size() && length == body_bytes;
  return right ? std::optional(Framing::kContentLength) : std::nullopt;
}

class VegetaImporter final : public Importer {
 public:
  explicit VegetaImporter(ImportInput input)
      : path_(std::move(input.path)),
        arrivals_(*input.arrivals),
        tally_(*input.tally),
        lines_(std::move(input.source), kMaxLine) {}

  absl::StatusOr<bool> Next(ImportedRequest* request) override {
    while (true) {
      std::string_view line;
      ASSIGN_OR_RETURN(const LineReader::Result result, lines_.Next(&line));
      if (result == LineReader::Result::kEnd) return false;
      if (result == LineReader::Result::kTooLong) {
        Leave("line over the bound");
        continue;
      }
      if (line.find_first_not_of(" \t") == line.npos) continue;
      VegetaTarget target;
      const char* problem = ParseVegetaTarget(line, &target);
      request->record = Record();
      request->response.reset();
      if (problem == nullptr) problem = Convert(std::move(target), &request->record);
      if (problem == nullptr) return true;
      Leave(problem);
    }
  }

 private:
  void Leave(const char* kind) {
    tally_.Add(kind, fmt::format("{}: line {}", path_, lines_.line_number()));
  }

  // Returns nullptr, or why there is no such request.
  const char* Convert(VegetaTarget target, Record* record) {
    const std::optional<AbsoluteUrl> url = SplitAbsoluteUrl(target.url);
    if (!url) return "url that is not absolute http or https, or has a user name";
    if (!IsToken(target.method)) return "method that is not one";
    for (const FieldView field : target.header) {
      if (!IsToken(field.name) || !IsFieldValue(field.value)) return "header field that is not one";
    }
    const std::optional<Framing> framing = FramingOf(target.header, target.body.size());
    if (!framing) return "Content-Length or Transfer-Encoding that contradicts the body";
    if (target.header.Count("host") > 1) return "two Host fields";
    record->arrival = arrivals_.Next();
    record->completed = record->arrival;
    record->method = std::move(target.method);
    record->target = url->target;
    if (!target.header.Find("host")) record->headers.Add("Host", url->authority);
    for (const FieldView field : target.header) record->headers.Add(field.name, field.value);
    SetAuthorities(record);
    record->framing = *framing;
    if (record->framing == Framing::kNone && !target.body.empty()) {
      record->headers.Add("Content-Length", std::to_string(target.body.size()));
      record->framing = Framing::kContentLength;
    }
    record->body = std::move(target.body);
    record->wire_body_bytes = record->body.size();
    return nullptr;
  }

  const std::string path_;
  ArrivalSequence& arrivals_;
  Tally& tally_;
  LineReader lines_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Importer>> MakeVegetaImporter(ImportInput input) {
  return std::unique_ptr<Importer>(std::make_unique<VegetaImporter>(std::move(input)));
}

bool LooksLikeVegeta(std::string_view path, std::string_view beginning) {
  (void)path;  // vegeta's files have no name of their own
  const std::string_view line = beginning.substr(0, beginning.find('\n'));
  const auto holds = [&](std::string_view part) { return line.find(part) != line.npos; };
  return line.starts_with('{') && !holds("\"log\"") && holds("\"method\"") && holds("\"url\"");
}

}  // namespace shadowreel
