#include "scenarios/loader/flag_arguments.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "scenarios/loader/read_scenario.h"
#include "scenarios/loader/rules.h"

namespace shadowreel {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

struct FoundFlag {
  std::string section;
  const FieldDescriptor* field;
};

// Fields that are this flag: at most one of the recorder and one of the replayer.
std::vector<FoundFlag> FindFlag(const std::string& flag) {
  std::vector<FoundFlag> found;
  for (const Section& section : Sections()) {
    for (int i = 0; i < section.keys->field_count(); ++i) {
      const FieldDescriptor* const field = section.keys->field(i);
      if (!flag.empty() && FlagOf(*field) == flag) found.push_back({section.name, field});
    }
  }
  return found;
}

YamlNode ScalarNode(std::string text) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = std::move(text);
  return node;
}

// The value at `key` of a map, made when there is none.
YamlNode& At(YamlNode& map, const std::string& key, YamlNode::Kind kind) {
  map.kind = YamlNode::Kind::kMap;
  for (YamlNode::Entry& entry : map.entries) {
    if (entry.key == key) return entry.value;
  }
  map.entries.push_back({key, {}, {}});
  map.entries.back().value.kind = kind;
  return map.entries.back().value;
}

class Arguments {
 public:
  Arguments(const std::vector<std::string>& arguments, const LoadedScenario& loaded)
      : arguments_(arguments), loaded_(loaded) {
    document_.kind = YamlNode::Kind::kMap;
  }

  absl::StatusOr<YamlNode> Read() {
    if (!arguments_.empty() && (arguments_[0] == "recorder" || arguments_[0] == "replayer")) {
      program_ = arguments_[next_++];
    }
    while (next_ < arguments_.size()) RETURN_IF_ERROR(ReadOne());
    return std::move(document_);
  }

 private:
  absl::Status ReadOne() {
    std::string name = arguments_[next_++];
    if (!name.starts_with("--")) {
      return UsageError("'{}' is no flag; behind -- stand flags of the recorder or the replayer",
                        name);
    }
    name.erase(0, 2);
    std::optional<std::string> value;
    if (const size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    }
    if (!value && name.starts_with("no") && FindFlag(name).empty()) {
      name.erase(0, 2);
      value = "false";
    }
    ASSIGN_OR_RETURN(const FoundFlag found, Choose(name));
    const bool is_boolean = found.field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
    if (!value && is_boolean) value = "true";
    if (!value) {
      if (next_ >= arguments_.size()) return UsageError("--{} needs a value", name);
      value = arguments_[next_++];
    }
    Add(found, *value);
    return absl::OkStatus();
  }

  absl::StatusOr<FoundFlag> Choose(const std::string& name) {
    std::vector<FoundFlag> found = FindFlag(name);
    const auto is_wrong = [&](const FoundFlag& each) {
      const bool of_recorder = each.section == "capture";
      if (!program_.empty()) return of_recorder != (program_ == "recorder");
      // What the scenario does not have is not meant when the other fits as well.
      return found.size() > 1 && loaded_.origins.count(of_recorder ? "capture" : "replay") == 0;
    };
    std::vector<FoundFlag> meant;
    std::remove_copy_if(found.begin(), found.end(), std::back_inserter(meant), is_wrong);
    if (meant.size() == 1) return meant[0];
    if (found.empty()) return UsageError("--{} is no flag that a scenario can set", name);
    if (meant.empty() && !program_.empty()) {
      return UsageError("--{} is no flag of the {}", name, program_);
    }
    return UsageError(
        "--{} is a flag of the recorder and of the replayer; say whose: -- recorder "
        "--{}=...",
        name, name);
  }

  void Add(const FoundFlag& found, const std::string& value) {
    const std::string& key = found.field->name();
    YamlNode& section =
        found.section.empty() ? document_ : At(document_, found.section, YamlNode::Kind::kMap);
    if (!found.field->is_repeated()) {
      At(section, key, YamlNode::Kind::kScalar) = ScalarNode(value);
      return;
    }
    YamlNode& list = At(section, key, YamlNode::Kind::kList);
    if (IsRepeatableFlag(*found.field)) {
      list.items.push_back(ScalarNode(value));
      return;
    }
    list.items.clear();
    for (std::string& part : SplitList(value)) list.items.push_back(ScalarNode(std::move(part)));
  }

  const std::vector<std::string>& arguments_;
  const LoadedScenario& loaded_;
  size_t next_ = 0;
  std::string program_;
  YamlNode document_;
};

}  // namespace

absl::StatusOr<LoadedScenario> ReadFlagArguments(const std::vector<std::string>& arguments,
                                                 const LoadedScenario& loaded) {
  ASSIGN_OR_RETURN(const YamlNode document, Arguments(arguments, loaded).Read());
  Problems problems;
  // A command line's variables are the shell's.
  LoadedScenario flags = ReadScenario(document, nullptr, &problems);
  RETURN_IF_ERROR(problems.ToStatus());
  return flags;
}

}  // namespace shadowreel
