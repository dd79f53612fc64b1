#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "formats/record.h"

namespace shadowreel {

// A sealed segment with some of everything that a file can hold: both lanes, bodies in pieces,
// compressed and plain chunks, a header repeat, responses, an ancillary chunk of a type that
// nobody knows.
struct MixedSegment {
  std::string bytes;
  std::map<uint64_t, Record> records;  // by number, identity filled in
};

// Exactly `size` bytes of it, the same each time; at least 32 KiB.
MixedSegment MakeMixedSegment(size_t size);

}  // namespace shadowreel
