#pragma once

#include <absl/status/statusor.h>

#include <optional>

#include "formats/record.h"
#include "formats/response.h"

namespace shadowreel {

struct ImportedRequest {
  Record record;  // number and recording are not set
  std::optional<Response> response;
};

// Reads the requests in a file of another tool, in bounded memory. Constructed with the Tally that
// takes what cannot be imported. Not thread-safe.
class Importer {
 public:
  virtual ~Importer() = default;

  // The next request that can be imported; false at the end. What cannot be imported is counted in
  // the tally, with its place, and passed over. An error (naming the file, and where) ends the
  // import: the file cannot be read, or is not of this format at all.
  virtual absl::StatusOr<bool> Next(ImportedRequest* request) = 0;
};

}  // namespace shadowreel
