#include "replayer/plan/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "formats/request_path.h"
#include "net/http/byte_set.h"
#include "replayer/plan/path_fold.h"

namespace shadowreel {
namespace {

constexpr ByteSet kPrintableBytes =
    ByteSet::Where([](unsigned char c) { return c > ' ' && c <= '~'; });

// Appends `text` escaped; stops soon after the bound.
void AppendPrintable(std::string_view text, std::string* out) {
  text = text.substr(0, kMaxEndpointBytes + 1);
  if (kPrintableBytes.HoldsAllOf(text)) {
    out->append(text);
    return;
  }
  for (const char c : text) {
    if (out->size() > kMaxEndpointBytes) return;
    if (c > ' ' && c <= '~') {
      out->push_back(c);
    } else {
      fmt::format_to(std::back_inserter(*out), "\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
}

void AppendFolded(std::string_view path, std::string* out) {
  while (path.starts_with('/') && out->size() <= kMaxEndpointBytes) {
    const std::string_view segment = path.substr(1, path.find('/', 1) - 1);
    const std::string_view parameter = ParameterFor(segment);
    out->push_back('/');
    AppendPrintable(parameter.empty() ? segment : parameter, out);
    path.remove_prefix(1 + segment.size());
  }
}

}  // namespace

std::string EndpointNamer::NameOf(std::string_view method, std::string_view target) const {
  std::string_view path = PathOf(target);
  path = path.substr(0, path.find('#'));
  std::string endpoint;
  AppendPrintable(method, &endpoint);
  endpoint.push_back(' ');
  AppendPath(method, path, &endpoint);
  if (endpoint.size() > kMaxEndpointBytes) {
    endpoint.resize(kMaxEndpointBytes - 3);
    endpoint.append("...");
  }
  return endpoint;
}

void EndpointNamer::AppendPath(std::string_view method, std::string_view path,
                               std::string* out) const {
  for (const PathTemplate& own : templates_) {
    if (!own.Fits(method, path)) continue;
    out->append(own.path());
    return;
  }
  const bool has_digit =
      std::any_of(path.begin(), path.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (fold_ && has_digit && path.starts_with('/')) {
    AppendFolded(path, out);
  } else {
    AppendPrintable(path, out);
  }
}

}  // namespace shadowreel
