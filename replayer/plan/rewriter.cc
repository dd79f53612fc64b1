#include "replayer/plan/rewriter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "net/http/authority.h"
#include "net/http/byte_set.h"
#include "net/http/field_value.h"
#include "net/http/token.h"

namespace shadowreel {
namespace {

using Names = std::vector<std::string_view>;

constexpr std::array<std::string_view, 3> kMeshPrefixes = {"x-envoy-", "x-forwarded-", "x-b3-"};
constexpr std::array<std::string_view, 9> kMeshNames = {"b3",     "traceparent",      "tracestate",
                                                        "expect", "connection",       "keep-alive",
                                                        "te",     "proxy-connection", "upgrade"};
bool IsOneOf(std::string_view name, const std::string_view* begin, const std::string_view* end) {
  return std::any_of(begin, end, [&](std::string_view one) { return EqualsIgnoreCase(name, one); });
}

bool HasPrefix(std::string_view name, std::string_view prefix) {
  return EqualsIgnoreCase(name.substr(0, prefix.size()), prefix);
}

bool IsMeshField(std::string_view name) {
  return std::any_of(kMeshPrefixes.begin(), kMeshPrefixes.end(),
                     [&](std::string_view prefix) { return HasPrefix(name, prefix); }) ||
         IsOneOf(name, kMeshNames.data(), kMeshNames.data() + kMeshNames.size());
}

// What Connection fields list (RFC 9110, 7.6.1).
Names ListedByConnection(const Fields& headers) {
  Names listed;
  for (const FieldView field : headers) {
    if (!EqualsIgnoreCase(field.name, "connection")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view name = Trimmed(rest.substr(0, comma));
      if (!name.empty()) listed.push_back(name);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return listed;
}

// No byte of a request line's middle part may end it.
constexpr ByteSet kTargetBytes =
    ByteSet::Where([](unsigned char c) { return c > ' ' && c != 0x7f; });

bool AreExpressible(const Fields& fields) {
  for (const FieldView field : fields) {
    if (!IsToken(field.name) || !IsFieldValue(field.value)) return false;
  }
  return true;
}

bool IsTarget(std::string_view target) {
  return !target.empty() && kTargetBytes.HoldsAllOf(target);
}

// Of an absolute target, `record.authority` is not what Host said. HTTP/1.0 may have no Host.
std::string RecordedHost(const Record& record, bool http10) {
  if (record.version == HttpVersion::kHttp2) return record.authority;
  if (const auto host = record.headers.Find("host")) return std::string(*host);
  return http10 ? "" : record.authority;
}

// Leading zeros are no difference (RFC 9110, 8.6).
bool SaysLength(std::string_view value, size_t length) {
  size_t said = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), said);
  return error == std::errc() && end == value.data() + value.size() && said == length;
}

// A body that came in HTTP/2 without a content-length gets one; trailers need chunks.
Framing FramingFor(const Record& record) {
  if (record.framing == Framing::kChunked || !record.trailers.empty()) return Framing::kChunked;
  if (!record.body.empty()) return Framing::kContentLength;
  return record.framing;
}

bool IsCookie(std::string_view name) { return EqualsIgnoreCase(name, "cookie"); }

// The cookie fields' values as one (RFC 9113, 8.2.3).
std::string JoinedCookies(const Fields& headers) {
  std::string joined;
  bool first = true;
  for (const FieldView field : headers) {
    if (!IsCookie(field.name)) continue;
    if (!std::exchange(first, false)) joined.append("; ");
    joined.append(field.value);
  }
  return joined;
}

bool CodingsAreChunkedAlone(const Fields& headers) {
  for (const FieldView field : headers) {
    if (EqualsIgnoreCase(field.name, "transfer-encoding") &&
        !EqualsIgnoreCase(Trimmed(field.value), "chunked")) {
      return false;
    }
  }
  return true;
}

bool IsExpressible(const Record& record) {
  return IsToken(record.method) && record.method != "CONNECT" && IsTarget(record.target) &&
         AreExpressible(record.headers) && AreExpressible(record.trailers) &&
         IsFieldValue(record.authority) && CodingsAreChunkedAlone(record.headers);
}

// Replaces the authority of an absolute target, user information included.
std::string WithAuthority(std::string target, std::string_view authority) {
  const std::optional<std::string_view> recorded = AuthorityOfTarget(target);
  if (!recorded) return target;
  const size_t begin = target.find("://") + 3;
  const size_t end = static_cast<size_t>(recorded->data() + recorded->size() - target.data());
  return target.replace(begin, end - begin, authority);
}

}  // namespace

bool IsMarkerName(std::string_view name) { return IsToken(name) && !IsMessageName(name); }

std::string Rewriter::AuthorityFor(const Record& record) const {
  switch (options_.authority) {
    case AuthorityMode::kTarget:
      return options_.target_authority;
    case AuthorityMode::kRecorded:
      return RecordedHost(record, SendsHttp10(record));
    case AuthorityMode::kStripped:
      return record.stripped_authority;
    case AuthorityMode::kShadow:
      return AddShadow(record.stripped_authority);
    case AuthorityMode::kLiteral:
      return options_.literal_authority;
  }
  CHECK(false);
}

// HTTP/1.1 must carry a Host (RFC 9112, 3.2), even when none was recorded. It may be empty.
bool Rewriter::NamesTarget(const Record& record) const {
  if (options_.authority == AuthorityMode::kTarget) return true;
  if (SendsHttp10(record) || !AuthorityFor(record).empty()) return false;
  return options_.authority != AuthorityMode::kRecorded || !record.headers.Find("host");
}

bool Rewriter::SendsHttp10(const Record& record) const {
  return options_.strip == StripMode::kNone && record.version == HttpVersion::kHttp10;
}

bool Rewriter::Drops(std::string_view name, const Names& hop_by_hop) const {
  if (options_.drop_conditional && HasPrefix(name, "if-")) return true;
  if (!options_.marker_name.empty() && EqualsIgnoreCase(name, options_.marker_name)) return true;
  if (options_.strip == StripMode::kNone) return false;
  const bool kept = !options_.edits.forwarded_for.empty() && EqualsIgnoreCase(name, kForwardedFor);
  return (!kept && IsMeshField(name)) ||
         IsOneOf(name, hop_by_hop.data(), hop_by_hop.data() + hop_by_hop.size());
}

void Rewriter::AddHeaders(const Record& record, Framing framing, std::string_view authority,
                          Fields* out) const {
  const Names hop_by_hop = ListedByConnection(record.headers);
  const std::string length = std::to_string(record.body.size());
  const bool joins_cookies = record.version == HttpVersion::kHttp2;
  bool placed_host = false;
  bool placed_cookie = false;
  bool placed_framing = framing == Framing::kNone;
  const auto place_framing = [&](std::string_view name, Framing kind, std::string_view value) {
    if (kind == framing && !std::exchange(placed_framing, true)) out->Add(name, value);
  };
  out->Reserve(record.headers.size() + 3, record.headers.byte_size() + 128);
  if (!authority.empty() && !record.headers.Find("host")) out->Add("Host", authority);
  for (const FieldView field : record.headers) {
    if (EqualsIgnoreCase(field.name, "host")) {
      if (!std::exchange(placed_host, true)) out->Add(field.name, authority);
    } else if (EqualsIgnoreCase(field.name, "content-length")) {
      const bool right = SaysLength(field.value, record.body.size());
      place_framing(field.name, Framing::kContentLength, right ? field.value : length);
    } else if (EqualsIgnoreCase(field.name, "transfer-encoding")) {
      place_framing(field.name, Framing::kChunked, field.value);  // "chunked", in any case
    } else if (Drops(field.name, hop_by_hop)) {
      continue;
    } else if (joins_cookies && IsCookie(field.name)) {
      if (!std::exchange(placed_cookie, true)) out->Add(field.name, JoinedCookies(record.headers));
    } else {
      out->Add(field.name, field.value);
    }
  }
  place_framing("Content-Length", Framing::kContentLength, length);
  place_framing("Transfer-Encoding", Framing::kChunked, "chunked");
  EditHeaders(options_.edits, out);
  if (!options_.marker_name.empty()) out->Add(options_.marker_name, options_.marker_value);
}

std::optional<OutboundRequest> Rewriter::Rewrite(Record&& record) const {
  const Framing framing = FramingFor(record);
  const bool http10 = SendsHttp10(record);
  if (!IsExpressible(record) || (http10 && framing == Framing::kChunked)) return std::nullopt;
  std::optional<std::string> rewritten = RewriteTarget(options_.path_rewrites, record.target);
  if (rewritten && rewritten->size() > kMaxRewrittenTargetBytes) return std::nullopt;
  const std::string authority =
      NamesTarget(record) ? options_.target_authority : AuthorityFor(record);
  OutboundRequest request;
  AddHeaders(record, framing, authority, &request.headers);
  for (const FieldView field : record.trailers) {
    if (!Drops(field.name, {})) request.trailers.Add(field.name, field.value);
  }
  request.method = std::move(record.method);
  request.target = rewritten ? std::move(*rewritten) : std::move(record.target);
  if (options_.authority != AuthorityMode::kRecorded) {
    request.target = WithAuthority(std::move(request.target), authority);
  }
  request.body = std::move(record.body);
  request.chunked = framing == Framing::kChunked;
  request.http10 = http10;
  return request;
}

}  // namespace shadowreel
