#include "scenarios/yaml/node.h"

namespace shadowreel {

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

const YamlNode* YamlNode::Find(std::initializer_list<std::string_view> keys) const {
  const YamlNode* node = this;
  for (const std::string_view key : keys) {
    if (node != nullptr) node = node->Find(key);
  }
  return node;
}

}  // namespace shadowreel
