#include "formats/reel/field_forms.h"

#include <algorithm>

namespace shadowreel {
namespace {

constexpr std::string_view kCookie = "cookie";

char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Fields LowerCased(const Fields& fields) {
  Fields lower;
  lower.Reserve(fields.size(), fields.byte_size());
  std::string name;
  for (const FieldView field : fields) {
    name.assign(field.name);
    std::transform(name.begin(), name.end(), name.begin(), LowerCase);
    lower.Add(name, field.value);
  }
  return lower;
}

Fields MovedFirst(const Fields& fields, size_t index, std::string_view name) {
  Fields moved;
  moved.Reserve(fields.size(), fields.byte_size());
  moved.Add(name, fields[index].value);
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i != index) moved.Add(fields[i].name, fields[i].value);
  }
  return moved;
}

Fields CookiesJoined(const Fields& fields) {
  if (fields.Count(kCookie) < 2) return fields;
  std::string all;
  bool first = true;
  for (const FieldView field : fields) {
    if (!EqualsIgnoreCase(field.name, kCookie)) continue;
    all.append(std::exchange(first, false) ? "" : "; ").append(field.value);
  }
  Fields joined;
  joined.Reserve(fields.size(), fields.byte_size() + 2 * fields.size());
  first = true;
  for (const FieldView field : fields) {
    if (!EqualsIgnoreCase(field.name, kCookie)) {
      joined.Add(field.name, field.value);
    } else if (std::exchange(first, false)) {
      joined.Add(field.name, all);
    }
  }
  return joined;
}

std::optional<size_t> OnlyIndex(const Fields& fields, std::string_view name) {
  std::optional<size_t> found;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!EqualsIgnoreCase(fields[i].name, name)) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

}  // namespace shadowreel
