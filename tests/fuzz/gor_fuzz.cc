// GoReplay files of any bytes, imported.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/import_run.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  shadowreel::FuzzImport("gor", {reinterpret_cast<const char*>(data), size});
  return 0;
}
