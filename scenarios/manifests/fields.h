#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/manifests/mesh.h"
#include "scenarios/yaml/node.h"

namespace shadowreel {

// Reading objects whose shape is checked elsewhere (shape.h): what has another type than asked for
// reads as absent. Pure.

// `mirror_percent` as `mirrorPercent`; what is not in snake_case as it is (protobuf's json_name).
std::string JsonName(std::string_view key);

// A map's entry under its JSON name or in snake_case; null when absent or null.
const YamlNode::Entry* EntryOf(const YamlNode& map, std::string_view name);
const YamlNode* FieldOf(const YamlNode& map, std::string_view name);

std::string TextOf(const YamlNode& map, std::string_view name);
// A number from `least` to `most`; others read as absent, too.
std::optional<double> NumberOf(const YamlNode& map, std::string_view name, double least,
                               double most);
std::optional<uint16_t> PortOf(const YamlNode& map, std::string_view name);
std::vector<std::string> TextsOf(const YamlNode& map, std::string_view name);
Labels LabelsOf(const YamlNode& map, std::string_view name);
// The maps in a list; empty when absent.
std::vector<const YamlNode*> MapsOf(const YamlNode& map, std::string_view name);

// A scalar as a finite number; nothing when it is none, or quoted.
std::optional<double> NumberIn(const YamlNode& scalar);

// "8080" as a port; nothing when it is none.
std::optional<uint16_t> PortIn(std::string_view text);

// "${OTHER_MESH_GATEWAY_URL}": what a shell was to fill in.
bool HasPlaceholder(std::string_view text);

}  // namespace shadowreel
