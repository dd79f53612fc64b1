#include "net/http/fields.h"

#include "base/check.h"

namespace shadowreel {

void Fields::Add(std::string_view name, std::string_view value) {
  CHECK(bytes_.size() + name.size() + value.size() <= UINT32_MAX);
  entries_.push_back({static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(name.size()),
                      static_cast<uint32_t>(value.size())});
  bytes_.append(name).append(value);
}

void Fields::SetValue(size_t index, std::string_view value) {
  CHECK(index < entries_.size() && bytes_.size() + value.size() <= UINT32_MAX);
  Entry& entry = entries_[index];
  bytes_.replace(entry.begin + entry.name_length, entry.value_length, value);
  const auto shift = static_cast<uint32_t>(value.size()) - entry.value_length;  // wraps below 0
  entry.value_length += shift;
  for (size_t i = index + 1; i < entries_.size(); ++i) entries_[i].begin += shift;
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
