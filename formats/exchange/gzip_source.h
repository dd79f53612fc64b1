#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "formats/exchange/byte_source.h"

namespace shadowreel {

// Decompresses what `compressed` gives. `path` is for errors.
absl::StatusOr<std::unique_ptr<ByteSource>> MakeGzipSource(std::unique_ptr<ByteSource> compressed,
                                                           std::string path);

}  // namespace shadowreel
