#include "scenarios/terms/path_rewrite.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/status.h"
#include "base/text.h"
#include "formats/request_path.h"
#include "net/http/byte_set.h"

namespace shadowreel {
namespace {

constexpr std::string_view kArrow = " -> ";
constexpr std::string_view kExpression = "re:";

// What a path may gain: nothing that would end it or begin a query.
constexpr ByteSet kPathBytes =
    ByteSet::Where([](unsigned char c) { return c > ' ' && c != 0x7f && c != '?' && c != '#'; });

absl::Status CheckPrefix(std::string_view path) {
  if (path.starts_with('/') && kPathBytes.HoldsAllOf(path)) return absl::OkStatus();
  return UsageError("'{}' is no path: it begins with '/' and has no query and no blank", path);
}

}  // namespace

absl::StatusOr<PathRewrite> PathRewrite::Parse(std::string_view text) {
  if (text.size() > kMaxPathRewriteBytes) {
    return UsageError("a rule of {} bytes; {} is the most", text.size(), kMaxPathRewriteBytes);
  }
  // With a blank behind it, so that "re:x -> " divides, too: it removes what matches.
  const std::string padded = std::string(text).append(" ");
  const size_t arrow = padded.rfind(kArrow);
  if (arrow == std::string::npos) {
    return UsageError("'{}' has no arrow; write '/old -> /new' or 're:EXPR -> SUBST'", text);
  }
  const std::string_view from = Trimmed(std::string_view(padded).substr(0, arrow));
  const std::string_view to = Trimmed(std::string_view(padded).substr(arrow + kArrow.size()));
  PathRewrite rewrite;
  rewrite.text_ = text;
  rewrite.replacement_ = to;
  if (from.starts_with(kExpression)) {
    RETURN_IF_ERROR(rewrite.ReadExpression(from.substr(kExpression.size())));
    return rewrite;
  }
  RETURN_IF_ERROR(CheckPrefix(from));
  RETURN_IF_ERROR(CheckPrefix(to));
  rewrite.prefix_ = from;
  return rewrite;
}

absl::Status PathRewrite::ReadExpression(std::string_view expression) {
  if (expression.empty()) return UsageError("'{}': no expression behind 're:'", text_);
  RE2::Options options(RE2::Latin1);  // a target's bytes need not be UTF-8
  options.set_log_errors(false);
  expression_ = std::make_shared<const RE2>(std::string(expression), options);
  if (!expression_->ok()) {
    return UsageError("'{}' is no RE2 expression: {}", expression, expression_->error());
  }
  std::string error;
  if (!expression_->CheckRewriteString(replacement_, &error)) {
    return UsageError("'{}': {}", replacement_, error);
  }
  if (!kPathBytes.HoldsAllOf(replacement_)) {
    return UsageError("'{}' is no part of a path: it has no query and no blank", replacement_);
  }
  return absl::OkStatus();
}

std::optional<std::string> PathRewrite::Rewritten(std::string_view path) const {
  if (expression_ == nullptr) {
    if (!path.starts_with(prefix_)) return std::nullopt;
    return std::string(replacement_).append(path.substr(prefix_.size()));
  }
  std::string rewritten(path);
  if (RE2::GlobalReplace(&rewritten, *expression_, replacement_) == 0) return std::nullopt;
  if (!rewritten.starts_with('/')) rewritten.insert(rewritten.begin(), '/');
  return rewritten;
}

std::optional<std::string> RewriteTarget(const std::vector<PathRewrite>& rules,
                                         std::string_view target) {
  const std::string_view path = PathOf(target);
  if (!path.starts_with('/')) return std::nullopt;
  for (const PathRewrite& rule : rules) {
    const std::optional<std::string> rewritten = rule.Rewritten(path);
    if (!rewritten) continue;
    const size_t query = std::min(target.find('?'), target.size());
    // Of "http://host?q" the path is no part of the target.
    const bool is_part = path.data() >= target.data() && path.data() < target.data() + query;
    const size_t begin = is_part ? query - path.size() : query;
    return std::string(target.substr(0, begin)).append(*rewritten).append(target.substr(query));
  }
  return std::nullopt;
}

}  // namespace shadowreel
