#include "net/http/fields.h"

#include "base/check.h"

namespace shadowreel {

void Fields::Add(std::string_view name, std::string_view value) {
  CHECK(bytes_.size() + name.size() + value.size() <= UINT32_MAX);
  entries_.push_back({static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(name.size()),
                      static_cast<uint32_t>(value.size())});
  bytes_.append(name).append(value);
}

void Fields::Reserve(size_t count, size_t bytes) {
  entries_.reserve(count);
  bytes_.reserve(bytes);
}

void Fields::Clear() {
  entries_.clear();
  bytes_.clear();
}

std::optional<std::string_view> Fields::Find(std::string_view name) const {
  for (const FieldView field : *this) {
    if (EqualsIgnoreCase(field.name, name)) return field.value;
  }
  return std::nullopt;
}

size_t Fields::Count(std::string_view name) const {
  size_t count = 0;
  for (const FieldView field : *this) count += EqualsIgnoreCase(field.name, name) ? 1 : 0;
  return count;
}

bool operator==(const Fields& a, const Fields& b) {
  return a.entries_ == b.entries_ && a.bytes_ == b.bytes_;
}

}  // namespace shadowreel
