#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/record.h"

namespace shadowreel {

// What stands for a record's content when two recordings are compared. Not against forgers: who
// can choose requests could make two collide.
struct ContentDigest {
  uint64_t low = 0;
  uint64_t high = 0;
  friend bool operator==(const ContentDigest&, const ContentDigest&) = default;
};

struct ContentDigestHash {
  size_t operator()(const ContentDigest& digest) const { return digest.low; }
};

// Of method, target, version, authority (HTTP/2 only: else Host says it), headers in order with
// case, framing, body, trailers, complete and truncated. Not of times, numbers, connection, peer.
ContentDigest DigestContent(const Record& record);

// Partial digests, never 0.
uint64_t DigestMethodAndTarget(const Record& record);
uint64_t DigestAllButMethodAndTarget(const Record& record);

// Of the value of x-request-id; 0 when there is not exactly one, or it is empty.
uint64_t DigestRequestId(const Record& record);

}  // namespace shadowreel
