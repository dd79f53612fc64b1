#include "scenarios/emit/manifest_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace shadowreel {
namespace {

constexpr double kMostExact = 9007199254740992.0;  // 2^53

bool IsOneOf(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

template <typename Number, typename... Base>
bool ReadsAs(std::string_view text, Number* number, Base... base) {
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, *number, base...);
  return error == std::errc() && stopped == end && !text.empty();
}

// Whether it looks like a number: from_chars alone also takes "inf" and "nan".
bool MayBeNumber(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

bool ReadNumber(std::string_view text, Json* json) {
  uint64_t number = 0;
  if (text.substr(0, 2) == "0x" && ReadsAs(text.substr(2), &number, 16)) {
    *json = number;
    return true;
  }
  if (text.substr(0, 2) == "0o" && ReadsAs(text.substr(2), &number, 8)) {
    *json = number;
    return true;
  }
  if (!MayBeNumber(text)) return false;
  if (text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return false;
  }
  int64_t integer = 0;
  double real = 0;
  if (ReadsAs(text, &integer)) {
    *json = integer;
  } else if (ReadsAs(text, &real)) {
    const bool whole = std::abs(real) <= kMostExact && real == std::trunc(real);
    *json = whole ? Json(static_cast<int64_t>(real)) : Json(real);
  } else {
    return false;
  }
  return true;
}

Json ScalarJson(const YamlNode& node) {
  const std::string_view text = node.text;
  if (node.quoted) return node.text;
  if (IsOneOf(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  // YAML 1.1's words as well, as kubectl reads them.
  if (IsOneOf(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})) return true;
  if (IsOneOf(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})) {
    return false;
  }
  Json number;
  return ReadNumber(text, &number) ? number : Json(node.text);
}

}  // namespace

Json ManifestJson(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return nullptr;
    case YamlNode::Kind::kScalar:
      return ScalarJson(node);
    case YamlNode::Kind::kList: {
      Json list = Json::array();
      for (const YamlNode& item : node.items) list.push_back(ManifestJson(item));
      return list;
    }
    case YamlNode::Kind::kMap: {
      Json map = Json::object();
      for (const YamlNode::Entry& entry : node.entries) {
        map[entry.key] = ManifestJson(entry.value);
      }
      return map;
    }
  }
  return nullptr;
}

std::string ManifestJsonText(const Json& json) {
  std::string text;
  // Outside of strings JSON has none of the three.
  for (const char c : json.dump(2)) {
    switch (c) {
      case '<':
        text += "\\u003c";
        break;
      case '>':
        text += "\\u003e";
        break;
      case '&':
        text += "\\u0026";
        break;
      default:
        text += c;
    }
  }
  return text + "\n";
}

}  // namespace shadowreel
