#include "replayer/options/command_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "scenarios/terms/header_line.h"

namespace shadowreel {
namespace {

constexpr std::array<std::string_view, 3> kHeaderFlags = {"set_header", "add_header", "header"};

// Whether the argument is "--set_header", without a value.
bool IsHeaderFlag(std::string_view argument) {
  if (!argument.starts_with('-')) return false;
  argument.remove_prefix(argument.starts_with("--") ? 2 : 1);
  return std::find(kHeaderFlags.begin(), kHeaderFlags.end(), argument) != kHeaderFlags.end();
}

std::string Shown(std::string_view argument) {
  const size_t equals = argument.find('=');
  if (equals == std::string_view::npos || !IsHeaderFlag(argument.substr(0, equals))) {
    return std::string(argument);
  }
  return std::string(argument.substr(0, equals + 1))
      .append(WithoutValue(argument.substr(equals + 1)));
}

}  // namespace

std::string CommandText(int argc, const char* const* argv) {
  std::string text = "replayer";
  for (int i = 1; i < argc; ++i) {
    text.append(" ");
    text.append(IsHeaderFlag(argv[i - 1]) ? WithoutValue(argv[i]) : Shown(argv[i]));
  }
  return text;
}

}  // namespace shadowreel
