#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shadowreel {

// An absolute http or https URL in the parts that a request has (RFC 9112, 3.2.1).
struct AbsoluteUrl {
  std::string authority;
  std::string target;  // origin-form: path and query; "/" when the path is empty
};

// Nothing for other schemes, without a host, with a user name, and with bytes that no request
// target holds (white space, control bytes). The fragment is not sent and goes.
std::optional<AbsoluteUrl> SplitAbsoluteUrl(std::string_view url);

}  // namespace shadowreel
