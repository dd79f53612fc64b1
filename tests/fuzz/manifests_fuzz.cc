// Manifests of any bytes, read and linted.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "scenarios/manifests/lint.h"
#include "scenarios/manifests/read_mesh.h"
#include "tests/fuzz/same.h"
#include "tests/fuzz/yaml_places.h"

namespace shadowreel {
namespace {

void CheckMesh(const Mesh& mesh) {
  for (const Route& route : mesh.routes) {
    CHECK(route.pointer.rfind("/spec/", 0) == 0);
    for (const Destination& destination : route.destinations) CHECK(destination.weight >= 0);
    for (const Mirror& mirror : route.mirrors) {
      CHECK(mirror.percent >= 0 && mirror.percent <= 100);
      CHECK(!mirror.field.empty());
      CHECK(mirror.spelling.empty() == (mirror.percent_place.line == 0));
    }
  }
  for (const auto& [name, object] : mesh.objects) CHECK(object.IsMap());
}

std::string Said(std::string_view input) {
  Problems problems;
  const Mesh mesh = ReadMesh({{"f", std::string(input)}}, &problems);
  CheckMesh(mesh);
  Lint(mesh, {IstioVersion{1, 27}}, &problems);
  return CheckProblems(problems, input);
}

}  // namespace
}  // namespace shadowreel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  shadowreel::CheckSame("two readings", shadowreel::Said(input), shadowreel::Said(input));
  return 0;
}
