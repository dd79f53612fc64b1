#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shadowreel {

// One header or trailer field. Views into the Fields that gave it.
struct FieldView {
  std::string_view name;
  std::string_view value;
  friend bool operator==(const FieldView&, const FieldView&) = default;
};

// An ordered list of header or trailer fields as they stood on the wire: case, order, duplicates
// and empty values kept. All bytes lie in one buffer, so a request's fields cost two allocations.
// Views are valid until the next change. Not thread-safe.
class Fields {
 public:
  void Add(std::string_view name, std::string_view value);
  // `value` must not be a view into these fields.
  void SetValue(size_t index, std::string_view value);
  void Reserve(size_t count, size_t bytes);
  void Clear();  // keeps the memory

  // A field whose value follows its name in memory. kJoinedSlack bytes behind it can be read, too.
  struct Joined {
    const char* bytes;
    uint32_t name_length;
    uint32_t value_length;
    uint32_t size() const { return name_length + value_length; }
  };
  static constexpr size_t kJoinedSlack = 64;
  // Replaces the fields by those that `count` calls of `next` return (const Joined&), `bytes` long
  // in all.
  template <typename Next>
  void AssignJoined(size_t count, size_t bytes, Next next) {
    bytes_.resize(bytes + kJoinedSlack);
    entries_.resize(count);
    char* const to = bytes_.data();
    uint32_t begin = 0;
    for (Entry& entry : entries_) {
      const Joined field = next();  // a copy: what is written below cannot change it
      entry = {begin, field.name_length, field.value_length};
      // Pieces of fixed size, the last one too long: a call of memcpy would cost more.
      const char* const end = field.bytes + field.size();
      char* out = to + begin;
      for (const char* in = field.bytes; in < end; in += kJoinedSlack, out += kJoinedSlack) {
        std::memcpy(out, in, kJoinedSlack);
      }
      begin += field.size();
    }
    bytes_.resize(bytes);
  }

  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  FieldView operator[](size_t index) const {
    const Entry& entry = entries_[index];
    const char* const name = bytes_.data() + entry.begin;
    return {{name, entry.name_length}, {name + entry.name_length, entry.value_length}};
  }

  // The first field of that name, compared without case (RFC 9110, 5.1).
  std::optional<std::string_view> Find(std::string_view name) const;
  size_t Count(std::string_view name) const;

  // Bytes of all names and values.
  size_t byte_size() const { return bytes_.size(); }

  friend bool operator==(const Fields& a, const Fields& b);

  class Iterator {
   public:
    Iterator(const Fields* fields, size_t index) : fields_(fields), index_(index) {}
    FieldView operator*() const { return (*fields_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const Fields* fields_;
    size_t index_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  struct Entry {
    uint32_t begin;
    uint32_t name_length;
    uint32_t value_length;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::string bytes_;
  std::vector<Entry> entries_;
};

// ASCII case-insensitive equality, as HTTP compares names and tokens.
inline bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  constexpr auto kLower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  };
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (kLower(a[i]) != kLower(b[i])) return false;
  }
  return true;
}

}  // namespace shadowreel
