// What the planner spends on one record, its reading from the segment aside (segment_bench).
#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "formats/record.h"
#include "replayer/plan/endpoint.h"
#include "replayer/plan/plan_digest.h"
#include "replayer/plan/rewriter.h"

namespace shadowreel {
namespace {

// As a gateway passes it on.
Record GatewayPost() {
  Record record;
  record.method = "POST";
  record.target = "/api/v1/orders/482913?page=3&q=garden+hose";
  record.authority = record.stripped_authority = "shop.example.com:8080";
  record.body = std::string(700, 'x');
  record.framing = Framing::kContentLength;
  Fields& headers = record.headers;
  headers.Add("Host", record.authority);
  headers.Add("User-Agent",
              "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
              "Chrome/119.0 Safari/537.36");
  headers.Add("Accept", "application/json, text/plain, */*");
  headers.Add("Accept-Encoding", "gzip, deflate, br");
  headers.Add("Accept-Language", "en-GB,en;q=0.8");
  headers.Add("X-Request-Id", "4f6e1c0a-93d2-4d9b-8a0e-1f5b6c7d8e9f");
  headers.Add("X-Forwarded-For", "10.3.77.7");
  headers.Add("X-Forwarded-Proto", "https");
  headers.Add("X-B3-TraceId", "463ac35c9f6413ad48485a3953bb6124");
  headers.Add("Cookie", "session=0123456789abcdef0123456789abcdef01234567; theme=dark");
  headers.Add("Authorization", "Bearer " + std::string(80, '7'));
  headers.Add("Content-Type", "application/json");
  headers.Add("Content-Length", "700");
  return record;
}

void BM_RewritesARecord(benchmark::State& state) {
  RewriterOptions options;
  options.target_authority = "127.0.0.1:8080";
  options.strip = state.range(0) == 0 ? StripMode::kNone : StripMode::kMesh;
  const Rewriter rewriter(options);
  const Record record = GatewayPost();
  for (auto _ : state) {
    Record copy = record;
    const auto request = rewriter.Rewrite(std::move(copy));
    CHECK(request.has_value());
    benchmark::DoNotOptimize(request);
  }
}
BENCHMARK(BM_RewritesARecord)->ArgName("mesh")->Arg(0)->Arg(1);

// As it is; folded; by the last of ten templates.
// A path rule that fits, a header that is set, and an address that is appended.
void BM_RewritesAndEditsARecord(benchmark::State& state) {
  RewriterOptions options;
  options.target_authority = "127.0.0.1:8080";
  options.path_rewrites = {*PathRewrite::Parse(
      state.range(0) == 0 ? "/api/v1 -> /api/v2" : R"(re:^/api/v1/(.*) -> /api/v2/\1)")};
  options.edits.set = {{"Authorization", "Bearer of preproduction"}};
  options.edits.forwarded_for = "192.0.2.7";
  const Rewriter rewriter(options);
  const Record record = GatewayPost();
  for (auto _ : state) {
    Record copy = record;
    const auto request = rewriter.Rewrite(std::move(copy));
    CHECK(request.has_value());
    benchmark::DoNotOptimize(request);
  }
}
BENCHMARK(BM_RewritesAndEditsARecord)->ArgName("expression")->Arg(0)->Arg(1);

void BM_DigestsAPlannedRequest(benchmark::State& state) {
  RewriterOptions options;
  options.target_authority = "127.0.0.1:8080";
  PlannedRequest planned;
  planned.request = *Rewriter(options).Rewrite(GatewayPost());
  PlanDigest digest("x-shadowreel-run");
  for (auto _ : state) digest.Add(digest.HashOf(planned, true));
  benchmark::DoNotOptimize(digest.Value());
}
BENCHMARK(BM_DigestsAPlannedRequest);

void BM_NamesAnEndpoint(benchmark::State& state) {
  std::vector<PathTemplate> templates;
  if (state.range(0) == 2) {
    for (const char* last : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "{id}"}) {
      templates.push_back(*ParsePathTemplate("POST /api/v1/orders/" + std::string(last)));
    }
  }
  const EndpointNamer namer(std::move(templates), state.range(0) == 1);
  const Record record = GatewayPost();
  for (auto _ : state) benchmark::DoNotOptimize(namer.NameOf(record.method, record.target));
}
BENCHMARK(BM_NamesAnEndpoint)->ArgName("how")->Arg(0)->Arg(1)->Arg(2);

}  // namespace
}  // namespace shadowreel

BENCHMARK_MAIN();
