#include "scenarios/manifests/istio_shapes.h"

namespace shadowreel {
namespace {

using namespace shapes;  // NOLINT: the tables below read as the CRDs do

constexpr double kMostCount = 2147483647;
constexpr double kMostUnsigned = 4294967295;

Shape Texts() { return ListOf(Text()); }
Shape TextMap() { return MapOf(Text()); }

Shape StringMatch() { return Message({{"exact", Text()}, {"prefix", Text()}, {"regex", Text()}}); }

Shape PortSelector() { return Message({{"number", Port()}}); }
Shape Percent() { return Message({{"value", Number(0, 100)}}); }

Shape DestinationShape() {
  return Message({Needed("host", Host()), {"port", PortSelector()}, {"subset", Text()}});
}

Shape Headers() {
  const Shape operations = Message({{"add", TextMap()}, {"remove", Texts()}, {"set", TextMap()}});
  return Message({{"request", operations}, {"response", operations}});
}

Shape HttpMatch() {
  return Message({{"authority", StringMatch()},
                  {"gateways", Texts()},
                  {"headers", MapOf(StringMatch())},
                  {"ignoreUriCase", Bool()},
                  {"method", StringMatch()},
                  {"name", Text()},
                  {"port", Port()},
                  {"queryParams", MapOf(StringMatch())},
                  {"scheme", StringMatch()},
                  {"sourceLabels", TextMap()},
                  {"sourceNamespace", Text()},
                  {"statPrefix", Text()},
                  {"uri", StringMatch()},
                  {"withoutHeaders", MapOf(StringMatch())}});
}

Shape CorsPolicy() {
  return Message({{"allowCredentials", Bool()},
                  {"allowHeaders", Texts()},
                  {"allowMethods", Texts()},
                  {"allowOrigin", Texts()},
                  {"allowOrigins", ListOf(StringMatch())},
                  {"exposeHeaders", Texts()},
                  {"maxAge", Text()},
                  {"unmatchedPreflights", Words({"UNSPECIFIED", "FORWARD", "IGNORE"})}});
}

Shape Fault() {
  return Message({{"abort", Message({{"grpcStatus", Text()},
                                     {"http2Error", Text()},
                                     {"httpStatus", Whole(200, 600)},
                                     {"percentage", Percent()}})},
                  {"delay", Message({{"exponentialDelay", Text()},
                                     {"fixedDelay", Text()},
                                     {"percent", Whole(0, 100)},
                                     {"percentage", Percent()}})}});
}

Shape Redirect() {
  return Message({{"authority", Text()},
                  {"derivePort", Words({"FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT"})},
                  {"port", Port()},
                  {"prefixRewrite", Text()},
                  {"redirectCode", Whole(300, 399)},
                  {"scheme", Text()},
                  {"uri", Text()}});
}

Shape Retries() {
  return Message({{"attempts", Whole(0, kMostCount)},
                  {"backoff", Text()},
                  {"perTryTimeout", Text()},
                  {"retryIgnorePreviousHosts", Bool()},
                  {"retryOn", Text()},
                  {"retryRemoteLocalities", Bool()}});
}

Shape Rewrite() {
  return Message({{"authority", Text()},
                  {"uri", Text()},
                  {"uriRegexRewrite", Message({{"match", Text()}, {"rewrite", Text()}})}});
}

Shape Weighted(bool with_headers) {
  Shape shape =
      Message({Needed("destination", DestinationShape()), {"weight", Whole(0, kMostCount)}});
  if (with_headers) shape.fields.push_back({"headers", Headers()});
  return shape;
}

Shape DirectResponse() {
  return Message({{"body", Message({{"bytes", Text()}, {"string", Text()}})},
                  Needed("status", Whole(200, 599))});
}

Shape HttpRouteEntry() {
  return Message({{"corsPolicy", CorsPolicy()},
                  {"delegate", Message({{"name", Text()}, {"namespace", Text()}})},
                  {"directResponse", DirectResponse()},
                  {"fault", Fault()},
                  {"headers", Headers()},
                  {"match", ListOf(HttpMatch())},
                  {"mirror", DestinationShape()},
                  {"mirrorPercent", Whole(0, 100)},
                  {"mirrorPercentage", Percent()},
                  {"mirrors", ListOf(Message({Needed("destination", DestinationShape()),
                                              {"percentage", Percent()}}))},
                  {"name", Text()},
                  {"redirect", Redirect()},
                  {"retries", Retries()},
                  {"rewrite", Rewrite()},
                  {"route", ListOf(Weighted(true))},
                  {"timeout", Text()}});
}

Shape TcpRouteEntry() {
  const Shape match = Message({{"destinationSubnets", Texts()},
                               {"gateways", Texts()},
                               {"port", Port()},
                               {"sourceLabels", TextMap()},
                               {"sourceNamespace", Text()},
                               {"sourceSubnet", Text()}});
  return Message({{"match", ListOf(match)}, {"route", ListOf(Weighted(false))}});
}

Shape TlsRouteEntry() {
  const Shape match = Message({{"destinationSubnets", Texts()},
                               {"gateways", Texts()},
                               {"port", Port()},
                               Needed("sniHosts", Texts()),
                               {"sourceLabels", TextMap()},
                               {"sourceNamespace", Text()}});
  return Message({Needed("match", ListOf(match)), {"route", ListOf(Weighted(false))}});
}

Shape ConnectionPool() {
  const Shape count = Whole(-2147483648.0, kMostCount);
  const Shape ping = Message({{"interval", Text()}, {"timeout", Text()}});
  const Shape http = Message({{"h2UpgradePolicy", Words({"DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"})},
                              {"http1MaxPendingRequests", count},
                              {"http2KeepAlive", ping},
                              {"http2MaxRequests", count},
                              {"idleTimeout", Text()},
                              {"maxConcurrentStreams", count},
                              {"maxRequestsPerConnection", count},
                              {"maxRetries", count},
                              {"useClientProtocol", Bool()}});
  const Shape keepalive =
      Message({{"interval", Text()}, {"probes", Whole(0, kMostUnsigned)}, {"time", Text()}});
  const Shape tcp = Message({{"connectTimeout", Text()},
                             {"idleTimeout", Text()},
                             {"maxConnectionDuration", Text()},
                             {"maxConnections", count},
                             {"tcpKeepalive", keepalive}});
  return Message({{"http", http}, {"tcp", tcp}});
}

Shape ConsistentHash() {
  const Shape ring = Whole(0, 18446744073709551615.0);
  const Shape attribute = Message({Needed("name", Text()), {"value", Text()}});
  const Shape cookie = Message({{"attributes", ListOf(attribute)},
                                Needed("name", Text()),
                                {"path", Text()},
                                {"ttl", Text()}});
  return Message({{"httpCookie", cookie},
                  {"httpHeaderName", Text()},
                  {"httpQueryParameterName", Text()},
                  {"maglev", Message({{"tableSize", ring}})},
                  {"minimumRingSize", ring},
                  {"ringHash", Message({{"minimumRingSize", ring}})},
                  {"useSourceIp", Bool()}});
}

Shape BackendUtilization() {
  return Message({{"errorUtilizationPenaltyPercent", Whole(0, kMostUnsigned)},
                  {"metricNamesForComputingUtilization", Texts()},
                  {"weightExpirationPeriod", Text()},
                  {"weightStabilizationPeriod", Text()},
                  {"weightUpdatePeriod", Text()}});
}

Shape LoadBalancer() {
  const Shape distribute = Message({{"from", Text()}, {"to", MapOf(Whole(0, kMostUnsigned))}});
  const Shape failover = Message({{"from", Text()}, {"to", Text()}});
  const Shape locality = Message({{"distribute", ListOf(distribute)},
                                  {"enabled", Bool()},
                                  {"failover", ListOf(failover)},
                                  {"failoverPriority", Texts()}});
  const Shape zone_aware = Message({{"enabled", Bool()},
                                    {"failover", ListOf(failover)},
                                    {"failoverPriority", Texts()},
                                    {"minClusterSize", Whole(1, kMostUnsigned)}});
  const Shape warmup = Message({{"aggression", Number(1, 1e9)},
                                Needed("duration", Text()),
                                {"minimumPercent", Number(0, 100)}});
  return Message({{"backendUtilization", BackendUtilization()},
                  {"consistentHash", ConsistentHash()},
                  {"localityLbSetting", locality},
                  {"simple", Words({"UNSPECIFIED", "LEAST_CONN", "RANDOM", "PASSTHROUGH",
                                    "ROUND_ROBIN", "LEAST_REQUEST"})},
                  {"warmup", warmup},
                  {"warmupDurationSecs", Text()},
                  {"zoneAwareLbSetting", zone_aware}});
}

Shape OutlierDetection() {
  const Shape errors = Whole(0, kMostUnsigned);
  const Shape percent = Whole(0, 100);
  return Message({{"baseEjectionTime", Text()},
                  {"consecutive5xxErrors", errors},
                  {"consecutiveErrors", errors},
                  {"consecutiveGatewayErrors", errors},
                  {"consecutiveLocalOriginFailures", errors},
                  {"interval", Text()},
                  {"maxEjectionPercent", percent},
                  {"minHealthPercent", percent},
                  {"outlierDetectionHttpErrorCodes", ListOf(Whole(100, 599))},
                  {"splitExternalLocalOriginErrors", Bool()}});
}

Shape ClientTls() {
  return Message({{"caCertificates", Text()},
                  {"caCrl", Text()},
                  {"clientCertificate", Text()},
                  {"credentialName", Text()},
                  {"insecureSkipVerify", Bool()},
                  {"mode", Words({"DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"})},
                  {"privateKey", Text()},
                  {"sni", Text()},
                  {"subjectAltNames", Texts()}});
}

Shape TrafficPolicy() {
  const Shape port_level = Message({{"connectionPool", ConnectionPool()},
                                    {"loadBalancer", LoadBalancer()},
                                    {"outlierDetection", OutlierDetection()},
                                    {"port", PortSelector()},
                                    {"tls", ClientTls()}});
  const Shape tunnel =
      Message({{"protocol", Text()}, Needed("targetHost", Text()), Needed("targetPort", Port())});
  const Shape budget = Message({{"budgetInterval", Text()},
                                {"minRetryConcurrency", Whole(0, kMostUnsigned)},
                                {"percent", Number(0, 100)}});
  return Message({{"connectionPool", ConnectionPool()},
                  {"loadBalancer", LoadBalancer()},
                  {"outlierDetection", OutlierDetection()},
                  {"portLevelSettings", ListOf(port_level)},
                  {"proxyProtocol", Message({{"version", Words({"V1", "V2"})}})},
                  {"retryBudget", budget},
                  {"tls", ClientTls()},
                  {"tunnel", tunnel}});
}

}  // namespace

const Shape& VirtualServiceSpecShape() {
  static const Shape kShape =
      OpenBut({"gateways", "hosts", "http"}, Message({{"exportTo", Texts()},
                                                      {"gateways", Texts()},
                                                      {"hosts", ListOf(Host())},
                                                      {"http", ListOf(HttpRouteEntry())},
                                                      {"tcp", ListOf(TcpRouteEntry())},
                                                      {"tls", ListOf(TlsRouteEntry())}}));
  return kShape;
}

const Shape& DestinationRuleSpecShape() {
  static const Shape kShape = OpenBut(
      {"host", "subsets"},
      Message({{"exportTo", Texts()},
               Needed("host", Host()),
               {"subsets",
                ListOf(OpenBut({"labels", "name"}, Message({{"labels", TextMap()},
                                                            Needed("name", Text()),
                                                            {"trafficPolicy", TrafficPolicy()}})))},
               {"trafficPolicy", TrafficPolicy()},
               {"workloadSelector", Message({{"matchLabels", TextMap()}})}}));
  return kShape;
}

const Shape& ServiceEntrySpecShape() {
  static const Shape kShape = OpenBut(
      {"endpoints", "hosts", "location", "ports"},
      Message({{"addresses", Texts()},
               {"endpoints", ListOf(Message({{"address", Text()},
                                             {"labels", TextMap()},
                                             {"locality", Text()},
                                             {"network", Text()},
                                             {"ports", MapOf(Port())},
                                             {"serviceAccount", Text()},
                                             {"weight", Whole(0, kMostUnsigned)}}))},
               {"exportTo", Texts()},
               Needed("hosts", ListOf(Host())),
               {"location", Words({"MESH_EXTERNAL", "MESH_INTERNAL"})},
               {"ports", ListOf(Message({Needed("name", Text()),
                                         Needed("number", Port()),
                                         {"protocol", Text()},
                                         {"targetPort", Port()}}))},
               {"resolution", Words({"NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"})},
               {"subjectAltNames", Texts()},
               {"workloadSelector", Message({{"labels", TextMap()}})}}));
  return kShape;
}

}  // namespace shadowreel
