#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/record.h"
#include "scenarios/manifests/mesh.h"
#include "scenarios/manifests/route_path.h"

namespace shadowreel {

enum class RewriteDirection : uint8_t {
  // What the routes do is done: a recording that was made before the gateway becomes what the
  // service behind it gets.
  kApply,
  // It is taken back: a mirror copies a request after its route's rewrite, so what it sent becomes
  // what the client sent.
  kUndo,
};

// The rewrites of a mesh's routes, for records. Routes with a mirror count; all of them when none
// has one. A value; thread-safe.
//
// A route is chosen as Envoy does: the hosts nearest to the record's (its stripped authority
// without the port: the name itself, else the longest *.suffix, else *), of these the first route
// whose path and method match; of HTTPRoutes the match that asks for most. Other conditions of a
// match (headers, ports) count as met. kUndo takes the client's path from x-envoy-original-path
// when the record has it, whatever the routes say; else from the first route that can have made the
// record's path (RoutePath::Undo). A route's authority rewrite is done to authority, stripped
// authority and Host header, and is undone when the route has one host that is no pattern.
class RouteRewrites {
 public:
  // UsageError with the place when there is no route or an expression is none. A line for each
  // match with other conditions is added to `notes`.
  static absl::StatusOr<RouteRewrites> Create(const Mesh& mesh, RewriteDirection direction,
                                              std::vector<std::string>* notes);

  // False, with the record left alone, when no counting route fits or its target is no path.
  bool Rewrite(Record* record) const;

 private:
  struct Branch {
    RoutePath path;
    std::string method;  // empty: any
  };
  struct Entry {
    std::vector<std::string> hosts;
    std::string name_space;
    std::vector<Branch> branches;
    std::string authority;  // the rewrite's; empty: none
    bool counts = false;
  };
  struct Fit {
    const Entry* entry;
    const Branch* branch;
  };
  // What a record becomes.
  struct Rewritten {
    std::string path;       // with its query
    std::string authority;  // empty: as it is
  };

  RouteRewrites() = default;
  static absl::StatusOr<Entry> EntryOf(const Route& route, std::vector<std::string>* notes);
  std::vector<const Entry*> NearestTo(const Record& record) const;
  std::optional<Fit> FirstThatMatches(const Record& record, std::string_view path) const;
  std::optional<Rewritten> Apply(const Record& record, std::string_view path) const;
  std::optional<Rewritten> Undo(const Record& record, std::string_view path) const;

  RewriteDirection direction_ = RewriteDirection::kApply;
  std::vector<Entry> entries_;  // in the manifests' order
};

}  // namespace shadowreel
