#pragma once

#include <absl/status/statusor.h>

#include <compare>
#include <optional>
#include <string_view>

#include "scenarios/manifests/mesh.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

struct IstioVersion {
  int major = 1;
  int minor = 0;

  auto operator<=>(const IstioVersion&) const = default;
};

// "1.27" or "1.27.3"; UsageError for anything else, without a flag's name.
absl::StatusOr<IstioVersion> ParseIstioVersion(std::string_view text);

struct LintOptions {
  std::optional<IstioVersion> istio_version;  // of the mesh; decides what a mirror's Host is
};

// What is well-formed in `mesh` and still goes wrong, each with its place and what to do. Errors
// are mirrors that cannot work: a host outside the cluster without a ServiceEntry, a port or a
// subset that nothing defines, TLS that nobody originates. Warnings are mirrors that cost more than
// they seem to: no percent, deprecated fields, no connectionPool, a mirror onto the route's own
// destination, a route that an earlier one hides, a subset without endpoints. Notes say what is
// worth knowing. Judges by these manifests alone: a mesh must be whole for that. Pure.
void Lint(const Mesh& mesh, const LintOptions& options, Problems* problems);

}  // namespace shadowreel
