#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/http/fields.h"

namespace shadowreel {

// Other forms of a list of fields, as translations between versions and libcurl make them.

// Names in lower case (ASCII).
Fields LowerCased(const Fields& fields);

// With field `index` first and spelled `name`.
Fields MovedFirst(const Fields& fields, size_t index, std::string_view name);

// All cookie fields as one, joined with "; " (RFC 9113, 8.2.3), where the first stood.
Fields CookiesJoined(const Fields& fields);

// Index of the field of that name (without case), when there is exactly one.
std::optional<size_t> OnlyIndex(const Fields& fields, std::string_view name);

// Without the fields for which `drop(FieldView)` is true.
template <typename Drop>
Fields Without(const Fields& fields, Drop drop) {
  Fields kept;
  kept.Reserve(fields.size(), fields.byte_size());
  for (const FieldView field : fields) {
    if (!drop(field)) kept.Add(field.name, field.value);
  }
  return kept;
}

}  // namespace shadowreel
