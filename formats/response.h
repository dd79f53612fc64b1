#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "net/http/fields.h"

namespace shadowreel {

// The response to a record's request, where a recording has one: imports bring them, a mirror does
// not. It belongs to the record of its number. Byte strings hold any bytes. Not thread-safe.
struct Response {
  WallTime first_byte;  // the epoch when not known; so is `completed`
  WallTime completed;
  uint32_t status = 0;
  Fields headers;
  std::string body;  // transfer coding removed
  Fields trailers;
  bool complete = true;    // false: it broke off
  bool truncated = false;  // `body` is only the beginning
};

}  // namespace shadowreel
