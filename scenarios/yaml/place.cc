#include "scenarios/yaml/place.h"

#include <fmt/format.h>

#include <tuple>

namespace shadowreel {
namespace {

std::tuple<bool, std::string_view, int, int> Rank(const Place& place) {
  const bool somewhere = place.file != nullptr;
  return {somewhere, somewhere ? *place.file : std::string_view(), place.line, place.column};
}

}  // namespace

std::string Place::Text() const {
  if (file == nullptr) return "";
  return line == 0 ? *file : fmt::format("{}:{}:{}", *file, line, column);
}

std::strong_ordering operator<=>(const Place& a, const Place& b) { return Rank(a) <=> Rank(b); }

bool operator==(const Place& a, const Place& b) { return Rank(a) == Rank(b); }

}  // namespace shadowreel
