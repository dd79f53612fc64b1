#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/terms/path_template.h"

namespace shadowreel {

// Longest endpoint, in bytes; a longer one is cut and ends in "...".
inline constexpr size_t kMaxEndpointBytes = 128;

// Names endpoints, which a summary groups by: "GET /cart/{number}", the method and the path without
// query. The scheme and authority of an absolute target are left out. Printable ASCII: other bytes
// become "\xNN". A value; thread-safe.
class EndpointNamer {
 public:
  EndpointNamer() = default;

  // A path that one of `templates` fits is named as the first of them; of others, with `fold`, the
  // segments that look like ids (path_fold.h) are named alike.
  EndpointNamer(std::vector<PathTemplate> templates, bool fold)
      : templates_(std::move(templates)), fold_(fold) {}

  std::string NameOf(std::string_view method, std::string_view target) const;

 private:
  void AppendPath(std::string_view method, std::string_view path, std::string* out) const;

  std::vector<PathTemplate> templates_;
  bool fold_ = true;
};

}  // namespace shadowreel
