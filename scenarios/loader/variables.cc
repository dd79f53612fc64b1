#include "scenarios/loader/variables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/file_system.h"

namespace shadowreel {
namespace {

constexpr std::string_view kOtherwise = ":-";

bool IsName(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
  });
}

// What stands between "${" and "}".
struct Reference {
  std::string name;
  std::optional<std::string> otherwise;
};

// Takes "${...}" off the front of `rest`; nothing when it is no variable.
std::optional<Reference> TakeReference(std::string_view* rest) {
  const size_t end = rest->find('}');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view inside = rest->substr(2, end - 2);
  const size_t colon = inside.find(kOtherwise);
  Reference reference{std::string(inside.substr(0, colon)), std::nullopt};
  if (colon != std::string_view::npos) {
    reference.otherwise = std::string(inside.substr(colon + kOtherwise.size()));
  }
  if (!IsName(reference.name)) return std::nullopt;
  // A variable within a default would be cut at its own brace.
  if (reference.otherwise && reference.otherwise->find("${") != std::string::npos) {
    return std::nullopt;
  }
  rest->remove_prefix(end + 1);
  return reference;
}

std::optional<std::string> ValueOf(const Reference& reference, const Place& place,
                                   const Environment& environment) {
  if (reference.name == "SCENARIO_DIR") {
    return DirectoryOf(place.file == nullptr ? "" : *place.file);
  }
  std::optional<std::string> value = environment(reference.name);
  if ((!value || value->empty()) && reference.otherwise) return reference.otherwise;
  return value;
}

}  // namespace

Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::optional<Substituted> Substitute(const std::string& text, const Place& place,
                                      const Environment& environment, Problems* problems) {
  Substituted result;
  bool whole = true;
  for (std::string_view rest = text; !rest.empty();) {
    if (!rest.starts_with("${")) {
      result.text += rest[0];
      rest.remove_prefix(rest.starts_with("$$") ? 2 : 1);
      continue;
    }
    const std::optional<Reference> reference = TakeReference(&rest);
    if (!reference) {
      problems->Error(place,
                      "'${' begins a variable, ${NAME} or ${NAME:-DEFAULT} with a plain text as "
                      "DEFAULT; write $${ for these two characters");
      return std::nullopt;
    }
    if (const auto value = ValueOf(*reference, place, environment)) {
      result.text += *value;
      result.names.push_back(reference->name);
    } else {
      problems->Error(place,
                      fmt::format("the environment variable {0} is not set; set it, or write "
                                  "${{{0}:-DEFAULT}}",
                                  reference->name));
      whole = false;
    }
  }
  if (!whole) return std::nullopt;
  return result;
}

}  // namespace shadowreel
