#pragma once

#include <string>

#include "formats/record.h"
#include "formats/response.h"

namespace shadowreel {

// Writes records as a file of another tool. Constructed with the Tally that takes what the format
// cannot hold. Not thread-safe.
class Exporter {
 public:
  virtual ~Exporter() = default;

  // What stands before the first and after the last record.
  virtual void Begin(std::string* out) { (void)out; }
  virtual void End(std::string* out) { (void)out; }

  // Appends the record, and its response when there is one (`response` may be null) and the format
  // has a place for it. A record that the format cannot hold at all is counted and left out.
  virtual void Write(const Record& record, const Response* response, std::string* out) = 0;
};

}  // namespace shadowreel
