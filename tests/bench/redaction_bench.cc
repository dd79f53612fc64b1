// Run with: bazel run -c opt //tests/bench:redaction_bench
//
// What redaction costs a record. Every record of a run holds values that no other holds, so that
// remembering values could not pay here.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

#include "formats/record.h"
#include "formats/redaction/redactor.h"

namespace shadowreel {
namespace {

constexpr int kBatch = 64;

// 16 hex digits that look random and differ for every `number` (splitmix64, a bijection).
std::string Hex(uint64_t number) {
  uint64_t z = number * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return fmt::format("{:016x}", z ^ (z >> 31));
}

void AddSecrets(uint64_t number, Fields* fields) {
  fields->Add("Cookie", fmt::format("session={}; cart={}", Hex(number), Hex(~number)));
  std::string bearer = "Bearer ";
  for (uint64_t i = 0; i < 5; ++i) bearer += Hex(5 * number + i);
  fields->Add("Authorization", bearer);
}

// A POST as a service mesh mirrors it, with 13 or 15 header fields.
Record MirroredPost(uint64_t number, bool with_secrets) {
  const std::string id = Hex(number);
  Record record;
  record.method = "POST";
  record.target = "/api/v1/orders/" + id;
  Fields& fields = record.headers;
  fields.Add("Host", "orders.shop.svc.cluster.local:8080");
  fields.Add("User-Agent",
             "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
             " Chrome/119.0.0.0 Safari/537.36");
  fields.Add("Accept", "application/json, text/plain, */*");
  fields.Add("Accept-Encoding", "gzip, deflate, br");
  fields.Add("Accept-Language", "en-US,en;q=0.9,de;q=0.8");
  fields.Add("X-Request-Id", id + id);
  fields.Add("X-Forwarded-For", fmt::format("10.{}.{}.7", number >> 8 & 255, number & 255));
  fields.Add("X-Forwarded-Proto", "https");
  fields.Add("X-B3-TraceId", id);
  fields.Add("X-B3-SpanId", Hex(~number));
  fields.Add("X-B3-Sampled", "1");
  if (with_secrets) AddSecrets(number, &fields);
  fields.Add("Content-Type", "application/json");
  fields.Add("Content-Length", "700");
  record.body.assign(700, 'b');
  return record;
}

// An iteration is one record; the time is redaction's alone.
void RedactPosts(benchmark::State& state, bool with_secrets) {
  const Redactor redactor(RedactionMode::kCredentials, {std::string(32, 'k'), "key"});
  std::vector<Record> records(kBatch);
  uint64_t number = 0;
  while (state.KeepRunningBatch(kBatch)) {
    state.PauseTiming();
    for (Record& record : records) record = MirroredPost(number++, with_secrets);
    state.ResumeTiming();
    for (Record& record : records) redactor.Redact(&record);
  }
}
BENCHMARK_CAPTURE(RedactPosts, three_secrets, true);
BENCHMARK_CAPTURE(RedactPosts, no_secret, false);

}  // namespace
}  // namespace shadowreel
