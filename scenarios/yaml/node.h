#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/yaml/place.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// A YAML 1.2 value (JSON, too) that knows where it stands. A value; aliases are copies of what
// they name, with its places.
struct YamlNode {
  enum class Kind : uint8_t { kNull, kScalar, kList, kMap };

  struct Entry;

  Kind kind = Kind::kNull;
  Place place;
  std::string text;     // of a scalar, unquoted and unescaped
  bool quoted = false;  // a scalar that is text whatever it looks like: '...', "...", | or >
  std::vector<YamlNode> items;  // of a list
  std::vector<Entry> entries;   // of a map, in the file's order; keys once each

  bool IsMap() const { return kind == Kind::kMap; }
  bool IsList() const { return kind == Kind::kList; }
  bool IsScalar() const { return kind == Kind::kScalar; }
  bool IsNull() const { return kind == Kind::kNull; }

  // The value of a map's key; null when there is none or this is no map.
  const YamlNode* Find(std::string_view key) const;
  // The same along keys: Find({"spec", "http"}).
  const YamlNode* Find(std::initializer_list<std::string_view> keys) const;
};

struct YamlNode::Entry {
  std::string key;
  Place place;  // of the key
  YamlNode value;
};

// Bounds of one file; what exceeds them is a problem.
inline constexpr size_t kMostYamlBytes = size_t{16} << 20;
inline constexpr size_t kMostYamlNodes = 1'000'000;  // keys and values, without copies
// Keys and values that anchors (&x) and aliases (*x) copy; both keep one. Of text at most
// kMostYamlBytes are copied.
inline constexpr size_t kMostYamlCopies = 50'000;
inline constexpr size_t kMostYamlDepth = 100;  // of lists and maps

// The documents of a YAML stream, null ones left out. JSON is read, with its surrogate pairs. What
// is wrong is added to `problems`, with `file` in its places:
// - Nothing is read of a text that is too long, that is no UTF-8, or that holds a control byte or a
//   carriage return without a line feed.
// - Nothing is read behind broken syntax, unknown anchors and exceeded bounds; the document is left
//   out. Two documents need `---` between them.
// - Left out are duplicate keys (the first one counts), keys that are not text, merge keys (<<). An
//   alias of what contains it is null. Tags other than !!str are ignored.
// Pure; never throws.
std::vector<YamlNode> ParseYaml(std::string_view text, const std::string& file, Problems* problems);

}  // namespace shadowreel
