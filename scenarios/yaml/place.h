#pragma once

#include <compare>
#include <memory>
#include <string>

namespace shadowreel {

// Where something stands in a text file. Copies share the file's name. A value.
struct Place {
  std::shared_ptr<const std::string> file;  // as the user named it; null: nowhere
  int line = 0;                             // from 1; 0: the file as a whole
  int column = 0;                           // in bytes, from 1

  // "perf_ci.yaml:7:12"; "perf_ci.yaml" without a line; empty for nowhere.
  std::string Text() const;
};

// By file name (nowhere comes first), then line, then column.
std::strong_ordering operator<=>(const Place& a, const Place& b);
bool operator==(const Place& a, const Place& b);

}  // namespace shadowreel
