#include "tests/emitter/shadow_mix.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace shadowreel {
namespace {

constexpr std::string_view kSuffix = "-shadow";
constexpr std::string_view kEnvoyAddress = "10.244.0.7";
constexpr size_t kNoiseBytes = 512 << 10;
constexpr size_t kLargestBody = 128 << 10;
constexpr size_t kLargestPiece = 4 << 10;

struct Authority {
  std::string_view host;
  std::string_view port;  // with its colon
};
constexpr std::array<Authority, 6> kAuthorities = {{{"shop.example", ""},
                                                    {"shop.example", ":8080"},
                                                    {"[::1]", ":80"},
                                                    {"[2001:db8::7]", ""},
                                                    {"192.0.2.10", ":9080"},
                                                    {"httpbin", ":8000"}}};

constexpr std::array<std::string_view, 9> kOddTargets = {"/a--b",
                                                         "//double//slash",
                                                         "/%2e%2e/dots",
                                                         "/find?q=1?again=2",
                                                         "/%E4%BD%A0%E5%A5%BD",
                                                         "/x?y=%00&z=%ff",
                                                         "/semi;colon=1",
                                                         "/?",
                                                         "/'quotes'|[brackets]"};

std::string MakeNoise() {
  Dice dice(0, 0);
  std::string noise(kNoiseBytes, '\0');
  for (char& c : noise) c = static_cast<char>(dice.Next());
  return noise;
}

// RFC 9562, version 4, as Envoy writes x-request-id.
std::string MakeRequestId(Dice& dice) {
  const uint64_t a = dice.Next();
  const uint64_t b = dice.Next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}", a >> 32, (a >> 16) & 0xffff,
                     a & 0xfff, 8 + (b >> 62), (b >> 48) & 0xfff, b & 0xffffffffffff);
}

std::string ClientAddress(uint64_t client) {
  if (client % 16 == 15) return fmt::format("2001:db8::{:x}:{:x}", client >> 16, client & 0xffff);
  return fmt::format("10.{}.{}.{}", (client >> 16) & 0xff, (client >> 8) & 0xff, client & 0xff);
}

size_t BodySize(Dice& dice) {
  const uint64_t share = dice.Below(100);
  if (share < 60) return 2 + dice.Below(700);
  if (share < 90) return 2 + dice.Below(4 << 10);
  return 2 + dice.Below(share < 99 ? 32 << 10 : kLargestBody);
}

// A gRPC message is prefixed by a flag and its length, big-endian.
std::string GrpcMessage(std::string_view payload) {
  const auto size = static_cast<uint32_t>(payload.size());
  std::string message(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) message += static_cast<char>(size >> shift);
  return message.append(payload);
}

}  // namespace

ShadowMix::ShadowMix(const MixOptions& options) : options_(options), noise_(MakeNoise()) {}

ShadowRequestPtr ShadowMix::Make(uint64_t number) const {
  Dice dice(options_.seed, number);
  auto request = std::make_unique<ShadowRequest>();
  Record& record = request->record;
  record.number = number;
  record.version = options_.version;
  record.headers.Reserve(24, 1024);
  const bool reset = dice.Percent(options_.reset_percent) || number < options_.reset_burst;
  const uint64_t client = dice.Below(options_.clients);
  const Kind kind = ChooseKind(reset, dice);
  SetAuthority(dice, &record);
  AddRequest(kind, client, dice, &record);
  AddEntity(kind, reset, dice, request.get());
  AddMeshFields(kind, client, dice, &record);
  if (record.framing == Framing::kChunked) record.headers.Add("transfer-encoding", "chunked");
  return request;
}

ShadowMix::Kind ShadowMix::ChooseKind(bool reset, Dice& dice) const {
  if (reset) return dice.Percent(50) ? Kind::kJson : Kind::kUpload;
  const uint64_t share = dice.Below(100);
  if (share < 40) return Kind::kPage;
  if (share < 50) return Kind::kOddTarget;
  if (share < 70) return Kind::kJson;
  if (share < 80) return Kind::kUpload;
  if (share < 86) return Kind::kEdit;
  if (share < 90) return Kind::kProbe;
  return options_.version == HttpVersion::kHttp2 ? Kind::kGrpc : Kind::kJson;
}

void ShadowMix::SetAuthority(Dice& dice, Record* record) const {
  const Authority& authority = kAuthorities[dice.Below(kAuthorities.size())];
  record->stripped_authority.append(authority.host).append(authority.port);
  switch (options_.suffix) {
    case ShadowSuffix::kBeforePort:
      record->authority.append(authority.host).append(kSuffix).append(authority.port);
      break;
    case ShadowSuffix::kPlain:
      record->authority.append(record->stripped_authority).append(kSuffix);
      break;
    case ShadowSuffix::kNone:
      record->authority = record->stripped_authority;
  }
  if (options_.version != HttpVersion::kHttp2) record->headers.Add("host", record->authority);
}

