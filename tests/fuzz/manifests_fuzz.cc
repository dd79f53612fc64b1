// Manifests of any bytes, read and judged. Objects that are read without an error, written and read
// again, say the same.

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "scenarios/manifests/host_names.h"
#include "scenarios/manifests/lint.h"
#include "scenarios/manifests/mesh_lookup.h"
#include "scenarios/manifests/read_mesh.h"
#include "tests/fuzz/same.h"
#include "tests/fuzz/yaml_places.h"

namespace shadowreel {
namespace {

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

// Whether a text that is not quoted can stand so in a map or list in one line.
bool IsBare(const YamlNode& node) {
  constexpr std::string_view kBare =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_./+-";
  const std::string_view text = node.text;
  return !node.quoted && !text.empty() && text != "-" && !text.starts_with("--") &&
         !text.starts_with("...") && text.find_first_not_of(kBare) == std::string_view::npos;
}

// As YAML in one line; `*whole` becomes false when some text cannot be written so.
std::string Written(const YamlNode& node, bool* whole) {
  if (node.IsNull()) return "null";
  if (node.IsScalar()) {
    for (const char c : node.text) *whole = *whole && static_cast<unsigned char>(c) >= ' ';
    return IsBare(node) ? node.text : Quoted(node.text);
  }
  std::string text;
  for (const YamlNode& item : node.items) text += Written(item, whole) + ", ";
  for (const auto& [key, place, value] : node.entries) {
    for (const char c : key) *whole = *whole && static_cast<unsigned char>(c) >= ' ';
    *whole = *whole && key.size() < 500;  // YAML 1.2, 7.4.2: keys in one line are short
    text += Quoted(key) + ": " + Written(value, whole) + ", ";
  }
  return node.IsMap() ? "{" + text + "}" : "[" + text + "]";
}

std::string TextOf(const Destination& to) {
  return fmt::format("{} {} {} {}", to.host, to.subset, to.port.value_or(0), to.weight);
}

std::string TextOf(const Route& route) {
  std::string text = fmt::format("route {} {} {} {} {} {} {} {}\n", route.object.Text(), route.name,
                                 fmt::join(route.hosts, " "), fmt::join(route.gateways, " "),
                                 static_cast<int>(route.rewrite.kind), route.rewrite.to,
                                 route.rewrite.expression, route.rewrite.authority);
  for (const RouteMatch& match : route.matches) {
    text += fmt::format("  match {} {} {} {}\n", static_cast<int>(match.path.kind),
                        match.path.value, match.method, fmt::join(match.further, " "));
  }
  for (const Destination& to : route.destinations) text += "  to " + TextOf(to) + "\n";
  for (const Mirror& mirror : route.mirrors) {
    text += fmt::format("  mirror {} {} {}\n", TextOf(mirror.to), mirror.percent, mirror.spelling);
  }
  return text;
}

std::string TextOf(const std::vector<MeshEndpoint>& endpoints) {
  std::string text;
  for (const MeshEndpoint& endpoint : endpoints) {
    text += fmt::format("  at {} {} {}\n", endpoint.address, endpoint.ready,
                        endpoint.labels_are_its_own);
    for (const auto& [name, port] : endpoint.ports) text += fmt::format("    {}={}\n", name, port);
    for (const auto& [name, value] : endpoint.labels) {
      text += fmt::format("    {}: {}\n", name, value);
    }
  }
  return text;
}

std::string TextOf(const std::vector<NamedPort>& ports) {
  std::string text;
  for (const NamedPort& port : ports) {
    text += fmt::format("  port {} {} {} {}\n", port.name, port.protocol, port.number, port.target);
  }
  return text;
}

// What the mesh says, without places.
std::string TextOf(const Mesh& mesh) {
  std::string text;
  for (const Route& route : mesh.routes) text += TextOf(route);
  for (const DestinationRule& rule : mesh.rules) {
    text += fmt::format("rule {} {} {}\n", rule.object.Text(), rule.host, rule.tls_mode);
    for (const SubsetRule& subset : rule.subsets) text += "  " + subset.name + "\n";
  }
  for (const ServiceEntry& entry : mesh.entries) {
    text += fmt::format("entry {} {} {}\n", entry.object.Text(), fmt::join(entry.hosts, " "),
                        entry.external);
    text += TextOf(entry.ports) + TextOf(entry.endpoints);
  }
  for (const Service& service : mesh.services) {
    text += fmt::format("service {}\n", service.object.Text()) + TextOf(service.ports);
  }
  for (const EndpointSlice& slice : mesh.slices) {
    text += fmt::format("slice {} {}\n", slice.object.Text(), slice.service);
    text += TextOf(slice.endpoints);
  }
  return text;
}

// Of what was read without an error.
void CheckPlacesOf(const Mesh& mesh, std::string_view input) {
  for (const Route& route : mesh.routes) {
    CheckPlace(route.place, input);
    for (const RouteMatch& match : route.matches) CheckPlace(match.place, input);
    for (const Destination& to : route.destinations) CheckPlace(to.place, input);
    for (const Mirror& mirror : route.mirrors) {
      CheckPlace(mirror.place, input);
      CheckPlace(mirror.to.place, input);
    }
  }
  for (const DestinationRule& rule : mesh.rules) CheckPlace(rule.place, input);
  for (const Service& service : mesh.services) CheckPlace(service.place, input);
}

// Looks up every host that something is sent to.
void LookUp(const Mesh& mesh) {
  for (const Route& route : mesh.routes) {
    for (const Mirror& mirror : route.mirrors) {
      const std::string host = FullHost(mirror.to.host, route.object.name_space);
      FindService(mesh, host);
      FindEntry(mesh, host);
      RulesFor(mesh, host);
      EndpointsOf(mesh, host);
      const SubsetRule* const subset = FindSubset(mesh, host, mirror.to.subset);
      CHECK(subset == nullptr || subset->name == mirror.to.subset);
    }
  }
}

void CheckMesh(const Mesh& mesh) {
  for (const Route& route : mesh.routes) {
    CHECK(route.pointer.starts_with("/spec/"));
    for (const Destination& destination : route.destinations) CHECK(destination.weight >= 0);
    for (const Mirror& mirror : route.mirrors) {
      CHECK(mirror.percent >= 0 && mirror.percent <= 100);
      CHECK(!mirror.field.empty());
      CHECK(mirror.spelling.empty() == (mirror.percent_place.line == 0));
    }
  }
  for (const auto& [name, object] : mesh.objects) CHECK(object.IsMap());
}

// Pods are no objects of a mesh, but their labels are those of endpoints.
bool HasPods(const Mesh& mesh) {
  for (const EndpointSlice& slice : mesh.slices) {
    for (const MeshEndpoint& endpoint : slice.endpoints) {
      if (endpoint.labels_are_its_own) return true;
    }
  }
  return false;
}

void CheckWritten(const Mesh& mesh) {
  if (HasPods(mesh)) return;
  bool whole = true;
  std::string written;
  for (const auto& [name, object] : mesh.objects)
    written += "--- " + Written(object, &whole) + "\n";
  if (!whole) return;
  Problems problems;
  const Mesh again = ReadMesh({{"f", written}}, &problems);
  CheckSame("errors of what was written", "", problems.has_errors() ? written : "");
  CheckSame("a mesh and what was written of it", TextOf(mesh), TextOf(again));
}

void FuzzManifests(std::string_view input) {
  Problems problems;
  const std::vector<ManifestText> files = {{"f", std::string(input)}};
  const Mesh mesh = ReadMesh(files, &problems);
  const bool is_read = !problems.has_errors();
  Lint(mesh, {IstioVersion{1, 27}}, &problems);
  Lint(mesh, {}, &problems);
  const std::string said = CheckProblems(problems, "f", input);
  CheckMesh(mesh);
  for (const auto& [name, object] : mesh.objects) CheckPlaces(object, input);
  if (is_read) CheckPlacesOf(mesh, input);
  LookUp(mesh);
  Problems problems_again;
  const Mesh again = ReadMesh(files, &problems_again);
  Lint(again, {IstioVersion{1, 27}}, &problems_again);
  Lint(again, {}, &problems_again);
  CheckSame("problems of two readings", said, CheckProblems(problems_again, "f", input));
  CheckSame("two readings", TextOf(mesh), TextOf(again));
  if (is_read) CheckWritten(mesh);
}

}  // namespace
}  // namespace shadowreel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  shadowreel::FuzzManifests({reinterpret_cast<const char*>(data), size});
  return 0;
}
