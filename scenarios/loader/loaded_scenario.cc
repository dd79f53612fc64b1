#include "scenarios/loader/loaded_scenario.h"

#include <fmt/format.h>
#include <google/protobuf/util/field_mask_util.h>

#include <string_view>

#include "base/check.h"
#include "scenarios/loader/rules.h"

namespace shadowreel {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

std::string ScalarText(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return fmt::format("{}", reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return fmt::format("{}", reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return fmt::format("{}", reflection.GetDouble(message, &field));
    default:
      CHECK(field.cpp_type() == FieldDescriptor::CPPTYPE_STRING);
      return reflection.GetString(message, &field);
  }
}

std::vector<std::string> ValuesOf(const Message& message, const FieldDescriptor& field) {
  if (!field.is_repeated()) return {ScalarText(message, field)};
  const Reflection& reflection = *message.GetReflection();
  std::vector<std::string> values;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    values.push_back(field.message_type() == nullptr
                         ? reflection.GetRepeatedString(message, &field, i)
                         : ThresholdLine(static_cast<const scenario::Threshold&>(
                               reflection.GetRepeatedMessage(message, &field, i))));
  }
  return values;
}

void AddSettings(const Message& message, const std::string& prefix, const LoadedScenario& loaded,
                 std::vector<Setting>* settings) {
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    const std::string key = prefix + field.name();
    const auto origin = loaded.origins.find(key);
    if (origin == loaded.origins.end()) continue;
    if (field.message_type() != nullptr && !field.is_repeated()) {
      AddSettings(message.GetReflection()->GetMessage(message, &field), key + '.', loaded,
                  settings);
    } else {
      settings->push_back({key, &field, ValuesOf(message, field), origin->second});
    }
  }
}

// The keys that cannot stand beside `key`.
std::vector<std::string> Excluded(const std::string& key) {
  const size_t dot = key.find('.');
  std::vector<std::string> keys;
  for (const Section& section : Sections()) {
    if (dot == std::string::npos || section.name != key.substr(0, dot)) continue;
    const FieldDescriptor* const field = section.keys->FindFieldByName(key.substr(dot + 1));
    const OneofDescriptor* const oneof = field == nullptr ? nullptr : field->containing_oneof();
    for (int i = 0; oneof != nullptr && i < oneof->field_count(); ++i) {
      if (oneof->field(i) == field) continue;
      keys.push_back(section.name + '.' + oneof->field(i)->name());
    }
  }
  return keys;
}

}  // namespace

std::vector<Setting> SettingsOf(const LoadedScenario& loaded) {
  std::vector<Setting> settings;
  AddSettings(loaded.scenario, "", loaded, &settings);
  return settings;
}

std::string FlagTextOf(const Setting& setting) {
  return fmt::format("{}",
                     fmt::join(setting.values, IsRepeatableFlag(*setting.field) ? "\n" : ","));
}

std::string ThresholdLine(const scenario::Threshold& threshold) {
  std::string line = threshold.check();
  if (!threshold.endpoint().empty()) line += " for " + threshold.endpoint();
  if (!threshold.abort_on_fail()) return line;
  line += ", abort";
  if (!threshold.grace().empty()) line += " after " + threshold.grace();
  return line;
}

void Overlay(const LoadedScenario& over, LoadedScenario* base) {
  google::protobuf::FieldMask mask;
  for (const Setting& setting : SettingsOf(over)) mask.add_paths(setting.key);
  google::protobuf::util::FieldMaskUtil::MergeOptions options;
  options.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(over.scenario, mask, options,
                                                        &base->scenario);
  for (const auto& [key, origin] : over.origins) {
    base->origins[key] = origin;
    for (const std::string& excluded : Excluded(key)) base->origins.erase(excluded);
  }
}

}  // namespace shadowreel
