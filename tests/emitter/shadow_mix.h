#pragma once

#include <cstdint>
#include <string>

#include "tests/emitter/dice.h"
#include "tests/emitter/shadow_request.h"

namespace shadowreel {

// How the authority of a shadow request is marked.
enum class ShadowSuffix {
  kBeforePort,  // "host-shadow:80", "[::1]-shadow:80": Envoy today
  kPlain,       // "host:80-shadow": Envoy of 2018
  kNone,        // Istio 1.28 and later
};

struct MixOptions {
  HttpVersion version = HttpVersion::kHttp11;  // or kHttp2
  ShadowSuffix suffix = ShadowSuffix::kBeforePort;
  uint64_t seed = 1;
  uint64_t clients = 200;         // simulated, each with an address and a session of its own
  double streaming_percent = 20;  // of the requests with a body: no Content-Length
  double reset_percent = 0;       // of all requests: reset in the middle of the body
  uint64_t reset_burst = 0;       // and so many of the first ones
};

// What a mesh of many clients sends to a mirror cluster through one Envoy: pages, odd targets,
// JSON, uploads, gRPC (h2 only). The n-th request depends on the options and n alone. Fields are
// those that Envoy adds to a shadow: its own address behind x-forwarded-for, x-envoy-internal,
// x-envoy-original-path where the route rewrites, x-request-id, x-b3-*. Names are lower-case.
// Not thread-safe.
class ShadowMix {
 public:
  explicit ShadowMix(const MixOptions& options);

  ShadowRequestPtr Make(uint64_t number) const;

 private:
  enum class Kind { kPage, kOddTarget, kJson, kUpload, kEdit, kProbe, kGrpc };

  Kind ChooseKind(bool reset, Dice& dice) const;
  void SetAuthority(Dice& dice, Record* record) const;
  // Method, target and the fields of the client's own program.
  void AddRequest(Kind kind, uint64_t client, Dice& dice, Record* record) const;
  void AddCookies(uint64_t client, Dice& dice, Record* record) const;
  // Body, framing and trailers; cuts the body of a reset request.
  void AddEntity(Kind kind, bool reset, Dice& dice, ShadowRequest* request) const;
  std::string MakeBody(Kind kind, Dice& dice) const;
  // What Envoy adds, in its order.
  void AddMeshFields(Kind kind, uint64_t client, Dice& dice, Record* record) const;

  const MixOptions options_;
  const std::string noise_;  // bytes of all values, which bodies are cut from
};

}  // namespace shadowreel
