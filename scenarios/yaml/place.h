#pragma once

#include <compare>
#include <memory>
#include <string>

namespace shadowreel {

// Where something stands in a text file. Copies share the file's name.
struct Place {
  std::shared_ptr<const std::string> file;  // as the user named it; null: nowhere
  int line = 0;                             // from 1
  int column = 0;                           // in bytes, from 1

  // "perf_ci.yaml:7:12"; empty for nowhere.
  std::string Text() const;
};

// By file name, then line, then column.
std::strong_ordering operator<=>(const Place& a, const Place& b);
bool operator==(const Place& a, const Place& b);

}  // namespace shadowreel