void ShadowMix::AddRequest(Kind kind, uint64_t client, Dice& dice, Record* record) const {
  constexpr std::array<std::string_view, 2> kEdits = {"PATCH", "DELETE"};
  constexpr std::array<std::string_view, 2> kProbes = {"HEAD", "OPTIONS"};
  const uint64_t item = dice.Below(100000);
  record->method = kind == Kind::kPage || kind == Kind::kOddTarget ? "GET"
                   : kind == Kind::kUpload                         ? "PUT"
                   : kind == Kind::kEdit                           ? kEdits[dice.Below(2)]
                   : kind == Kind::kProbe                          ? kProbes[dice.Below(2)]
                                                                   : "POST";
  record->target = fmt::format("/products/{}?page={}&sort=price", item, dice.Below(9));
  Fields& headers = record->headers;
  if (kind == Kind::kGrpc) {
    record->target = fmt::format("/shop.v1.Cart/Add{}", item % 7);
    headers.Add("content-type", "application/grpc");
    headers.Add("te", "trailers");
    headers.Add("grpc-timeout", "15S");
    headers.Add("user-agent", "grpc-go/1.50.1");
    return;
  }
  if (kind == Kind::kOddTarget) {
    const uint64_t odd = dice.Below(kOddTargets.size() + 1);
    record->target =
        odd < kOddTargets.size() ? kOddTargets[odd] : "/" + std::string(8000, 'l') + "?n=1";
    headers.Add("x-twice", "1");
    headers.Add("x-empty", "");
    headers.Add("x-twice", "2");
    headers.Add("x-bytes", "caf\xe9 \"quoted\" \\ tab\there");
  }
  headers.Add("user-agent", fmt::format("shop-app/{}.{}", 1 + client % 4, client % 10));
  headers.Add("accept", "*/*");
  if (client % 3 == 0) headers.Add("authorization", fmt::format("Bearer t0ken-of-{}", client));
  AddCookies(client, dice, record);
}

void ShadowMix::AddCookies(uint64_t client, Dice& dice, Record* record) const {
  if (client % 2 == 0) return;
  const std::string session = fmt::format("session=s{:06}", client);
  const std::string theme = fmt::format("theme=dark-{}", dice.Below(3));
  if (options_.version == HttpVersion::kHttp2) {
    record->headers.Add("cookie", session);  // crumbs (RFC 9113, 8.2.3)
    record->headers.Add("cookie", theme);
  } else {
    record->headers.Add("cookie", session + "; " + theme);
  }
}

void ShadowMix::AddEntity(Kind kind, bool reset, Dice& dice, ShadowRequest* request) const {
  Record& record = request->record;
  if (kind == Kind::kPage || kind == Kind::kOddTarget || kind == Kind::kProbe) return;
  record.body = MakeBody(kind, dice);
  if (kind == Kind::kGrpc || dice.Percent(options_.streaming_percent)) {
    if (options_.version != HttpVersion::kHttp2) record.framing = Framing::kChunked;
    request->piece_bytes = 1 + dice.Below(kLargestPiece);
    if (kind != Kind::kGrpc && !reset && dice.Percent(30)) {
      record.trailers.Add("x-checksum", fmt::format("{:016x}", dice.Next()));
      record.trailers.Add("x-empty", "");
    }
  } else {
    record.framing = Framing::kContentLength;
    record.headers.Add("content-length", fmt::format_int(record.body.size()).c_str());
  }
  if (reset) {
    record.complete = false;
    record.body.resize(dice.Below(record.body.size()));
  }
  record.wire_body_bytes = record.body.size();
}

std::string ShadowMix::MakeBody(Kind kind, Dice& dice) const {
  const size_t size = BodySize(dice);
  const std::string_view bytes =
      std::string_view(noise_).substr(dice.Below(noise_.size() - size), size);
  if (kind == Kind::kUpload) return std::string(bytes);
  if (kind == Kind::kGrpc) return GrpcMessage(bytes);
  return fmt::format("{{\"order\":{},\"note\":\"{}\"}}", dice.Below(1000000),
                     std::string(size, static_cast<char>('a' + dice.Below(26))));
}

void ShadowMix::AddMeshFields(Kind kind, uint64_t client, Dice& dice, Record* record) const {
  Fields& headers = record->headers;
  if (kind == Kind::kJson || kind == Kind::kEdit) headers.Add("content-type", "application/json");
  if (kind == Kind::kUpload) headers.Add("content-type", "application/octet-stream");
  // A client behind another proxy comes with an address in front of its own.
  const std::string_view outer = client % 8 == 0 ? "198.51.100.4, " : "";
  headers.Add("x-forwarded-for",
              fmt::format("{}{},{}", outer, ClientAddress(client), kEnvoyAddress));
  headers.Add("x-forwarded-proto", "http");
  headers.Add("x-request-id", MakeRequestId(dice));
  if (kind == Kind::kPage && dice.Percent(25)) {
    headers.Add("x-envoy-original-path", "/v1" + record->target);
  }
  headers.Add("x-envoy-expected-rq-timeout-ms", "15000");
  const uint64_t trace = dice.Next();
  headers.Add("x-b3-traceid", fmt::format("{:016x}{:016x}", trace, dice.Next()));
  headers.Add("x-b3-spanid", fmt::format("{:016x}", trace));
  headers.Add("x-b3-sampled", "0");
  headers.Add("x-envoy-internal", "true");
}

}  // namespace shadowreel
