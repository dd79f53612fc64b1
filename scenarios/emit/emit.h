#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <utility>
#include <vector>

#include "scenarios/manifests/mesh.h"

namespace shadowreel {

// What makes a proxy mirror to a recorder, and what stops it again: pure text, the same for the
// same input.

// As the flags write them; Emit checks them, and its errors name the flags.
struct EmitOptions {
  std::string kind;     // istio, gateway or nginx
  std::string percent;  // needed: what a proxy takes for an absent one is 100

  // Which of the user's routes; the only one when both are empty.
  std::string route;  // [NAMESPACE/]OBJECT[:NAME or :INDEX]; without a colon all of its routes
  std::string host;   // all routes of the object with this host

  std::string istio_version;  // before 1.19 there is no mirrors[]; empty: later

  // The recorder in the cluster.
  std::string name;        // of its objects
  std::string name_space;  // empty: the route's
  std::string image;
  bool h2c = false;  // the mesh sends HTTP/2: for gRPC
  // Flags of the recorder with their texts, in the order to write them (a scenario's `capture`).
  std::vector<std::pair<std::string, std::string>> capture;

  // Or outside of it.
  std::string recorder;  // HOST:PORT
  bool recorder_tls = false;

  std::string backup;  // of nginx: where it listens itself to discard copies, IPV4:PORT
};

struct EmittedFile {
  std::string name;  // "mirror.add.json"
  std::string text;
};

// The files to apply, in the order of use; the last one, README.txt, says how. An error is the
// user's: a wrong option, or a route that cannot be chosen or changed so.
absl::StatusOr<std::vector<EmittedFile>> Emit(const EmitOptions& options, const Mesh& mesh);

}  // namespace shadowreel
