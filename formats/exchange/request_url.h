#pragma once

#include <string>
#include <string_view>

namespace shadowreel {

// What a request to a URL says on the wire.
struct RequestUrl {
  std::string authority;  // "host[:port]" as written, without user information
  std::string target;     // origin form: path and query; "" when the URL has neither
};

// Takes an absolute http or https URL apart. The fragment and user information are never sent and
// are left out; white space and control characters in path and query are percent-encoded, as
// browsers do; a query without a path gets "/". Returns nullptr, or what is wrong in a few words.
const char* SplitUrl(std::string_view url, RequestUrl* parts);

// The URL of a request, such that SplitUrl gives both parts back where a URL can hold them at all.
// `target` may have any form; bytes that are no UTF-8 are percent-encoded.
std::string JoinUrl(std::string_view authority, std::string_view target);

// `bytes` with what is no UTF-8 percent-encoded, and the bytes of `also`.
std::string PercentEncode(std::string_view bytes, std::string_view also);

}  // namespace shadowreel
