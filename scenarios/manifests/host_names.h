#pragma once

#include <string>
#include <string_view>

namespace shadowreel {

// Names of hosts as a mesh in Kubernetes reads them (cluster domain: cluster.local). Pure.

// The service that `host` means in an object of `name_space`: a name without dots is a Service
// there (reviews -> reviews.prod.svc.cluster.local), NAME.NAMESPACE.svc is completed, a last dot
// is dropped, and letters are made small. Anything else, "reviews.prod" too, is a full name as it
// stands: so Istio reads it. Wildcards ("*", "*.example") and placeholders stay.
std::string FullHost(std::string_view host, std::string_view name_space);

// Of a Service.
std::string ServiceHost(std::string_view name, std::string_view name_space);

// Whether a full name is that of a Service of the cluster.
bool IsClusterHost(std::string_view full_host);

// Whether `pattern`, a full name or one with "*" in front, is or covers `full_host`.
bool HostCovers(std::string_view pattern, std::string_view full_host);

}  // namespace shadowreel
