#include "scenarios/manifests/fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace shadowreel {

std::string JsonName(std::string_view key) {
  const bool snake =
      key.find('_') != std::string_view::npos &&
      std::none_of(key.begin(), key.end(), [](char byte) { return byte >= 'A' && byte <= 'Z'; });
  if (!snake) return std::string(key);
  std::string name;
  bool up = false;
  for (char byte : key) {
    if (byte == '_') {
      up = true;
      continue;
    }
    name += up && byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
    up = false;
  }
  return name;
}

const YamlNode::Entry* EntryOf(const YamlNode& map, std::string_view name) {
  for (const YamlNode::Entry& entry : map.entries) {
    if (!entry.value.IsNull() && (entry.key == name || JsonName(entry.key) == name)) return &entry;
  }
  return nullptr;
}

const YamlNode* FieldOf(const YamlNode& map, std::string_view name) {
  const YamlNode::Entry* entry = EntryOf(map, name);
  return entry == nullptr ? nullptr : &entry->value;
}

std::string TextOf(const YamlNode& map, std::string_view name) {
  const YamlNode* field = FieldOf(map, name);
  return field != nullptr && field->IsScalar() ? field->text : "";
}

std::optional<double> NumberIn(const YamlNode& scalar) {
  if (!scalar.IsScalar() || scalar.quoted || scalar.text.empty()) return std::nullopt;
  double number = 0;
  const char* end = scalar.text.data() + scalar.text.size();
  const auto [stopped, error] = std::from_chars(scalar.text.data(), end, number);
  if (error != std::errc() || stopped != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<double> NumberOf(const YamlNode& map, std::string_view name, double least,
                               double most) {
  const YamlNode* field = FieldOf(map, name);
  const std::optional<double> number = field == nullptr ? std::nullopt : NumberIn(*field);
  if (!number || *number < least || *number > most) return std::nullopt;
  return *number + 0.0;  // no -0
}

std::optional<uint16_t> PortOf(const YamlNode& map, std::string_view name) {
  const std::optional<double> number = NumberOf(map, name, 1, 65535);
  if (!number || *number != std::floor(*number)) return {};
  return static_cast<uint16_t>(*number);
}

std::vector<std::string> TextsOf(const YamlNode& map, std::string_view name) {
  std::vector<std::string> texts;
  const YamlNode* list = FieldOf(map, name);
  if (list == nullptr) return texts;
  for (const YamlNode& item : list->items) {
    if (item.IsScalar()) texts.push_back(item.text);
  }
  return texts;
}

Labels LabelsOf(const YamlNode& map, std::string_view name) {
  Labels labels;
  const YamlNode* field = FieldOf(map, name);
  if (field == nullptr) return labels;
  for (const YamlNode::Entry& entry : field->entries) {
    if (entry.value.IsScalar()) labels[entry.key] = entry.value.text;
  }
  return labels;
}

std::vector<const YamlNode*> MapsOf(const YamlNode& map, std::string_view name) {
  std::vector<const YamlNode*> maps;
  const YamlNode* list = FieldOf(map, name);
  if (list == nullptr) return maps;
  for (const YamlNode& item : list->items) {
    if (item.IsMap()) maps.push_back(&item);
  }
  return maps;
}

std::optional<uint16_t> PortIn(std::string_view text) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || stopped != end || port == 0) return std::nullopt;
  return port;
}

bool HasPlaceholder(std::string_view text) { return text.find("${") != std::string_view::npos; }

}  // namespace shadowreel
