#include "scenarios/emit/json_patch.h"

#include <utility>

namespace shadowreel {

void JsonPatch::Test(const std::string& path, Json value) {
  operations_.push_back({{"op", "test"}, {"path", path}, {"value", std::move(value)}});
}

void JsonPatch::Add(const std::string& path, Json value) {
  operations_.push_back({{"op", "add"}, {"path", path}, {"value", std::move(value)}});
}

void JsonPatch::Remove(const std::string& path) {
  operations_.push_back({{"op", "remove"}, {"path", path}});
}

std::string PointerToken(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

void TestScalars(const std::string& path, const Json& value, JsonPatch* patch) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      TestScalars(path + "/" + PointerToken(key), inner, patch);
    }
  } else if (value.is_array()) {
    size_t index = 0;
    for (const Json& item : value) TestScalars(path + "/" + std::to_string(index++), item, patch);
  } else if (!value.is_null()) {
    patch->Test(path, value);
  }
}

}  // namespace shadowreel
