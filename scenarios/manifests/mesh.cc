#include "scenarios/manifests/mesh.h"

#include <fmt/format.h>

namespace shadowreel {

std::string ObjectName::Text() const { return fmt::format("{} {}/{}", kind, name_space, name); }

}  // namespace shadowreel
