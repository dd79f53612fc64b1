// HTTP/1 connections to a recorder. The input: traffic and how it comes (steering.h).

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "tests/fuzz/connection.h"
#include "tests/fuzz/same.h"
#include "tests/fuzz/steering.h"

namespace shadowreel {
namespace {

constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// How many answers of each status there are; they must be whole, and only the last may close.
struct Answers {
  size_t continued = 0;
  size_t accepted = 0;
  size_t refused = 0;
};

Answers CountAnswers(std::string_view text) {
  Answers answers;
  bool closed = false;
  while (!text.empty()) {
    CHECK(!closed && text.starts_with("HTTP/1.1 "));
    const size_t end = text.find("\r\n\r\n");
    CHECK(end != std::string_view::npos);
    const std::string_view answer = text.substr(0, end);
    text.remove_prefix(end + 4);
    closed = answer.find("\r\nConnection: close") != std::string_view::npos;
    const std::string_view status = answer.substr(9, 3);
    if (status == "100") {
      ++answers.continued;
    } else if (status == "202" || status == "204") {
      ++answers.accepted;
    } else {
      CHECK((status == "400" || status == "431") && closed);
      ++answers.refused;
    }
  }
  return answers;
}

// Every request that was received whole is answered 202 or 204, and no other.
void CheckAnswers(const FuzzedConnection& connection) {
  const Answers answers = CountAnswers(connection.answers());
  size_t whole = 0;
  size_t broken = 0;
  for (const Record& record : connection.sink().records) ++(record.complete ? whole : broken);
  CHECK(answers.accepted == whole);
  CHECK(answers.continued <= whole + broken);
  CHECK(broken + connection.sink().refusals.size() <= 1);
  CHECK(answers.refused <= broken + connection.sink().refusals.size());
}

}  // namespace
}  // namespace shadowreel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace shadowreel;
  const Steering steering({reinterpret_cast<const char*>(data), size});
  const std::string_view traffic = steering.traffic();
  if (traffic.starts_with(kHttp2Preface)) return 0;
  const auto whole = ConverseWhole(traffic);
  const auto pieces = ConverseInPieces(traffic, steering);
  CheckSame("whole and in pieces", whole->Outcome() + whole->answers(),
            pieces->Outcome() + pieces->answers());
  CheckAnswers(*whole);
  ConnectionOptions options;
  options.durable = true;
  const auto awaited = ConverseWhole(traffic, options);
  CheckSame("answered at once and later", whole->Outcome(), awaited->Outcome());
  CheckAnswers(*awaited);
  ConverseInAdversity(traffic, steering);
  return 0;
}
