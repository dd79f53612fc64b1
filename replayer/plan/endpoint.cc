#include "replayer/plan/endpoint.h"

#include <fmt/format.h>

#include <iterator>

#include "net/http/authority.h"
#include "net/http/byte_set.h"

namespace shadowreel {
namespace {

std::string_view PathOf(std::string_view target) {
  if (const auto authority = AuthorityOfTarget(target)) {
    target.remove_prefix(
        static_cast<size_t>(authority->data() + authority->size() - target.data()));
  }
  target = target.substr(0, target.find_first_of("?#"));
  return target.empty() ? "/" : target;
}

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

}  // namespace

std::string EndpointOf(std::string_view method, std::string_view target) {
  std::string endpoint;
  AppendPrintable(method, &endpoint);
  endpoint.push_back(' ');
  AppendPrintable(PathOf(target), &endpoint);
  if (endpoint.size() > kMaxEndpointBytes) {
    endpoint.resize(kMaxEndpointBytes - 3);
    endpoint.append("...");
  }
  return endpoint;
}

}  // namespace shadowreel
