#include "scenarios/emit/kubernetes_names.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/status.h"
#include "formats/byte_text.h"

namespace shadowreel {
namespace {

constexpr size_t kMostLabel = 63;
constexpr size_t kMostObjectName = 50;
constexpr size_t kMostDnsName = 253;
constexpr size_t kMostImage = 512;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLabelByte(char c) { return IsLower(c) || IsDigit(c) || c == '-'; }

bool IsLabel(std::string_view text) {
  return !text.empty() && text.size() <= kMostLabel && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), IsLabelByte);
}

bool IsImageByte(char c) {
  return IsLabelByte(c) || (c >= 'A' && c <= 'Z') ||
         std::string_view("._/:@").find(c) != std::string_view::npos;
}

}  // namespace

absl::Status CheckObjectName(const char* flag, const std::string& name) {
  if (IsLabel(name) && IsLower(name.front()) && name.size() <= kMostObjectName) {
    return absl::OkStatus();
  }
  return UsageError("--{}={}: from 1 to {} of a-z, 0-9 and '-', beginning with a letter", flag,
                    EscapeBeginning(name, kMostDnsName), kMostObjectName);
}

absl::Status CheckNamespace(const char* flag, const std::string& name) {
  if (IsLabel(name)) return absl::OkStatus();
  return UsageError("--{}={}: from 1 to {} of a-z, 0-9 and '-', not '-' at the ends", flag,
                    EscapeBeginning(name, kMostDnsName), kMostLabel);
}

absl::Status CheckImage(const char* flag, const std::string& image) {
  if (image.empty()) {
    return UsageError(
        "--{}=IMAGE is needed: the recorder's container image; or --recorder=HOST:PORT "
        "when it runs outside of the cluster",
        flag);
  }
  if (image.size() <= kMostImage && std::all_of(image.begin(), image.end(), IsImageByte) &&
      (IsLower(image.front()) || IsDigit(image.front()))) {
    return absl::OkStatus();
  }
  return UsageError("--{}={}: is no reference to a container image", flag,
                    EscapeBeginning(image, kMostImage));
}

bool IsDnsName(std::string_view text) {
  if (text.empty() || text.size() > kMostDnsName) return false;
  while (true) {
    const size_t dot = text.find('.');
    if (!IsLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool IsIpv4(std::string_view text) {
  in_addr address;
  return inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

absl::StatusOr<NamedAddress> ParseHostPort(const char* flag, const std::string& text) {
  const size_t colon = text.rfind(':');
  NamedAddress parsed;
  if (colon != std::string::npos) {
    parsed.host = text.substr(0, colon);
    for (char& c : parsed.host) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, parsed.port);
    if (error == std::errc() && stopped == end && parsed.port > 0) {
      if (IsIpv4(parsed.host) || IsDnsName(parsed.host)) return parsed;
    }
  }
  return UsageError("--{}={}: HOST:PORT, with a DNS name or an address of IPv4", flag,
                    EscapeBeginning(text, kMostDnsName));
}

}  // namespace shadowreel
