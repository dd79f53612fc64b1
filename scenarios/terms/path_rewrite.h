#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace shadowreel {

// Longest text of a rule, in bytes.
inline constexpr size_t kMaxPathRewriteBytes = 1024;

// Longest target that rules may make, in bytes: "re:a -> bbbb" makes long ones longer, and no server
// takes such a request line. Whoever sends leaves out what has become longer.
inline constexpr size_t kMaxRewrittenTargetBytes = 64 * 1024;

// One rule that changes a request's path. A value; thread-safe.
//
//   /old -> /new       a path that begins with /old begins with /new instead. Text for text, as
//                      Envoy's prefix_rewrite and Istio's `rewrite.uri` do it: "/serviceB -> /"
//                      makes /serviceB/x into //x, and /serviceBeta into /eta. To leave no double
//                      slash write "/serviceB/ -> /".
//   re:EXPR -> SUBST   every match of the RE2 expression EXPR becomes SUBST, in which \1 is the
//                      first group and \0 the whole match, as Envoy's regex_rewrite does it. EXPR
//                      sees bytes (Latin1), and takes linear time.
//
// A rule sees the path alone; the query stays as it is.
class PathRewrite {
 public:
  // The text's last " -> " divides it. UsageError, without a flag's name, says what is wrong.
  static absl::StatusOr<PathRewrite> Parse(std::string_view text);

  // The path that the rule makes of `path`, which begins with '/'; nothing when it does not fit. It
  // begins with '/' again: one is put there where SUBST left none.
  std::optional<std::string> Rewritten(std::string_view path) const;

  // As parsed.
  const std::string& text() const { return text_; }

 private:
  PathRewrite() = default;
  absl::Status ReadExpression(std::string_view expression);

  std::string text_;
  std::string prefix_;
  std::shared_ptr<const re2::RE2> expression_;  // in place of the prefix
  std::string replacement_;
};

// The request target that the first rule that fits makes of `target`; nothing when none fits. The
// authority of an absolute-form target (RFC 9112, 3.2.2) stays, an empty path there is "/". Targets
// without a path ("*") fit no rule. A rewritten path may hold bytes that a target cannot (what a
// group caught of them was there before).
std::optional<std::string> RewriteTarget(const std::vector<PathRewrite>& rules,
                                         std::string_view target);

}  // namespace shadowreel
