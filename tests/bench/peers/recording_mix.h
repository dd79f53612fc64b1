#pragma once

#include <cstdint>
#include <string>

#include "formats/record.h"

namespace shadowreel {

// The `number`-th of a series of varied requests as a shop's gateway sees them, cheap to make: 70 %
// GETs of about 600 bytes, 25 % JSON POSTs with bodies of 60 to 1,500 bytes, 5 % DELETEs. One
// arrives every 100 us. Another seed gives other requests with other ids. `slow_percent` of those
// with a body take 1 to 600 s to arrive.
Record MixedRecord(uint64_t seed, uint64_t number, double slow_percent = 0);

// The request as it stood on the wire, HTTP/1.1.
std::string WireText(const Record& record);

}  // namespace shadowreel
