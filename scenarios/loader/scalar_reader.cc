#include "scenarios/loader/scalar_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "base/units.h"
#include "scenarios/loader/rules.h"
#include "scenarios/loader/value_kinds.h"

namespace shadowreel {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Reflection;

bool HoldsControl(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

template <typename Integer>
Integer AsInteger(const std::string& text) {
  Integer value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// `text` has been checked.
void Store(const std::string& text, const FieldDescriptor& field,
           google::protobuf::Message* message) {
  const Reflection& reflection = *message->GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(message, &field, text == "true");
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(message, &field, AsInteger<int32_t>(text));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(message, &field, AsInteger<uint64_t>(text));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection.SetDouble(message, &field, ParseNumber(text).value_or(0));
    default:
      CHECK(field.cpp_type() == FieldDescriptor::CPPTYPE_STRING);
      if (field.is_repeated()) return reflection.AddString(message, &field, text);
      return reflection.SetString(message, &field, text);
  }
}

// A message that quotes a value of any length, at a readable one.
std::string Clipped(const std::string& message) {
  constexpr size_t kBegin = 300;
  constexpr size_t kEnd = 200;
  if (message.size() <= kBegin + kEnd) return message;
  const auto continues = [&](size_t at) { return (message[at] & 0xc0) == 0x80; };  // of UTF-8
  size_t begin = kBegin;
  while (begin > 0 && continues(begin)) --begin;
  size_t end = message.size() - kEnd;
  while (end < message.size() && continues(end)) ++end;
  return message.substr(0, begin) + " [...] " + message.substr(end);
}

std::string_view NameOf(YamlNode::Kind kind) {
  return kind == YamlNode::Kind::kList ? "a list" : "a mapping";
}

}  // namespace

struct ScalarReader::Text {
  std::string value;
  std::vector<std::string> variables;  // that stood in it
};

bool ScalarReader::Refuse(const YamlNode& node, const FieldDescriptor& field,
                          const std::string& why) {
  problems_->Error(node.place, fmt::format("{}: {}", field.name(), Clipped(why)));
  return false;
}

bool ScalarReader::TakeText(const YamlNode& node, const FieldDescriptor& field, Text* text) {
  if (node.IsNull()) {
    return Refuse(node, field, "has no value; give it one or leave the key out");
  }
  if (!node.IsScalar()) {
    return Refuse(node, field, fmt::format("{} where one value is expected", NameOf(node.kind)));
  }
  std::optional<Substituted> substituted = Substituted{node.text, {}};
  if (environment_) substituted = Substitute(node.text, node.place, environment_, problems_);
  if (!substituted) return false;
  *text = {std::move(substituted->text), std::move(substituted->names)};
  if (text->value.empty()) {
    return Refuse(node, field,
                  text->variables.empty() ? "is empty; give it a value or leave the key out"
                                          : "is empty, because ${" + text->variables[0] + "} is");
  }
  return true;
}

bool ScalarReader::FitsField(const YamlNode& node, const FieldDescriptor& field, const Text& text) {
  const bool is_text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  // What holds a variable often has to be quoted; its type is that of the variable's value.
  if (!is_text && node.quoted && text.variables.empty()) {
    const bool is_boolean = field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
    return Refuse(node, field,
                  fmt::format("a text where {} is expected; write it without quotes",
                              is_boolean ? "true or false" : "a number"));
  }
  const std::string of_variable =
      text.variables.empty() ? "" : fmt::format("what ${{{}}} gives", text.variables[0]);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    if (text.value == "true" || text.value == "false") return true;
    return Refuse(node, field,
                  fmt::format("{} is neither true nor false",
                              of_variable.empty() ? "'" + text.value + "'" : of_variable));
  }
  if (field.name() != "about" && HoldsControl(text.value)) {
    return Refuse(node, field, "holds a control character, like a tab or a line end");
  }
  // A comma would make two values of one.
  if (field.is_repeated() && !IsRepeatableFlag(field) &&
      text.value.find(',') != std::string::npos) {
    return Refuse(node, field, "a comma in the value; write several values as a list: [a, b]");
  }
  const absl::Status checked = CheckValue(field, text.value);
  if (checked.ok()) return true;
  if (of_variable.empty()) return Refuse(node, field, Message(checked));
  // The value may be a secret.
  const std::string range = RangeOf(field);
  return Refuse(node, field,
                fmt::format("{} is not {}{}{}", of_variable, KindOf(field).what,
                            range.empty() ? "" : ", ", range));
}

bool ScalarReader::Read(const YamlNode& node, const FieldDescriptor& field, std::string_view before,
                        google::protobuf::Message* message, Source* source) {
  Text text;
  if (!TakeText(node, field, &text)) return false;
  text.value.insert(0, before);
  if (!FitsField(node, field, text)) return false;
  Store(text.value, field, message);
  *source = {node.place, text.variables.empty() ? "" : std::string(before) + node.text};
  return true;
}

}  // namespace shadowreel
