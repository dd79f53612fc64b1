// HTTP/2 connections to a recorder. The input: what follows the client's preface, and how it comes
// (steering.h).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "tests/fuzz/connection.h"
#include "tests/fuzz/http2_frames.h"
#include "tests/fuzz/same.h"
#include "tests/fuzz/steering.h"

namespace shadowreel {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// What the session says is whole frames of lawful length.
void CheckAnswers(std::string_view answers) {
  while (!answers.empty()) {
    CHECK(answers.size() >= kFrameHeaderBytes);
    const size_t length = FramePayloadLength(answers);
    CHECK(length <= size_t{16} << 10 && kFrameHeaderBytes + length <= answers.size());
    answers.remove_prefix(kFrameHeaderBytes + length);
  }
}

}  // namespace
}  // namespace shadowreel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace shadowreel;
  const Steering steering({reinterpret_cast<const char*>(data), size});
  std::string traffic(kPreface);
  traffic += steering.traffic();
  const auto whole = ConverseWhole(traffic);
  const auto pieces = ConverseInPieces(traffic, steering);
  CheckAnswers(whole->answers());
  CheckAnswers(pieces->answers());
  // To a frame on a stream that was ended, nghttp2 answers by whether it has sent the answer yet:
  // it ends the connection or ignores the frame (RFC 9113, 5.1, allows both).
  if (!whole->cut() && !pieces->cut()) {
    CheckSame("whole and in pieces", whole->Outcome(), pieces->Outcome());
  }
  ConnectionOptions options;
  options.durable = true;
  CheckAnswers(ConverseWhole(traffic, options)->answers());
  ConverseInAdversity(traffic, steering);
  return 0;
}

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

// Half of the time, frames are given the lengths that they have: else most end the connection.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  size = LLVMFuzzerMutate(data, size, max_size);
  const shadowreel::Steering steering({reinterpret_cast<const char*>(data), size});
  if (seed % 2 == 0) shadowreel::MendLastFrame(data, steering.traffic().size());
  return size;
}
