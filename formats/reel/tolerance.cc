#include "formats/reel/tolerance.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/status.h"
#include "formats/reel/field_forms.h"
#include "net/http/authority.h"

namespace shadowreel {
namespace {

constexpr std::array<std::string_view, kToleratedForms> kNames = {
    "host moved to the front", "host spelled Host",       "version", "names in lower case",
    "host as :authority",      "absolute target as path", "framing", "connection field dropped",
    "cookies joined"};

// RFC 9110, 7.6.1 and RFC 9113, 8.2.2. Transfer-Encoding is a matter of framing.
constexpr std::array<std::string_view, 5> kConnectionFields = {"connection", "keep-alive",
                                                               "proxy-connection", "te", "upgrade"};

void Note(ToleratedSet* found, ToleratedForm form) { found->set(static_cast<size_t>(form)); }

bool IsHttp2(const Record& record) { return record.version == HttpVersion::kHttp2; }

bool IsConnectionField(FieldView field) {
  // "te: trailers" is what HTTP/2 allows (RFC 9113, 8.2.2), and what gRPC needs.
  if (EqualsIgnoreCase(field.name, "te") && EqualsIgnoreCase(field.value, "trailers")) return false;
  return std::any_of(kConnectionFields.begin(), kConnectionFields.end(),
                     [&](std::string_view name) { return EqualsIgnoreCase(field.name, name); });
}

void Drop(Record* record, size_t index) {
  size_t at = 0;
  record->headers = Without(record->headers, [&](FieldView) { return at++ == index; });
}

std::optional<size_t> ChunkedIndex(const Record& record) {
  const auto index = OnlyIndex(record.headers, "transfer-encoding");
  if (!index || !EqualsIgnoreCase(record.headers[*index].value, "chunked")) return std::nullopt;
  return index;
}

// Of a Content-Length that says how long the body was.
std::optional<size_t> TrueLengthIndex(const Record& record) {
  const auto index = OnlyIndex(record.headers, "content-length");
  if (!index) return std::nullopt;
  const std::string_view text = record.headers[*index].value;
  uint64_t length = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  const uint64_t real = record.truncated ? record.wire_body_bytes : record.body.size();
  if (error != std::errc() || stop != text.data() + text.size() || length != real) {
    return std::nullopt;
  }
  return index;
}

bool DropChunked(Record* record, const Record& other) {
  const auto index = ChunkedIndex(*record);
  if (!index || other.headers.Find("transfer-encoding")) return false;
  Drop(record, *index);
  return true;
}

bool DropTrueLength(Record* record, const Record& other) {
  const auto index = TrueLengthIndex(*record);
  if (!index || other.headers.Find("content-length")) return false;
  Drop(record, *index);
  return true;
}

bool DropConnectionFields(Record* record, const Record& other) {
  Fields kept = Without(record->headers, [&](FieldView field) {
    return IsConnectionField(field) && !other.headers.Find(field.name);
  });
  if (kept.size() == record->headers.size()) return false;
  record->headers = std::move(kept);
  return true;
}

// For whom an HTTP/1 request is: an absolute-form target goes before Host (RFC 9112, 3.2.2).
std::string EffectiveAuthority(const Record& record) {
  if (const auto authority = AuthorityOfTarget(record.target)) return std::string(*authority);
  return std::string(record.headers.Find("host").value_or(std::string_view()));
}

// The :path of a target (RFC 9113, 8.3.1): of the absolute form what follows the authority, "/"
// when that is nothing, and "*" then for OPTIONS.
std::string PathOf(const Record& record) {
  const std::string_view target = record.target;
  if (!AuthorityOfTarget(target)) return record.target;
  const size_t path = target.find_first_of("/?#", target.find("://") + 3);
  if (path == std::string_view::npos) return record.method == "OPTIONS" ? "*" : "/";
  if (target[path] == '/') return std::string(target.substr(path));
  return std::string("/").append(target.substr(path));
}

void TranslateTarget(Record* http1, const Record& http2, ToleratedSet* found) {
  if (http1->target == http2.target) return;
  std::string path = PathOf(*http1);
  if (path == http1->target) return;
  http1->target = std::move(path);
  Note(found, ToleratedForm::kAbsoluteTarget);
}

// Leaves another authority to CompareRecords. A client may send Host beside :authority or, without
// one, alone: then Host is compared as a field.
void TranslateAuthority(Record* http1, const Record& http2, ToleratedSet* found) {
  const std::string authority = EffectiveAuthority(*http1);
  const bool host_stays = http2.headers.Find("host").has_value();
  http1->authority = host_stays && http2.authority.empty() ? "" : authority;
  const auto host = OnlyIndex(http1->headers, "host");
  if (host_stays || !host || http1->headers[*host].value != authority) return;
  Drop(http1, *host);
  Note(found, ToleratedForm::kHostAsAuthority);
}

void TranslateFraming(Record* http1, Record* http2, ToleratedSet* found) {
  bool differs = http1->framing != http2->framing;
  differs = DropChunked(http1, *http2) || differs;
  differs = DropTrueLength(http1, *http2) || differs;
  differs = DropTrueLength(http2, *http1) || differs;
  http1->framing = http2->framing;
  if (differs) Note(found, ToleratedForm::kFraming);
}

void TranslateCookies(Record* http1, Record* http2, ToleratedSet* found) {
  Fields joined1 = CookiesJoined(http1->headers);
  Fields joined2 = CookiesJoined(http2->headers);
  const auto joined = joined1.Find("cookie");
  if (!joined || joined != joined2.Find("cookie")) return;
  // As many crumbs in other places would be a change of order.
  if (http1->headers.Count("cookie") == http2->headers.Count("cookie")) return;
  http1->headers = std::move(joined1);
  http2->headers = std::move(joined2);
  Note(found, ToleratedForm::kCookies);
}

void TranslateNames(Record* http1, ToleratedSet* found) {
  Fields headers = LowerCased(http1->headers);
  Fields trailers = LowerCased(http1->trailers);
  if (headers == http1->headers && trailers == http1->trailers) return;
  http1->headers = std::move(headers);
  http1->trailers = std::move(trailers);
  Note(found, ToleratedForm::kLowerCase);
}

void TranslateToHttp2(Record* http1, Record* http2, ToleratedSet* found) {
  http1->version = HttpVersion::kHttp2;
  TranslateAuthority(http1, *http2, found);
  TranslateTarget(http1, *http2, found);
  TranslateFraming(http1, http2, found);
  if (DropConnectionFields(http1, *http2)) Note(found, ToleratedForm::kConnectionFields);
  TranslateCookies(http1, http2, found);
  TranslateNames(http1, found);
}

void TranslateToHttp11(Record* http10, Record* http11, ToleratedSet* found) {
  http10->version = HttpVersion::kHttp11;
  if (http11->framing == Framing::kChunked && http10->framing != Framing::kChunked &&
      DropChunked(http11, *http10)) {
    DropTrueLength(http10, *http11);
    http11->framing = http10->framing;
    Note(found, ToleratedForm::kFraming);
  }
  const bool in_10 = DropConnectionFields(http10, *http11);
  const bool in_11 = DropConnectionFields(http11, *http10);
  if (in_10 || in_11) Note(found, ToleratedForm::kConnectionFields);
}

void Translate(Record* a, Record* b, ToleratedSet* found) {
  Note(found, ToleratedForm::kVersion);
  if (IsHttp2(*a) || IsHttp2(*b)) {
    TranslateToHttp2(IsHttp2(*a) ? b : a, IsHttp2(*a) ? a : b, found);
  } else {
    const bool a_is_old = a->version == HttpVersion::kHttp10;
    TranslateToHttp11(a_is_old ? a : b, a_is_old ? b : a, found);
  }
}

void TolerateCurl(Record* a, Record* b, ToleratedSet* found) {
  const auto in_a = OnlyIndex(a->headers, "host");
  const auto in_b = OnlyIndex(b->headers, "host");
  if (!in_a || !in_b) return;
  const FieldView host_a = a->headers[*in_a];
  const FieldView host_b = b->headers[*in_b];
  const bool is_curls_a = *in_a == 0 && host_a.name == "Host";
  const bool is_curls_b = *in_b == 0 && host_b.name == "Host";
  if (host_a.value != host_b.value || is_curls_a == is_curls_b) return;
  if (*in_a != *in_b) Note(found, ToleratedForm::kHostMoved);
  if (host_a.name != host_b.name) Note(found, ToleratedForm::kHostSpelled);
  Record* const other = is_curls_a ? b : a;
  other->headers = MovedFirst(other->headers, is_curls_a ? *in_b : *in_a, "Host");
}

}  // namespace

absl::StatusOr<Tolerances> ParseTolerances(std::string_view list) {
  Tolerances tolerances;
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(','));
    if (word != "curl") return UsageError("'{}' is not known; the one known value is curl", word);
    tolerances.curl = true;
    list.remove_prefix(std::min(list.size(), word.size() + 1));
  }
  return tolerances;
}

