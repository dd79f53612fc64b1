#include "scenarios/manifests/kubernetes_shapes.h"

namespace shadowreel {
namespace {

using namespace shapes;  // NOLINT: the tables below read as the CRDs do

constexpr double kMostCount = 2147483647;

Shape Texts() { return ListOf(Text()); }

Shape NameAndValue() { return Object({Needed("name", Text()), Needed("value", Text())}); }

Shape ValueMatch() {
  Shape shape = NameAndValue();
  shape.fields.push_back({"type", Words({"Exact", "RegularExpression"})});
  return shape;
}

Shape HeaderFilter() {
  return Object(
      {{"add", ListOf(NameAndValue())}, {"remove", Texts()}, {"set", ListOf(NameAndValue())}});
}

Shape BackendReference() {
  return Object({{"group", Text()},
                 {"kind", Text()},
                 Needed("name", Text()),
                 {"namespace", Text()},
                 {"port", Port()}});
}

Shape PathModifier() {
  return Object({{"replaceFullPath", Text()},
                 {"replacePrefixMatch", Text()},
                 Needed("type", Words({"ReplaceFullPath", "ReplacePrefixMatch"}))});
}

Shape Cors() {
  return Object({{"allowCredentials", Bool()},
                 {"allowHeaders", Texts()},
                 {"allowMethods", Texts()},
                 {"allowOrigins", Texts()},
                 {"exposeHeaders", Texts()},
                 {"maxAge", Whole(1, kMostCount)}});
}

Shape ExternalAuth() {
  const Shape http =
      Object({{"allowedHeaders", Texts()}, {"allowedResponseHeaders", Texts()}, {"path", Text()}});
  return Object({Needed("backendRef", BackendReference()),
                 {"forwardBody", Object({{"maxSize", Whole(0, 65535)}})},
                 {"grpc", Object({{"allowedHeaders", Texts()}})},
                 {"http", http},
                 Needed("protocol", Words({"HTTP", "GRPC"}))});
}

Shape RequestMirror() {
  const Shape fraction =
      Object({{"denominator", Whole(1, kMostCount)}, Needed("numerator", Whole(0, kMostCount))});
  return Object({Needed("backendRef", BackendReference()),
                 {"fraction", fraction},
                 {"percent", Whole(0, 100)}});
}

Shape RequestRedirect() {
  return Object({{"hostname", Host()},
                 {"path", PathModifier()},
                 {"port", Port()},
                 {"scheme", Words({"http", "https"})},
                 {"statusCode", Whole(301, 308)}});
}

Shape Filter() {
  return Object({{"cors", Cors()},
                 {"extensionRef", Object({Needed("group", Text()), Needed("kind", Text()),
                                          Needed("name", Text())})},
                 {"externalAuth", ExternalAuth()},
                 {"requestHeaderModifier", HeaderFilter()},
                 {"requestMirror", RequestMirror()},
                 {"requestRedirect", RequestRedirect()},
                 {"responseHeaderModifier", HeaderFilter()},
                 Needed("type", Words({"RequestHeaderModifier", "ResponseHeaderModifier",
                                       "RequestMirror", "RequestRedirect", "URLRewrite",
                                       "ExtensionRef", "CORS", "ExternalAuth"})),
                 {"urlRewrite", Object({{"hostname", Host()}, {"path", PathModifier()}})}});
}

Shape BackendRef() {
  Shape shape = BackendReference();
  shape.fields.push_back({"filters", ListOf(Filter())});
  shape.fields.push_back({"weight", Whole(0, 1000000)});
  return shape;
}

Shape Match() {
  return Object(
      {{"headers", ListOf(ValueMatch())},
       {"method",
        Words({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"})},
       {"path",
        Object({{"type", Words({"Exact", "PathPrefix", "RegularExpression"})}, {"value", Text()}})},
       {"queryParams", ListOf(ValueMatch())}});
}

Shape Rule() {
  const Shape cookie = Object(
      {{"lifetimeType", Words({"Permanent", "Session"})}, {"name", Text()}, {"path", Text()}});
  const Shape persistence =
      Object({{"absoluteTimeout", Text()},
              {"cookie", cookie},
              {"cookieConfig", Object({{"lifetimeType", Words({"Permanent", "Session"})}})},
              {"header", Object({Needed("name", Text())})},
              {"idleTimeout", Text()},
              {"sessionName", Text()},
              {"type", Words({"Cookie", "Header"})}});
  return Object({{"backendRefs", ListOf(BackendRef())},
                 {"filters", ListOf(Filter())},
                 {"matches", ListOf(Match())},
                 {"name", Text()},
                 {"retry", Object({{"attempts", Whole(0, kMostCount)},
                                   {"backoff", Text()},
                                   {"codes", ListOf(Whole(400, 599))}})},
                 {"sessionPersistence", persistence},
                 {"timeouts", Object({{"backendRequest", Text()}, {"request", Text()}})}});
}

Shape EndpointShape() {
  const Shape named = ListOf(Object({Needed("name", Text())}));
  const Shape target = Object({{"apiVersion", Text()},
                               {"fieldPath", Text()},
                               {"kind", Text()},
                               {"name", Text()},
                               {"namespace", Text()},
                               {"resourceVersion", Text()},
                               {"uid", Text()}});
  return Object(
      {Needed("addresses", Texts()),
       {"conditions", Object({{"ready", Bool()}, {"serving", Bool()}, {"terminating", Bool()}})},
       {"deprecatedTopology", MapOf(Text())},
       {"hints", Object({{"forNodes", named}, {"forZones", named}})},
       {"hostname", Text()},
       {"nodeName", Text()},
       {"targetRef", target},
       {"zone", Text()}});
}

Shape ServicePort() {
  return Object({{"appProtocol", Text()},
                 {"name", Text()},
                 {"nodePort", Whole(0, 65535)},
                 Needed("port", Port()),
                 {"protocol", Words({"TCP", "UDP", "SCTP"})},
                 {"targetPort", PortOrName()}});
}

}  // namespace

const Shape& HttpRouteSpecShape() {
  static const Shape kShape = OpenBut(
      {"hostnames", "rules"}, Object({{"hostnames", ListOf(Host())},
                                      {"parentRefs", ListOf(Object({{"group", Text()},
                                                                    {"kind", Text()},
                                                                    Needed("name", Text()),
                                                                    {"namespace", Text()},
                                                                    {"port", Port()},
                                                                    {"sectionName", Text()}}))},
                                      {"rules", ListOf(Rule())},
                                      {"useDefaultGateways", Words({"All", "None"})}}));
  return kShape;
}

const Shape& ServiceSpecShape() {
  static const Shape kShape = OpenBut(
      {"ports", "selector"},
      Object({{"allocateLoadBalancerNodePorts", Bool()},
              {"clusterIP", Text()},
              {"clusterIPs", Texts()},
              {"externalIPs", Texts()},
              {"externalName", Host()},
              {"externalTrafficPolicy", Words({"Cluster", "Local"})},
              {"healthCheckNodePort", Whole(0, 65535)},
              {"internalTrafficPolicy", Words({"Cluster", "Local"})},
              {"ipFamilies", ListOf(Words({"IPv4", "IPv6"}))},
              {"ipFamilyPolicy", Words({"SingleStack", "PreferDualStack", "RequireDualStack"})},
              {"loadBalancerClass", Text()},
              {"loadBalancerIP", Text()},
              {"loadBalancerSourceRanges", Texts()},
              {"ports", ListOf(ServicePort())},
              {"publishNotReadyAddresses", Bool()},
              {"selector", MapOf(Text())},
              {"sessionAffinity", Words({"ClientIP", "None"})},
              {"sessionAffinityConfig",
               Object({{"clientIP", Object({{"timeoutSeconds", Whole(1, 86400)}})}})},
              {"trafficDistribution", Text()},
              {"type", Words({"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"})}}));
  return kShape;
}

const Shape& EndpointSliceShape() {
  static const Shape kShape =
      Object({{"apiVersion", Any()},
              {"kind", Any()},
              {"metadata", Any()},
              Needed("addressType", Words({"IPv4", "IPv6", "FQDN"})),
              {"endpoints", ListOf(EndpointShape())},
              {"ports", ListOf(Object({{"appProtocol", Text()},
                                       {"name", Text()},
                                       {"port", Port()},
                                       {"protocol", Words({"TCP", "UDP", "SCTP"})}}))}});
  return kShape;
}

}  // namespace shadowreel
