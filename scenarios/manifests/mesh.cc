#include "scenarios/manifests/mesh.h"

#include <fmt/format.h>

namespace shadowreel {

std::string LabelText(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", name, value);
  }
  return text.empty() ? "no labels" : text;
}

std::string ObjectName::Text() const { return fmt::format("{} {}/{}", kind, name_space, name); }

}  // namespace shadowreel
