// YAML of any bytes. What is read without a problem, written as JSON and read again, is the same;
// and JSON is read as a reader of JSON does.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "tests/fuzz/same.h"
#include "tests/fuzz/yaml_places.h"

namespace shadowreel {
namespace {

using Json = nlohmann::ordered_json;

// Longer keys cannot be written before a ':' in one line (YAML 1.2, 7.4.2).
constexpr size_t kLongestKey = 100;
constexpr size_t kMostNodes = 5000;  // that are written and compared

// Counts nodes, long texts more than once; more than kMostNodes when a key is too long.
size_t NodesOf(const YamlNode& node) {
  size_t count = 1 + node.text.size() / 100;
  for (const YamlNode& item : node.items) count += NodesOf(item);
  for (const auto& [key, place, value] : node.entries) {
    count += key.size() > kLongestKey ? kMostNodes : NodesOf(value);
  }
  return count;
}

// All scalars as text.
Json AsJson(const YamlNode& node) {
  if (node.IsNull()) return nullptr;
  if (node.IsScalar()) return node.text;
  Json json = node.IsList() ? Json::array() : Json::object();
  for (const YamlNode& item : node.items) json.push_back(AsJson(item));
  for (const auto& [key, place, value] : node.entries) json.emplace(key, AsJson(value));
  return json;
}

// As AsJson; numbers are left as they are, since JSON's reader does not keep their text.
Json AsText(const Json& json) {
  if (json.is_boolean()) return json.get<bool>() ? "true" : "false";
  if (!json.is_structured()) return json;
  Json text = json.is_array() ? Json::array() : Json::object();
  for (const auto& [key, value] : json.items()) {
    if (json.is_array()) {
      text.push_back(AsText(value));
    } else {
      text.emplace(key, AsText(value));
    }
  }
  return text;
}

bool Same(const Json& ours, const Json& theirs) {
  if (theirs.is_number()) return ours.is_string();
  if (!theirs.is_structured()) return ours == theirs;
  if (ours.type() != theirs.type() || ours.size() != theirs.size()) return false;
  for (auto one = ours.begin(), other = theirs.begin(); one != ours.end(); ++one, ++other) {
    if (ours.is_object() && one.key() != other.key()) return false;
    if (!Same(*one, *other)) return false;
  }
  return true;
}

std::string TreesOf(const std::vector<YamlNode>& documents) {
  std::string text;
  for (const YamlNode& node : documents) text += AsJson(node).dump() + "\n";
  return text;
}

void CheckWritten(const YamlNode& node) {
  Problems problems;
  const std::string written = AsJson(node).dump(-1, ' ', true);
  const std::vector<YamlNode> again = ParseYaml(written, "f", &problems);
  CheckSame("problems of what was written", "", CheckProblems(problems, "f", written));
  CheckSame("a document and what was written of it", TreesOf({node}), TreesOf(again));
}

void CheckAsJson(std::string_view input, const std::vector<YamlNode>& documents) {
  const Json json = Json::parse(input, nullptr, false);
  if (json.is_discarded() || !json.is_structured()) return;
  CHECK(documents.size() == 1);
  CHECK(Same(AsJson(documents.front()), AsText(json)));
}

void FuzzYaml(std::string_view input) {
  Problems problems;
  const std::vector<YamlNode> documents = ParseYaml(input, "f", &problems);
  const std::string said = CheckProblems(problems, "f", input);
  size_t nodes = 0;
  for (const YamlNode& node : documents) {
    CHECK(!node.IsNull());
    CheckPlaces(node, input);
    nodes += NodesOf(node);
  }
  if (nodes > kMostNodes) return;
  Problems problems_again;
  const std::vector<YamlNode> again = ParseYaml(input, "f", &problems_again);
  CheckSame("problems of two readings", said, CheckProblems(problems_again, "f", input));
  CheckSame("two readings", TreesOf(documents), TreesOf(again));
  for (const YamlNode& node : documents) CheckWritten(node);
  if (!problems.has_errors()) CheckAsJson(input, documents);
}

}  // namespace
}  // namespace shadowreel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  shadowreel::FuzzYaml({reinterpret_cast<const char*>(data), size});
  return 0;
}
