#pragma once

#include <cstddef>
#include <memory>

#include "formats/record.h"

namespace shadowreel {

// One shadow request to send.
struct ShadowRequest {
  // What the recorder must write: `headers` as they go out (h1: Host first), `body` as far as it
  // is sent. Not `complete`: the request is reset after the last of these body bytes, while more
  // of them were announced. `number` is the emitter's own.
  Record record;

  // The body goes out in chunks or DATA frames of at most so many bytes.
  size_t piece_bytes = 16384;
};

using ShadowRequestPtr = std::unique_ptr<ShadowRequest>;

}  // namespace shadowreel
