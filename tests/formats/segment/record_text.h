#pragma once

#include <cstdint>
#include <string>

#include "formats/record.h"

namespace shadowreel {

// All of a record as text, one fact a line: for comparing records and for golden files. Bytes are
// C-escaped; bodies over 256 bytes are given by length and CRC32C.
std::string ToText(const Record& record);

// Whether all of two records is the same, identity and every byte of their bodies included.
bool SameRecord(const Record& a, const Record& b);

// The `number`-th of a series of varied, deterministic records: methods, versions, framings,
// duplicate and empty fields, binary values, bodies, trailers, redactions, every flag.
Record SampleRecord(uint64_t number);

// A GET with ten headers and about 600 bytes, as a shop's front end sends it; what varies from
// request to request varies with `number`.
Record RealisticRecord(uint64_t number);

}  // namespace shadowreel
