#pragma once

#include <cstddef>
#include <string_view>

namespace shadowreel {

// Where an HTTP/1 message ends by its own framing.
struct MessageEnd {
  enum class Kind {
    kAt,         // after `bytes` of it
    kNeedsMore,  // not to be said before at least `bytes` of it are there
    kUnknown,    // its framing does not say, or is broken
  };
  Kind kind = Kind::kUnknown;
  size_t bytes = 0;
};

// Looks at a message's Content-Length or, when it is chunked, hops over its chunks (RFC 9112, 6
// and 7.1). Judges nothing else: for finding the end of what a parser will then judge. A pure
// function, linear in the head and the number of chunks.
MessageEnd FindMessageEnd(std::string_view message);

}  // namespace shadowreel
