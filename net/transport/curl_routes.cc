#include "net/transport/curl_routes.h"

namespace shadowreel {

CurlRoutes::CurlRoutes(const TargetUrl& target, const std::vector<EndpointAddress>& endpoints) {
  if (endpoints.empty()) routes_.push_back({.host = target.host});
  lines_.reserve(endpoints.size());
  lists_.reserve(endpoints.size());
  for (const EndpointAddress& endpoint : endpoints) {
    lines_.push_back("::" + endpoint.Authority());  // for every host and port
    lists_.push_back({lines_.back().data(), nullptr});
    routes_.push_back({.host = endpoint.host, .connect_to = &lists_.back()});
  }
}

}  // namespace shadowreel
