// Envoy taps of any bytes, imported: a file that is one message, and one of many behind their
// lengths.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include "tests/fuzz/import_run.h"
#include "tests/fuzz/wire_mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  shadowreel::FuzzImport("envoy_tap", {reinterpret_cast<const char*>(data), size});
  shadowreel::FuzzImport("envoy_tap_delimited", {reinterpret_cast<const char*>(data), size});
  return 0;
}

// Keeps most messages whole.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  std::minstd_rand random(seed);
  std::string bytes(reinterpret_cast<const char*>(data), size);
  bytes = seed % 2 == 0 ? shadowreel::MutateMessage(std::move(bytes), max_size, &random)
                        : shadowreel::MutateDelimited(std::move(bytes), max_size, &random);
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}
