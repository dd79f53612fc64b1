#include "scenarios/manifests/host_names.h"

#include <fmt/format.h>

namespace shadowreel {
namespace {

constexpr std::string_view kShortSuffix = ".svc";
constexpr std::string_view kClusterSuffix = ".svc.cluster.local";

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

std::string InSmallLetters(std::string_view text) {
  std::string small;
  for (char byte : text) {
    small += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
  }
  return small;
}

}  // namespace

std::string FullHost(std::string_view host, std::string_view name_space) {
  if (host.find("${") != std::string_view::npos) return std::string(host);
  std::string full = InSmallLetters(host);
  if (!full.empty() && full.back() == '.') full.pop_back();
  if (full.empty() || full.front() == '*') return full;
  if (full.find_first_of(".:") == std::string::npos) return ServiceHost(full, name_space);
  if (EndsWith(full, kShortSuffix)) full += kClusterSuffix.substr(kShortSuffix.size());
  return full;
}

std::string ServiceHost(std::string_view name, std::string_view name_space) {
  return fmt::format("{}.{}{}", InSmallLetters(name), InSmallLetters(name_space), kClusterSuffix);
}

bool IsClusterHost(std::string_view full_host) { return EndsWith(full_host, kClusterSuffix); }

bool HostCovers(std::string_view pattern, std::string_view full_host) {
  if (pattern == full_host || pattern == "*") return true;
  return pattern.size() > 1 && pattern.front() == '*' && full_host.size() >= pattern.size() &&
         EndsWith(full_host, pattern.substr(1));
}

}  // namespace shadowreel
