#include "scenarios/manifests/route_path.h"

#include <re2/re2.h>

#include "base/status.h"

namespace shadowreel {
namespace {

std::string WithoutLastSlash(const std::string& path) {
  return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

// Whether `path` begins with the segments of `prefix`, which has no slash at its end.
bool HasSegments(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

// An empty path is the root.
std::string Rooted(std::string path) { return path.empty() ? "/" : path; }

// What a client sent when `rest` is left of its path behind a prefix that `to` replaced.
std::string JoinedPrefix(std::string prefix, const std::string& to, std::string_view rest) {
  if (rest.empty()) return prefix;
  const bool at_slash = prefix.ends_with('/') || to.ends_with('/') || rest.starts_with('/');
  if (!at_slash) return prefix.append(rest);
  if (rest.starts_with('/')) rest.remove_prefix(1);
  if (!prefix.ends_with('/')) prefix += '/';
  return prefix.append(rest);
}

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

absl::StatusOr<RoutePath::Expression> RoutePath::Compile(const std::string& text) {
  RE2::Options options;
  options.set_log_errors(false);
  auto expression = std::make_shared<RE2>(text, options);
  if (expression->ok()) return Expression(std::move(expression));
  return UsageError("expression '{}': {}", text, expression->error());
}

absl::StatusOr<RoutePath> RoutePath::Create(const PathMatch& match, const RouteRewrite& rewrite) {
  RoutePath route;
  route.match_ = match;
  route.rewrite_ = rewrite.kind;
  route.to_ = rewrite.to;
  if (match.kind == PathMatch::Kind::kAny) {
    const bool by_segments = rewrite.kind == RouteRewrite::Kind::kSegmentPrefix;
    route.match_ = {by_segments ? PathMatch::Kind::kSegmentPrefix : PathMatch::Kind::kPrefix, "/"};
  }
  if (route.match_.kind == PathMatch::Kind::kSegmentPrefix) {
    route.match_.value = WithoutLastSlash(route.match_.value);
    route.to_ = rewrite.kind == RouteRewrite::Kind::kSegmentPrefix ? WithoutLastSlash(rewrite.to)
                                                                   : rewrite.to;
  }
  if (match.kind == PathMatch::Kind::kRegex) {
    ASSIGN_OR_RETURN(route.path_, Compile(match.value));
  }
  if (rewrite.kind == RouteRewrite::Kind::kUriRegex) {
    ASSIGN_OR_RETURN(route.expression_, Compile(rewrite.expression));
    std::string error;
    if (!route.expression_->CheckRewriteString(Piece(rewrite.to), &error)) {
      return UsageError("rewrite '{}' of expression '{}': {}", rewrite.to, rewrite.expression,
                        error);
    }
  }
  return route;
}

bool RoutePath::Matches(std::string_view path) const {
  switch (match_.kind) {
    case PathMatch::Kind::kExact:
      return path == match_.value;
    case PathMatch::Kind::kSegmentPrefix:
      return HasSegments(path, match_.value);
    case PathMatch::Kind::kRegex:
      return RE2::FullMatch(Piece(path), *path_);
    case PathMatch::Kind::kAny:
    case PathMatch::Kind::kPrefix:
      break;
  }
  return path.starts_with(match_.value);
}

// Whether the rewrite replaces what a prefix matched; else it replaces whole paths.
bool RoutePath::ReplacesPrefix() const {
  const bool matches_prefix =
      match_.kind == PathMatch::Kind::kPrefix || match_.kind == PathMatch::Kind::kSegmentPrefix;
  return matches_prefix &&
         (rewrite_ == RouteRewrite::Kind::kUri || rewrite_ == RouteRewrite::Kind::kSegmentPrefix);
}

std::string RoutePath::Apply(std::string_view path) const {
  if (rewrite_ == RouteRewrite::Kind::kNone) return std::string(path);
  if (rewrite_ == RouteRewrite::Kind::kUriRegex) {
    std::string rewritten(path);
    RE2::GlobalReplace(&rewritten, *expression_, Piece(to_));
    return rewritten;
  }
  if (!ReplacesPrefix()) return to_;
  return Rooted(to_ + std::string(path.substr(match_.value.size())));
}

std::optional<std::string> RoutePath::Undo(std::string_view path) const {
  if (rewrite_ == RouteRewrite::Kind::kNone) {
    return Matches(path) ? std::optional<std::string>(path) : std::nullopt;
  }
  if (rewrite_ == RouteRewrite::Kind::kUriRegex) return std::nullopt;
  if (!ReplacesPrefix()) {
    const bool told = match_.kind == PathMatch::Kind::kExact && path == to_;
    return told ? std::optional<std::string>(match_.value) : std::nullopt;
  }
  if (rewrite_ == RouteRewrite::Kind::kUri) {
    if (!path.starts_with(to_)) return std::nullopt;
    return JoinedPrefix(match_.value, to_, path.substr(to_.size()));
  }
  if (!HasSegments(path, to_)) return std::nullopt;
  if (to_.empty() && path == "/") return Rooted(match_.value);
  return Rooted(match_.value + std::string(path.substr(to_.size())));
}

}  // namespace shadowreel
