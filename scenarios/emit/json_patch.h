#pragma once

#include <string>
#include <string_view>

#include "scenarios/emit/manifest_json.h"

namespace shadowreel {

// A JSON Patch (RFC 6902): operations in order, all of them or none. Paths are JSON pointers
// (RFC 6901).
class JsonPatch {
 public:
  // Fails the whole patch unless the value is there and equal.
  void Test(const std::string& path, Json value);
  // Sets a map's key, present or not; inserts into a list.
  void Add(const std::string& path, Json value);
  // The value must be there.
  void Remove(const std::string& path);

  std::string Text() const { return ManifestJsonText(operations_); }

 private:
  Json operations_ = Json::array();
};

// What makes a change, and what takes exactly that away again.
struct PatchPair {
  JsonPatch add;
  JsonPatch remove;
};

// One token of a pointer, escaped.
std::string PointerToken(std::string_view key);

// Tests each scalar in `value`, and no more: a server may have added defaults beside them.
void TestScalars(const std::string& path, const Json& value, JsonPatch* patch);

}  // namespace shadowreel
