#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "scenarios/emit/kubernetes_names.h"

namespace shadowreel {

struct NginxMirror {
  NamedAddress recorder;
  NamedAddress backup;  // where nginx listens itself, to discard copies
  double percent = 0;
};

// The parts of nginx's configuration, by the context that includes them. The bounds and why:
// docs/operations.md.
struct NginxParts {
  std::string http;    // upstream, share, backup
  std::string server;  // the mirror and its location
  std::string off;     // in place of `server`, to stop mirroring
};

// An error for a percent with more than two decimals: split_clients knows no more.
absl::StatusOr<NginxParts> NginxMirrorParts(const NginxMirror& mirror);

}  // namespace shadowreel
