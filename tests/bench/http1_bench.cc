// Run with: bazel run -c opt //tests/bench:http1_bench
//
// What receiving costs the recorder for a mirrored POST as Envoy sends it (14 fields, 700 bytes of
// body, 1.3 KB in all): the parser alone, and the session that makes a record of it, the record's
// end included. It comes whole in one read, or in two with the cut inside a field.
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "net/http/http1_parser.h"
#include "recorder/server/http1_session.h"

namespace shadowreel {
namespace {

const std::string& Request() {
  static const std::string request =
      "POST /v2/orders/8f14e45f/items?expand=prices&locale=en_GB HTTP/1.1\r\n"
      "host: orders.shop.svc-shadow:8080\r\n"
      "user-agent: okhttp/4.12.0\r\n"
      "accept: application/json\r\n"
      "accept-encoding: gzip, deflate, br\r\n"
      "accept-language: en-GB,en;q=0.8\r\n"
      "content-type: application/json; charset=utf-8\r\n"
      "content-length: 700\r\n"
      "authorization: Bearer 5f3c1b7e9a2d4c6088aa4e1b7d90c2f35f3c1b7e9a2d4c6088aa4e1b\r\n"
      "x-request-id: 5b2a7c1e-93f4-4d0a-8f65-0c1d2e3f4a5b\r\n"
      "x-forwarded-for: 203.0.113.57,10.4.17.208\r\n"
      "x-forwarded-proto: https\r\n"
      "x-envoy-expected-rq-timeout-ms: 15000\r\n"
      "x-envoy-internal: true\r\n"
      "x-b3-traceid: 463ac35c9f6413ad48485a3953bb6124\r\n"
      "\r\n" +
      std::string(700, 'b');
  return request;
}

void Report(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(Request().size()));
}

bool ParseAll(Http1Parser& parser, std::string_view bytes) {
  while (true) {
    switch (parser.Next(&bytes)) {
      case Http1Event::kNeedBytes:
        return false;
      case Http1Event::kHead:
        benchmark::DoNotOptimize(parser.TakeHead());
        break;
      case Http1Event::kMessage:
        return true;
      default:
        break;
    }
  }
}

void Parse(benchmark::State& state) {
  Http1Parser parser;
  for ([[maybe_unused]] auto _ : state) CHECK(ParseAll(parser, Request()));
  Report(state);
}
BENCHMARK(Parse);

class DroppingSink final : public RecordSink {
 public:
  bool Admit() override { return true; }
  Ticket Offer(Record&& record) override {
    const Record taken = std::move(record);
    bytes_ += taken.body.size();
    return kNoTicket;
  }
  void Answered(TicketOutcome) override {}
  void Shed() override {}
  void Refuse(Refusal) override {}

  size_t bytes() const { return bytes_; }

 private:
  size_t bytes_ = 0;
};

void Receive(benchmark::State& state) {
  const std::string_view request = Request();
  const auto cut = static_cast<size_t>(state.range(0));
  const Instant now{WallTime(std::chrono::seconds(1)), SteadyTime(std::chrono::seconds(1))};
  DroppingSink sink;
  UploadBudget uploads(64 << 20);
  Http1Session session({}, 1, "192.0.2.17:43210", sink, uploads, now);
  for ([[maybe_unused]] auto _ : state) {
    if (cut > 0) session.OnBytes(request.substr(0, cut), now);
    session.OnBytes(request.substr(cut), now);
    session.ConsumeOutput(session.output().size());
  }
  CHECK(sink.bytes() == static_cast<size_t>(state.iterations()) * 700);
  Report(state);
}
BENCHMARK(Receive)->ArgName("cut")->Arg(0)->Arg(300);

}  // namespace
}  // namespace shadowreel

BENCHMARK_MAIN();
