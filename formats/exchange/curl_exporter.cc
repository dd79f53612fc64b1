#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "formats/base64.h"
#include "formats/byte_text.h"
#include "formats/exchange/curl.h"
#include "formats/exchange/http1_record.h"
#include "formats/exchange/shell_quote.h"

namespace shadowreel {
namespace {

constexpr std::string_view kTarget = "\"${TARGET:?set it to http://HOST:PORT}\"";

// Of one argument: Linux takes 128 KiB, and quoting may make four bytes of one.
constexpr size_t kMaxArgument = 32 << 10;
constexpr size_t kMaxBody = 1 << 20;

// Fields that curl adds by itself.
constexpr std::string_view kDefaults[] = {"Host", "User-Agent", "Accept"};
constexpr std::string_view kBodyDefaults[] = {"Content-Type", "Expect"};

// Whether a URL with this path reaches the server with it unchanged.
bool IsPlainPath(std::string_view target) {
  constexpr std::string_view kOthers = "/?&=._~%+,:;@!$*()-'";
  return target.starts_with('/') && std::all_of(target.begin(), target.end(), [&](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  kOthers.find(c) != kOthers.npos;
         });
}

// Text that can stand in a command as it is: lines that cannot act on a terminal.
bool IsPlainText(std::string_view text) {
  std::string rest(text);
  std::erase_if(rest, [](char c) { return c == '\n' || c == '\t' || c == '\\'; });
  return EscapeForTerminal(rest) == rest;
}

class CurlExporter final : public Exporter {
 public:
  explicit CurlExporter(Tally* tally) : tally_(*tally) {}

  void Write(const Record& record, const Response* response, std::string* out) override {
    (void)response;  // a command has no place for it
    const std::string place = fmt::format("record {}", record.number);
    if (const char* problem = ProblemOf(record)) return tally_.Add(problem, place);
    AppendBodySource(record, out);
    out->append("curl --globoff --path-as-is");
    out->append(record.version == HttpVersion::kHttp10 ? " --http1.0" : " --http1.1");
    AppendMethod(record, out);
    AppendHeaders(record, out);
    AppendBody(record, out);
    AppendUrl(record.target, out);
    NoteChanges(record, place);
  }

 private:
  static const char* ProblemOf(const Record& record) {
    std::string unused;
    if (!AppendHttp1Request(record, &unused)) return "request that HTTP/1 has no form for";
    if (record.body.size() > kMaxBody) return "request with a body over 1 MiB";
    const auto is_long = [](std::string_view text) { return text.size() > kMaxArgument; };
    if (is_long(record.method) || is_long(record.target)) return "request with too long a word";
    for (const FieldView field : record.headers) {
      if (is_long(field.name) || is_long(field.value)) return "request with too long a word";
    }
    if (record.method == "HEAD" && !record.body.empty()) return "HEAD with a body";
    return nullptr;
  }

  static bool IsInline(const Record& record) {
    return record.body.size() <= kMaxArgument && IsPlainText(record.body);
  }

  static void AppendBodySource(const Record& record, std::string* out) {
    if (record.body.empty() || IsInline(record)) return;
    out->append("printf %s ").append(EncodeBase64(record.body)).append(" | base64 -d | ");
  }

  static void AppendMethod(const Record& record, std::string* out) {
    if (record.method == "HEAD") {
      out->append(" --head");  // -X HEAD would wait for a body
    } else if (record.method != "GET" || HasBody(record)) {
      out->append(" -X ").append(ShellQuote(record.method));
    }
  }

  static bool HasBody(const Record& record) {
    return !record.body.empty() || record.framing != Framing::kNone;
  }

  // In their order; curl itself writes Host first.
  static void AppendHeaders(const Record& record, std::string* out) {
    const bool http2 = record.version == HttpVersion::kHttp2;
    if (http2) AppendField("Host", record.authority, out);
    for (const FieldView field : record.headers) {
      if (http2 && EqualsIgnoreCase(field.name, "host")) continue;
      AppendField(field.name, field.value, out);
    }
    const auto remove = [&](std::string_view name) {
      if (record.headers.Find(name) || (http2 && name == "Host")) return;
      out->append(" -H ").append(ShellQuote(std::string(name) + ':'));
    };
    for (const std::string_view name : kDefaults) remove(name);
    if (!HasBody(record)) return;
    for (const std::string_view name : kBodyDefaults) remove(name);
  }

  // "Name;" is how curl takes an empty value; "Name:" would remove the field.
  static void AppendField(std::string_view name, std::string_view value, std::string* out) {
    const std::string text =
        value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value);
    out->append(" -H ").append(ShellQuote(text));
  }

  static void AppendBody(const Record& record, std::string* out) {
    if (!HasBody(record) || record.method == "HEAD") return;
    if (IsInline(record)) {
      out->append(" --data-raw ").append(ShellQuoteLines(record.body));
    } else {
      out->append(" --data-binary @-");
    }
  }

  static void AppendUrl(std::string_view target, std::string* out) {
    if (IsPlainPath(target)) {
      out->append(" ").append(kTarget).append(ShellQuote(target)).append("\n");
      return;
    }
    out->append(" --request-target ").append(ShellQuote(target));
    out->append(" ").append(kTarget).append("\n");
  }

  void NoteChanges(const Record& record, const std::string& place) {
    if (record.version == HttpVersion::kHttp2) {
      tally_.AddChange("HTTP/2 request written as HTTP/1.1", place);
    }
    if (!record.trailers.empty()) tally_.AddChange("trailers left out", place);
  }

  Tally& tally_;
};

}  // namespace

std::unique_ptr<Exporter> MakeCurlExporter(Tally* tally) {
  return std::make_unique<CurlExporter>(tally);
}

}  // namespace shadowreel
