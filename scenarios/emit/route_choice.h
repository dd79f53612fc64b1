#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "scenarios/emit/manifest_json.h"
#include "scenarios/manifests/mesh.h"

namespace shadowreel {

// Which of the user's routes is to mirror.

struct ChosenRoute {
  std::string pointer;  // in the object
  Json route;
};

// Routes of one object: a patch is of one object.
struct ChosenRoutes {
  ObjectName object;
  // Read from a server, with the defaults that it filled in, rather than written by a person.
  bool live = false;
  std::vector<ChosenRoute> routes;  // at least one
};

// Of the routes of objects of `kind` that send requests somewhere: those that `route` and `host`
// (as EmitOptions has them) choose, or the only one. The errors list the choices.
absl::StatusOr<ChosenRoutes> ChooseRoutes(const Mesh& mesh, const std::string& kind,
                                          const std::string& route, const std::string& host);

}  // namespace shadowreel
