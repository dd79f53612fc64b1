#pragma once

#include <absl/status/status.h>
#include <google/protobuf/descriptor.h>

#include <string>

#include "scenarios/scenario.pb.h"

namespace shadowreel {

// What a text of one kind may be.
struct ValueKind {
  scenario::Kind kind;
  const char* what;     // for messages: "a duration like 250ms, 10s or 2h"
  const char* pattern;  // which every such text fits (ECMA 262), as far as one can say it; or null
  absl::Status (*check)(const std::string& text);
};
const ValueKind& KindOf(const google::protobuf::FieldDescriptor& field);

// Whether `text`, which is not empty, may be the value of `field` (one of a list's): its kind, its
// range. UsageError says what was read and what is expected, without the field's name. Pure.
absl::Status CheckValue(const google::protobuf::FieldDescriptor& field, const std::string& text);

// "from 1ms to 72h", "at least 1"; empty when there is no bound.
std::string RangeOf(const google::protobuf::FieldDescriptor& field);

}  // namespace shadowreel