std::string_view NameOf(ToleratedForm form) { return kNames[static_cast<size_t>(form)]; }

ToleratedSet Tolerate(const Tolerances& tolerances, Record* a, Record* b) {
  ToleratedSet found;
  if (tolerances.across_versions && a->version != b->version) Translate(a, b, &found);
  if (tolerances.curl && !IsHttp2(*a) && !IsHttp2(*b)) TolerateCurl(a, b, &found);
  return found;
}

void FoldWithinVersion(const Tolerances& tolerances, Record* record) {
  if (!tolerances.curl || IsHttp2(*record)) return;
  const auto host = OnlyIndex(record->headers, "host");
  if (host) record->headers = MovedFirst(record->headers, *host, "Host");
}

void FoldAcrossVersions(Record* record) {
  if (!IsHttp2(*record)) {
    record->authority = EffectiveAuthority(*record);
  } else if (record->authority.empty()) {
    record->authority = record->headers.Find("host").value_or(std::string_view());
  }
  record->target = PathOf(*record);
  if (const auto chunked = ChunkedIndex(*record)) Drop(record, *chunked);
  if (const auto length = TrueLengthIndex(*record)) Drop(record, *length);
  record->headers = LowerCased(CookiesJoined(Without(record->headers, [](FieldView field) {
    return IsConnectionField(field) || EqualsIgnoreCase(field.name, "host");
  })));
  record->trailers = LowerCased(record->trailers);
  record->version = HttpVersion::kHttp2;
  record->framing = Framing::kNone;
}

}  // namespace shadowreel
