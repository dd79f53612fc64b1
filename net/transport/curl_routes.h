#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "net/transport/target_url.h"

namespace shadowreel {

// Where a request is connected to, in libcurl's terms.
struct CurlRoute {
  std::string host;                  // for the address guard
  curl_slist* connect_to = nullptr;  // CURLOPT_CONNECT_TO; null: the URL's own server
};

// The routes to a target: its endpoints, or itself when it has none. Unchanging after the
// construction; libcurl keeps pointers into it.
class CurlRoutes {
 public:
  CurlRoutes(const TargetUrl& target, const std::vector<EndpointAddress>& endpoints);
  CurlRoutes(const CurlRoutes&) = delete;
  CurlRoutes& operator=(const CurlRoutes&) = delete;

  // At least 1.
  size_t size() const { return routes_.size(); }
  const CurlRoute& At(uint64_t turn) const { return routes_[turn % routes_.size()]; }

 private:
  std::vector<std::string> lines_;
  std::vector<curl_slist> lists_;  // of one element each
  std::vector<CurlRoute> routes_;
};

}  // namespace shadowreel
