#include "scenarios/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "formats/byte_text.h"
#include "scenarios/loader/rules.h"
#include "scenarios/terms/header_line.h"

namespace shadowreel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

bool MayBeSecret(const FieldDescriptor& field) {
  const scenario::Kind kind = RuleOf(field).kind();
  return kind == scenario::HEADER_LINE || kind == scenario::HEADER_PATTERN;
}

// A value that may be a secret is shown as the file has it; of a flag, where the shell may have put
// it, its name alone.
std::string ShownOf(const FieldDescriptor& field, const std::string& value, const Source& source) {
  if (!MayBeSecret(field)) return value;
  if (source.place.file == nullptr && value.find(':') != std::string::npos) {
    return WithoutValue(value);
  }
  return source.written.empty() ? value : source.written;
}

// Values from flags stand in no file.
std::string FromText(const Place& place) { return place.file == nullptr ? "flag" : place.Text(); }

class Lister {
 public:
  explicit Lister(const LoadedScenario& loaded) : loaded_(loaded) {
    for (Setting& setting : SettingsOf(loaded)) {
      std::string key = setting.key;
      settings_.emplace(std::move(key), std::move(setting));
    }
  }

  void AddMessage(const Descriptor& message, const std::string& prefix) {
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      const std::string key = prefix + field.name();
      if (field.message_type() != nullptr && !field.is_repeated()) {
        if (loaded_.origins.count(key) > 0) AddMessage(*field.message_type(), key + '.');
      } else if (const auto given = settings_.find(key); given != settings_.end()) {
        AddGiven(given->second);
      } else {
        AddDefault(prefix, field);
      }
    }
  }

  std::vector<ShownValue> Take() { return std::move(values_); }

 private:
  void AddGiven(const Setting& setting) {
    for (size_t i = 0; i < setting.values.size(); ++i) {
      const Source& source = setting.origin.values[i];
      values_.push_back({setting.key, ShownOf(*setting.field, setting.values[i], source),
                         FromText(source.place)});
    }
    if (setting.values.empty()) {
      values_.push_back({setting.key, "", FromText(setting.origin.place)});
    }
  }

  void AddDefault(const std::string& prefix, const FieldDescriptor& field) {
    const std::string key = prefix + field.name();
    const scenario::Rule& rule = RuleOf(field);
    if (!rule.standard().empty() && !IsReplaced(prefix, field)) {
      values_.push_back({key, rule.standard(), "default"});
    } else if (rule.needed()) {
      values_.push_back({key, "", "missing: give it here or as --" + FlagOf(field)});
    }
  }

  // Whether a value is given that excludes this field's default.
  bool IsReplaced(const std::string& prefix, const FieldDescriptor& field) const {
    const OneofDescriptor* const oneof = field.containing_oneof();
    for (int i = 0; oneof != nullptr && i < oneof->field_count(); ++i) {
      const std::string key = prefix + oneof->field(i)->name();
      if (settings_.count(key) > 0) return true;
    }
    return false;
  }

  const LoadedScenario& loaded_;
  std::map<std::string, Setting> settings_;
  std::vector<ShownValue> values_;
};

}  // namespace

std::vector<ShownValue> ValuesInForce(const LoadedScenario& loaded) {
  Lister lister(loaded);
  lister.AddMessage(*scenario::Scenario::descriptor(), "");
  return lister.Take();
}

std::string ValuesAsText(const std::vector<ShownValue>& values) {
  constexpr size_t kWidest = 40;  // a longer value moves its own line's last column alone
  size_t key_width = 0;
  size_t value_width = 0;
  for (const ShownValue& each : values) {
    key_width = std::max(key_width, each.key.size());
    value_width = std::max(value_width, std::min(each.value.size(), kWidest));
  }
  std::string text;
  for (const ShownValue& each : values) {
    text += fmt::format("{:<{}}  {:<{}}  {}\n", each.key, key_width, InOneLine(each.value),
                        value_width, each.from);
  }
  return text;
}

std::string ValuesAsJson(const std::vector<ShownValue>& values) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ShownValue& each : values) {
    list.push_back({{"key", each.key}, {"value", each.value}, {"from", each.from}});
  }
  // Names of files, variables and flags may hold any bytes.
  return nlohmann::ordered_json{{"values", std::move(list)}}.dump(
             2, ' ', false, nlohmann::json::error_handler_t::replace) +
         '\n';
}

}  // namespace shadowreel
