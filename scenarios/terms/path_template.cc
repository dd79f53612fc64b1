#include "scenarios/terms/path_template.h"

#include <algorithm>

#include "base/status.h"
#include "net/http/token.h"

namespace shadowreel {
namespace {

constexpr std::string_view kRest = "...";

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

bool IsName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsNameByte);
}

absl::Status CheckMethod(std::string_view text, std::string_view method) {
  const bool capitals =
      std::none_of(method.begin(), method.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (IsToken(method) && capitals) return absl::OkStatus();
  return UsageError("'{}': '{}' is not a method; write for example GET /cart/{{id}}", text, method);
}

absl::Status CheckPath(std::string_view text, std::string_view path) {
  if (!path.starts_with('/')) {
    return UsageError(
        "'{}' is not a path template; write for example /product/{{name}} or GET /cart/{{id}}",
        text);
  }
  if (text.size() > PathTemplate::kMaxBytes) {
    return UsageError("'{}...': a path template has at most {} bytes, not {}", text.substr(0, 40),
                      PathTemplate::kMaxBytes, text.size());
  }
  for (const char c : path) {
    if (c == '?' || c == '#') {
      return UsageError("'{}': leave out what begins with '{}'; a template is of the path alone",
                        text, c);
    }
    if (c <= ' ' || c > '~') {
      return UsageError("'{}': a path has no blanks and nothing beyond ASCII; write %20 and %C3%BC",
                        text);
    }
  }
  return absl::OkStatus();
}

// The name of a parameter that is the segment as a whole, empty when it is text.
absl::StatusOr<std::string_view> ParameterOf(std::string_view text, std::string_view segment) {
  if (segment == "*" || segment == "**" || segment.starts_with(':')) {
    return UsageError("'{}': in place of '{}' write {{name}}, or at the end {{rest...}}", text,
                      segment);
  }
  if (segment.find_first_of("{}") == std::string_view::npos) return std::string_view();
  std::string_view name = segment;
  if (name.starts_with('{') && name.ends_with('}')) name = name.substr(1, name.size() - 2);
  if (name.size() == segment.size() || name.find_first_of("{}") != std::string_view::npos) {
    return UsageError("'{}': in '{}' a {{name}} must stand for all that is between two slashes",
                      text, segment);
  }
  std::string_view bare = name;
  if (bare.ends_with(kRest)) bare.remove_suffix(kRest.size());
  if (!IsName(bare)) {
    return UsageError("'{}': '{}' needs a name of letters, digits, '_' and '-', as in {{id}}", text,
                      segment);
  }
  return name;
}

}  // namespace

absl::StatusOr<PathTemplate> ParsePathTemplate(std::string_view text) {
  PathTemplate parsed;
  std::string_view path = text;
  const size_t blank = text.find(' ');
  if (!text.starts_with('/') && blank != std::string_view::npos) {
    parsed.method_ = text.substr(0, blank);
    RETURN_IF_ERROR(CheckMethod(text, parsed.method_));
    path = text.substr(blank + 1);
  }
  RETURN_IF_ERROR(CheckPath(text, path));
  parsed.path_ = path;
  for (size_t begin = 1; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    begin = end + 1;
    ASSIGN_OR_RETURN(const std::string_view name, ParameterOf(text, segment));
    if (!name.ends_with(kRest)) {
      parsed.segments_.push_back(
          {.text = std::string(name.empty() ? segment : name), .parameter = !name.empty()});
    } else if (end == path.size()) {
      parsed.open_ended_ = true;
    } else {
      return UsageError("'{}': '{}' fits all that is left, so nothing comes behind it", text,
                        segment);
    }
  }
  return parsed;
}

bool PathTemplate::FitsPath(std::string_view path,
                            bool (*fits)(const Segment&, std::string_view)) const {
  for (const Segment& segment : segments_) {
    if (!path.starts_with('/')) return false;
    path.remove_prefix(1);
    const std::string_view read = path.substr(0, path.find('/'));
    if (!fits(segment, read)) return false;
    path.remove_prefix(read.size());
  }
  return open_ended_ ? path.starts_with('/') : path.empty();
}

bool PathTemplate::Fits(std::string_view method, std::string_view path) const {
  if (!method_.empty() && method != method_) return false;
  return FitsPath(path, [](const Segment& segment, std::string_view read) {
    return segment.parameter ? !read.empty() : read == segment.text;
  });
}

bool PathTemplate::Covers(std::string_view endpoint) const {
  const size_t blank = endpoint.find(' ');
  if (blank == std::string_view::npos) return false;
  if (!method_.empty() && endpoint.substr(0, blank) != method_) return false;
  return FitsPath(endpoint.substr(blank + 1), [](const Segment& segment, std::string_view read) {
    return segment.parameter ? read.starts_with('{') && read.ends_with('}') : read == segment.text;
  });
}

std::string PathTemplate::text() const { return method_.empty() ? path_ : method_ + ' ' + path_; }

bool PathTemplate::has_parameters() const {
  return open_ended_ || std::any_of(segments_.begin(), segments_.end(),
                                    [](const Segment& segment) { return segment.parameter; });
}

}  // namespace shadowreel
