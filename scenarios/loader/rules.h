#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "scenarios/scenario.pb.h"

namespace shadowreel {

// What scenario.proto says of its fields.

const scenario::Rule& RuleOf(const google::protobuf::FieldDescriptor& field);

// The flag that the field is; empty when it has none.
std::string FlagOf(const google::protobuf::FieldDescriptor& field);

// Whether the flag is given once for each value, instead of once with commas between them.
bool IsRepeatableFlag(const google::protobuf::FieldDescriptor& field);

// A message whose keys stand below a key of the document: `name` is empty for the document itself.
struct Section {
  std::string name;
  const google::protobuf::Descriptor* keys;
};
const std::vector<Section>& Sections();

// What is wrong with a key that `keys` does not have: where it belongs, or what was meant.
std::string UnknownKey(const std::string& key, const google::protobuf::Descriptor& keys);

}  // namespace shadowreel
