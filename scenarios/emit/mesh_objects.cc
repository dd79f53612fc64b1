#include "scenarios/emit/mesh_objects.h"

#include <fmt/format.h>

#include <string_view>

#include "scenarios/emit/kubernetes_names.h"

namespace shadowreel {
namespace {

constexpr std::string_view kRule =
    R"(# Istio does not bound what a proxy holds for a mirror: a recorder that is slow would fill its
# memory. With these bounds, of each proxy, it loses copies instead, and counts them
# (upstream_rq_pending_overflow).
apiVersion: {api_version}
kind: DestinationRule
metadata:
  name: "{name}"
  namespace: "{name_space}"
spec:
  host: "{host}"
  trafficPolicy:
    connectionPool:
      tcp:
        maxConnections: 128
        connectTimeout: 1s
      http:
        http1MaxPendingRequests: 128
        http2MaxRequests: 1024
)";

constexpr std::string_view kTls =
    R"(    # Older Istio verifies no certificate unless caCertificates names the file of its authority.
    tls:
      mode: SIMPLE
      sni: "{address}"
      subjectAltNames:
        - "{address}"
)";

constexpr std::string_view kEntry = R"(apiVersion: {api_version}
kind: ServiceEntry
metadata:
  name: "{name}"
  namespace: "{name_space}"
spec:
  hosts:
    - "{host}"
  location: MESH_EXTERNAL
  resolution: {resolution}
  ports:
    - number: {port}
      name: {port_name}
      protocol: {protocol}
)";

constexpr std::string_view kGrant = R"(apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata:
  name: "{name}"
  namespace: "{name_space}"
spec:
  from:
    - group: gateway.networking.k8s.io
      kind: HTTPRoute
      namespace: "{from}"
  to:
    - group: ""
      kind: Service
      name: "{name}"
)";

}  // namespace

std::string RecorderRuleYaml(const RecorderPlace& recorder, const std::string& api_version) {
  std::string text =
      fmt::format(kRule, fmt::arg("api_version", api_version), fmt::arg("name", recorder.name),
                  fmt::arg("name_space", recorder.name_space), fmt::arg("host", recorder.host));
  if (recorder.tls) text += fmt::format(kTls, fmt::arg("address", recorder.address));
  return text;
}

std::string RecorderEntryYaml(const RecorderPlace& recorder, const std::string& api_version) {
  const bool by_address = IsIpv4(recorder.address);
  std::string text = fmt::format(
      kEntry, fmt::arg("api_version", api_version), fmt::arg("name", recorder.name),
      fmt::arg("name_space", recorder.name_space), fmt::arg("host", recorder.host),
      fmt::arg("resolution", by_address ? "STATIC" : "DNS"), fmt::arg("port", recorder.port),
      fmt::arg("port_name", recorder.h2c ? "http2" : "http"),
      fmt::arg("protocol", recorder.h2c ? "HTTP2" : "HTTP"));
  if (recorder.port != recorder.address_port) {
    text += fmt::format("      targetPort: {}\n", recorder.address_port);
  }
  if (by_address) text += fmt::format("  endpoints:\n    - address: \"{}\"\n", recorder.address);
  return text;
}

std::string ReferenceGrantYaml(const RecorderPlace& recorder, const std::string& from) {
  return fmt::format(kGrant, fmt::arg("name", recorder.name),
                     fmt::arg("name_space", recorder.name_space), fmt::arg("from", from));
}

}  // namespace shadowreel
