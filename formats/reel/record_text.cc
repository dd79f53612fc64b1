#include "formats/reel/record_text.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "base/units.h"
#include "formats/byte_text.h"
#include "formats/record_names.h"

namespace shadowreel {
namespace {

std::string Separator(const Record& record) {
  std::string line = fmt::format("--- record {}  {}", record.number, FormatTime(record.arrival));
  if (!record.peer.empty()) line += "  from " + EscapeForTerminal(record.peer);
  if (!record.complete) line += "  incomplete";
  if (record.truncated) {
    line +=
        fmt::format("  truncated: {} of {} body bytes", record.body.size(), record.wire_body_bytes);
  }
  return line + '\n';
}

// What begins a line of its own must not look like a separator; other backslashes are doubled.
std::string LineStart(std::string_view bytes) {
  return (bytes.starts_with("---") ? "\\" : "") + EscapeForTerminal(bytes);
}

void AppendFieldLines(const Fields& fields, std::string* text) {
  for (const FieldView field : fields) {
    *text += fmt::format("{}: {}\n", LineStart(field.name), EscapeForTerminal(field.value));
  }
}

void AppendBodyLines(std::string_view body, std::string* text) {
  while (!body.empty()) {
    const size_t end = body.find('\n');
    text->append("| ").append(EscapeForTerminal(body.substr(0, end))) += '\n';
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
  }
}

void AppendKey(std::string_view key, std::string* json) {
  json->append(",\"").append(key).append("\":");
}

void AppendBytes(std::string_view key, std::string_view bytes, std::string* json) {
  AppendKey(key, json);
  AppendJsonBytes(bytes, json);
}

template <typename Value>
void AppendPlain(std::string_view key, Value value, std::string* json) {
  AppendKey(key, json);
  fmt::format_to(std::back_inserter(*json), "{}", value);
}

void AppendFields(std::string_view key, const Fields& fields, std::string* json) {
  AppendKey(key, json);
  *json += '[';
  for (size_t i = 0; i < fields.size(); ++i) {
    json->append(i == 0 ? "[" : ",[");
    AppendJsonBytes(fields[i].name, json);
    *json += ',';
    AppendJsonBytes(fields[i].value, json);
    *json += ']';
  }
  *json += ']';
}

}  // namespace

std::string RenderText(const Record& record) {
  std::string text = Separator(record);
  text += fmt::format("{} {} {}\n", LineStart(record.method), EscapeForTerminal(record.target),
                      NameOf(record.version));
  if (record.version == HttpVersion::kHttp2) {
    text += fmt::format(":authority: {}\n", EscapeForTerminal(record.authority));
  }
  AppendFieldLines(record.headers, &text);
  text += '\n';
  AppendBodyLines(record.body, &text);
  if (!record.trailers.empty()) {
    text += "\ntrailers:\n";
    AppendFieldLines(record.trailers, &text);
  }
  return text + '\n';
}

std::string RenderJsonLine(const Record& record) {
  std::string json;
  json.reserve(512 + ApproximateBytes(record));
  const auto* uuid = reinterpret_cast<const char*>(record.recording.data());
  json.append("{\"schema_version\":1");
  AppendBytes("recording", Hex({uuid, record.recording.size()}), &json);
  AppendPlain("number", record.number, &json);
  AppendPlain("arrival_nanos", record.arrival.time_since_epoch().count(), &json);
  AppendPlain("completed_nanos", record.completed.time_since_epoch().count(), &json);
  AppendBytes("method", record.method, &json);
  AppendBytes("target", record.target, &json);
  AppendBytes("version", NameOf(record.version), &json);
  AppendBytes("authority", record.authority, &json);
  AppendBytes("stripped_authority", record.stripped_authority, &json);
  AppendFields("headers", record.headers, &json);
  AppendBytes("framing", NameOf(record.framing), &json);
  AppendBytes("body", record.body, &json);
  AppendFields("trailers", record.trailers, &json);
  AppendPlain("complete", record.complete, &json);
  AppendPlain("truncated", record.truncated, &json);
  AppendPlain("wire_body_bytes", record.wire_body_bytes, &json);
  AppendPlain("connection", record.connection, &json);
  AppendPlain("stream", record.stream, &json);
  AppendBytes("peer", record.peer, &json);
  AppendPlain("weight", std::isfinite(record.weight) ? record.weight : 0, &json);  // JSON: no NaN
  return json.append("}\n");
}

}  // namespace shadowreel
