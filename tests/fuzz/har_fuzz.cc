// HAR documents of any bytes, imported.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/import_run.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  shadowreel::FuzzImport("har", {reinterpret_cast<const char*>(data), size});
  return 0;
}
