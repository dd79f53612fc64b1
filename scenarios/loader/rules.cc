#include "scenarios/loader/rules.h"

#include <fmt/format.h>

#include "scenarios/yaml/problems.h"

namespace shadowreel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::vector<std::string> KeysOf(const Descriptor& message) {
  std::vector<std::string> keys;
  for (int i = 0; i < message.field_count(); ++i) keys.push_back(message.field(i)->name());
  return keys;
}

std::string NameOf(const Section& section) {
  return section.name.empty() ? "the top level" : fmt::format("'{}'", section.name);
}

// "'capture' or 'reports'": where else the key exists.
std::string SectionsWith(const std::string& key, const Descriptor& keys) {
  std::string names;
  for (const Section& section : Sections()) {
    if (section.keys == &keys || section.keys->FindFieldByName(key) == nullptr) continue;
    names += (names.empty() ? "" : " or ") + NameOf(section);
  }
  return names;
}

// The key that is called so as a flag.
std::string KeyOfFlag(const std::string& flag, const Descriptor& keys) {
  for (int i = 0; i < keys.field_count(); ++i) {
    if (FlagOf(*keys.field(i)) == flag) return keys.field(i)->name();
  }
  return "";
}

}  // namespace

const scenario::Rule& RuleOf(const FieldDescriptor& field) {
  return field.options().GetExtension(scenario::rule);
}

std::string FlagOf(const FieldDescriptor& field) {
  const scenario::Rule& rule = RuleOf(field);
  if (!rule.flag().empty()) return rule.flag();
  const Descriptor* const message = field.containing_type();
  const bool all_have_flags = message == scenario::Capture::descriptor() ||
                              message == scenario::Replay::descriptor() ||
                              message == scenario::Reports::descriptor();
  return all_have_flags ? field.name() : "";
}

bool IsRepeatableFlag(const FieldDescriptor& field) {
  if (!field.is_repeated()) return false;
  if (field.message_type() != nullptr) return true;
  switch (RuleOf(field).kind()) {
    case scenario::HEADER_LINE:
    case scenario::HEADER_NAME:
    case scenario::PATH_REWRITE:
    case scenario::PATH_TEMPLATE:
      return true;
    default:
      return false;
  }
}

const std::vector<Section>& Sections() {
  static const auto* const sections =
      new std::vector<Section>{{"", scenario::Scenario::descriptor()},
                               {"capture", scenario::Capture::descriptor()},
                               {"replay", scenario::Replay::descriptor()},
                               {"reports", scenario::Reports::descriptor()},
                               {"thresholds", scenario::Threshold::descriptor()}};
  return *sections;
}

std::string UnknownKey(const std::string& key, const Descriptor& keys) {
  constexpr size_t kLongest = 64;  // of a key that may be one
  if (key.size() > kLongest) return "unknown field with a long name";
  const std::string unknown = fmt::format("unknown field '{}'", key);
  if (const std::string name = KeyOfFlag(key, keys); !name.empty()) {
    return fmt::format("{}; in a scenario it is '{}'", unknown, name);
  }
  if (const std::string names = SectionsWith(key, keys); !names.empty()) {
    return fmt::format("{} here; it belongs to {}", unknown, names);
  }
  if (const std::string nearest = NearestName(key, KeysOf(keys)); !nearest.empty()) {
    return fmt::format("{}; did you mean '{}'?", unknown, nearest);
  }
  for (const Section& section : Sections()) {
    const std::string nearest = NearestName(key, KeysOf(*section.keys));
    if (nearest.empty()) continue;
    return fmt::format("{}; did you mean '{}' of {}?", unknown, nearest, NameOf(section));
  }
  return fmt::format("{}; known are {}", unknown, fmt::join(KeysOf(keys), ", "));
}

}  // namespace shadowreel
