#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/manifests/mesh.h"

namespace re2 {
class RE2;
}

namespace shadowreel {

// One path condition of a route with the route's rewrite, done as Envoy does them. All paths are
// without their query, which a rewrite leaves alone. A value; thread-safe.
//
// A route without a path condition is one with the prefix "/", as Istio and the Gateway API define.
// rewrite.uri is textual: of prefix /serviceB, "/" makes //headers from /serviceB/headers. Of an
// exact or regex match it is the whole path. ReplacePrefixMatch is by segments: its joint is
// always one slash (Gateway API, HTTPPathModifier).
class RoutePath {
 public:
  // UsageError, without a place, for an expression that RE2 does not take.
  static absl::StatusOr<RoutePath> Create(const PathMatch& match, const RouteRewrite& rewrite);

  bool Matches(std::string_view path) const;

  // What becomes of a path that matches.
  std::string Apply(std::string_view path) const;

  // A path that matches and becomes `path`; nothing when no such path can be told, as of a regex or
  // when a whole path was replaced that was not matched exactly. Where prefix or replacement ends
  // with a slash, exactly one stands at the joint: both //headers and /headers are of
  // /serviceB/headers in the example above, because that is what clients send.
  std::optional<std::string> Undo(std::string_view path) const;

 private:
  using Expression = std::shared_ptr<const re2::RE2>;

  RoutePath() = default;
  static absl::StatusOr<Expression> Compile(const std::string& text);
  bool ReplacesPrefix() const;

  PathMatch match_;  // of kSegmentPrefix without the slash at its end; never kAny
  RouteRewrite::Kind rewrite_ = RouteRewrite::Kind::kNone;
  std::string to_;         // of kSegmentPrefix without the slash at its end
  Expression path_;        // of a kRegex match
  Expression expression_;  // of kUriRegex
};

}  // namespace shadowreel
