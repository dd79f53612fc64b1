#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/transport/target_url.h"

namespace shadowreel {

// A subset as an Istio DestinationRule names it, with the endpoints that service discovery would
// find by its labels.
struct Subset {
  std::string name;
  std::map<std::string, std::string> labels;
  std::vector<EndpointAddress> endpoints;  // at least one; ports filled in
  // The rule or the subset has a trafficPolicy, which a replay does not apply.
  bool has_traffic_policy = false;
};

inline constexpr size_t kMostSubsetsFileBytes = size_t{1} << 20;

// Finds the subset `name` of the target's host in the text of a subsets file:
//
//   - host: httpbin                # as spec.host of a DestinationRule
//     subsets:
//     - name: v2
//       labels: {version: v2}
//       port: 8000                 # of endpoints that name none; else the target's
//       endpoints: [10.1.2.3, "10.1.2.4:8080", "[::1]:8000"]
//
// Hosts are compared whole, without case: the short name `httpbin` depends on a namespace that
// neither the file nor the URL tells, and so is not the host `httpbin.prod.svc.cluster.local`.
// What else a DestinationRule's spec may hold (trafficPolicy, exportTo, workloadSelector) is
// accepted and has no effect. Only the subset that is asked for must have endpoints; none may have
// more than kMostSubsetServers. `file` stands in messages. UsageError for anything else in the
// file: all that is wrong with it, each in a line "FILE:LINE:COLUMN: why". Pure.
absl::StatusOr<Subset> FindSubset(std::string_view yaml, const std::string& file,
                                  const TargetUrl& target, const std::string& name);

}  // namespace shadowreel
