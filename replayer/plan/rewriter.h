#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/record.h"
#include "net/transport/transport.h"
#include "replayer/plan/header_edits.h"
#include "scenarios/terms/authority_choice.h"
#include "scenarios/terms/path_rewrite.h"

namespace shadowreel {

enum class StripMode : uint8_t {
  kMesh,  // without what acts on or pollutes a mesh, and as HTTP/1.1
  kNone,  // every field, and the recorded version
};

struct RewriterOptions {
  AuthorityMode authority = AuthorityMode::kTarget;
  std::string target_authority;   // "host" or "host:port", as the target's URL has it
  std::string literal_authority;  // kLiteral
  StripMode strip = StripMode::kMesh;
  bool drop_conditional = false;             // without If-* fields: their validators are stale
  std::vector<PathRewrite> path_rewrites{};  // the first that fits is done
  HeaderEdits edits{};
  std::string marker_name;   // empty: no marker; `edits` set and add no such field
  std::string marker_value;  // the run's id
};

// Turns a record into what is sent. A value; thread-safe.
//
// The authority is set where the recorded Host stood, its name as spelled there, and first when
// there was none; it also replaces the authority of an absolute target (RFC 9112, 3.2.2: that one
// overrides Host), except in kRecorded, which adds no Host to HTTP/1.0 and leaves an empty one
// empty. Fields that frame the message stand in their recorded place and say what is really sent,
// as spelled there when that is still true. The cookie fields of an HTTP/2 record become one, in
// the first one's place (RFC 9113, 8.2.3). The marker comes last.
//
// StripMode::kMesh removes x-envoy-*, x-forwarded-*, x-b3-*, b3, traceparent, tracestate, Expect
// and the hop-by-hop fields: Connection and what it lists, Keep-Alive, Proxy-Connection, TE,
// Upgrade (RFC 9110, 7.6.1), from headers and trailers. When the edits append to x-forwarded-for,
// that field stays.
//
// The headers are made in this order: what is stripped goes; `edits` remove, set, add and append to
// x-forwarded-for; the marker. Edits do not look at trailers, and see the cookies of HTTP/2 as one.
class Rewriter {
 public:
  explicit Rewriter(RewriterOptions options) : options_(std::move(options)) {}

  // Whether what Rewrite makes of the record names the target's own authority, in Host and in an
  // absolute target.
  bool NamesTarget(const Record& record) const;

  // Takes method, target, body and trailers out of the record. Nothing, with the record left
  // alone, when HTTP/1 cannot say it: CONNECT, bytes that would end a line, a transfer coding
  // other than chunked, chunks in HTTP/1.0; or when the rules made its target longer than
  // kMaxRewrittenTargetBytes.
  std::optional<OutboundRequest> Rewrite(Record&& record) const;

  const std::string& marker_name() const { return options_.marker_name; }

 private:
  std::string AuthorityFor(const Record& record) const;
  void AddHeaders(const Record& record, Framing framing, std::string_view authority,
                  Fields* out) const;
  bool Drops(std::string_view name, const std::vector<std::string_view>& hop_by_hop) const;
  bool SendsHttp10(const Record& record) const;

  const RewriterOptions options_;
};

// Whether a marker can have that name: a token that says nothing about the message itself.
bool IsMarkerName(std::string_view name);

}  // namespace shadowreel
