#include "scenarios/json_schema.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "scenarios/loader/rules.h"
#include "scenarios/loader/value_kinds.h"

namespace shadowreel {
namespace {

using Json = nlohmann::ordered_json;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr char kVariable[] = R"(\$\{)";

Json OfMessage(const Descriptor& message);

Json OrVariable(Json schema) {
  return {
      {"anyOf", Json::array({std::move(schema), {{"type", "string"}, {"pattern", kVariable}}})}};
}

Json NumberIn(const std::string& text) {
  const double value = ParseNumber(text).value_or(0);
  const auto whole = static_cast<int64_t>(value);
  return static_cast<double>(whole) == value ? Json(whole) : Json(value);
}

void AddRange(const FieldDescriptor& field, Json* schema) {
  const scenario::Rule& rule = RuleOf(field);
  const bool is_int32 = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32;
  const bool is_unsigned = field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  if (!rule.least().empty() || is_unsigned) {
    (*schema)["minimum"] = is_unsigned ? Json(0) : NumberIn(rule.least());
  }
  if (!rule.most().empty() || is_int32) {
    (*schema)["maximum"] =
        rule.most().empty() ? Json(std::numeric_limits<int32_t>::max()) : NumberIn(rule.most());
  }
}

// A text; of some kinds it may look like a number.
Json OfText(const FieldDescriptor& field) {
  const ValueKind& kind = KindOf(field);
  Json schema = {{"type", "string"}, {"minLength", 1}};
  if (kind.pattern != nullptr) schema["pattern"] = fmt::format("{}|{}", kind.pattern, kVariable);
  switch (kind.kind) {
    case scenario::TEXT:
    case scenario::PATH:
      schema["type"] = {"string", "number"};
      break;
    case scenario::NUMBER:
    case scenario::RATE:
      schema["type"] = {"string", "number"};
      AddRange(field, &schema);
      break;
    case scenario::PERCENT:
      schema["type"] = {"string", "number"};
      schema["minimum"] = 0;
      schema["maximum"] = 100;
      AddRange(field, &schema);
      break;
    case scenario::SIZE:
      schema["type"] = {"string", "integer"};
      schema["minimum"] = 0;
      break;
    case scenario::DURATION:  // 0 alone needs no unit
      schema["type"] = {"string", "integer"};
      schema["minimum"] = 0;
      schema["maximum"] = 0;
      break;
    default:
      break;
  }
  return schema;
}

Json OfValue(const FieldDescriptor& field) {
  const scenario::Rule& rule = RuleOf(field);
  Json schema;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return OrVariable({{"type", "boolean"}});
    case FieldDescriptor::CPPTYPE_STRING:
      if (rule.kind() != scenario::ONE_OF) return OfText(field);
      for (const std::string& word : rule.words()) schema["enum"].push_back(word);
      return OrVariable(std::move(schema));
    default:
      schema["type"] = rule.kind() == scenario::INTEGER ? "integer" : "number";
      AddRange(field, &schema);
      return OrVariable(std::move(schema));
  }
}

// A list may be written as its only value, headers as a mapping, a threshold as its check.
Json OfList(const FieldDescriptor& field) {
  Json item = field.message_type() == nullptr ? OfValue(field) : OfMessage(*field.message_type());
  if (field.message_type() != nullptr) {
    item = {{"anyOf", Json::array({{{"type", "string"}, {"minLength", 1}}, std::move(item)})}};
  }
  if (RuleOf(field).kind() == scenario::HEADER_LINE) {
    const Json headers = {{"type", "object"},
                          {"additionalProperties", {{"type", {"string", "number", "boolean"}}}}};
    item = {{"anyOf", Json::array({std::move(item), headers})}};
  }
  return {{"anyOf", Json::array({item, {{"type", "array"}, {"items", item}}})}};
}

Json DefaultOf(const FieldDescriptor& field) {
  const std::string& standard = RuleOf(field).standard();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) return standard;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return standard == "true";
  return NumberIn(standard);
}

Json OfField(const FieldDescriptor& field) {
  const scenario::Rule& rule = RuleOf(field);
  const std::string range = RangeOf(field);
  Json schema = {{"description", rule.about() + (range.empty() ? "" : " (" + range + ")")}};
  if (!rule.standard().empty()) schema["default"] = DefaultOf(field);
  if (field.is_repeated()) {
    schema.update(OfList(field));
  } else if (field.message_type() != nullptr) {
    schema.update(OfMessage(*field.message_type()));
  } else {
    schema.update(OfValue(field));
  }
  return schema;
}

Json OfMessage(const Descriptor& message) {
  Json schema = {{"type", "object"}, {"additionalProperties", false}};
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    schema["properties"][field.name()] = OfField(field);
    // What has a flag may be given by that.
    if (RuleOf(field).needed() && FlagOf(field).empty()) schema["required"].push_back(field.name());
  }
  for (int i = 0; i < message.real_oneof_decl_count(); ++i) {
    Json names = Json::array();
    for (int j = 0; j < message.oneof_decl(i)->field_count(); ++j) {
      names.push_back(message.oneof_decl(i)->field(j)->name());
    }
    schema["not"] = {{"required", std::move(names)}};  // of two; more would need a list of pairs
  }
  return schema;
}

}  // namespace

std::string ScenarioJsonSchema() {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "Shadowreel scenario"}};
  schema.update(OfMessage(*scenario::Scenario::descriptor()));
  return schema.dump(2) + '\n';
}

}  // namespace shadowreel
