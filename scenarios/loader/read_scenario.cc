#include "scenarios/loader/read_scenario.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/status.h"
#include "base/units.h"
#include "scenarios/loader/rules.h"
#include "scenarios/loader/scalar_reader.h"
#include "scenarios/terms/path_template.h"
#include "scenarios/terms/threshold.h"

namespace shadowreel {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

// How many values a list may have.
size_t MostOf(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return kMostThresholds;
  const bool endpoints = RuleOf(field).kind() == scenario::PATH_TEMPLATE;
  return endpoints ? kMostPathTemplates : std::numeric_limits<size_t>::max();
}

// Walks a document along the descriptors of scenario.proto.
class Reader {
 public:
  Reader(const Environment& environment, Problems* problems, LoadedScenario* loaded)
      : scalars_(environment, problems), problems_(problems), loaded_(loaded) {}

  // `prefix` stands before the message's keys in origins: "replay.".
  void ReadMessage(const YamlNode& map, const std::string& prefix,
                   google::protobuf::Message* message) {
    std::map<const OneofDescriptor*, const YamlNode::Entry*> chosen;
    for (const YamlNode::Entry& entry : map.entries) {
      const FieldDescriptor* const field = message->GetDescriptor()->FindFieldByName(entry.key);
      if (field == nullptr) {
        // What was meant is looked for as long as anybody will read it.
        const bool is_kept = problems_->errors() < Problems::kMost;
        problems_->Error(entry.place,
                         is_kept ? UnknownKey(entry.key, *message->GetDescriptor()) : "");
        continue;
      }
      if (const OneofDescriptor* const oneof = field->containing_oneof(); oneof != nullptr) {
        const auto [first, is_new] = chosen.emplace(oneof, &entry);
        if (!is_new) {
          problems_->Error(entry.place, Exclusion(*first->second, entry));
          continue;
        }
      }
      ReadField(entry, prefix + entry.key, *field, message);
    }
  }

 private:
  // Flags have no line.
  static std::string Exclusion(const YamlNode::Entry& first, const YamlNode::Entry& second) {
    const int line = first.place.line;
    return fmt::format("'{}' and '{}'{} exclude each other", second.key, first.key,
                       line == 0 ? "" : fmt::format(" (line {})", line));
  }

  void ReadField(const YamlNode::Entry& entry, const std::string& key, const FieldDescriptor& field,
                 google::protobuf::Message* message) {
    if (field.is_repeated()) return ReadList(entry, key, field, message);
    if (field.message_type() != nullptr) return ReadSection(entry, key, field, message);
    Origin origin{entry.value.place, std::vector<Source>(1)};
    if (scalars_.Read(AtKey(entry), field, "", message, &origin.values[0])) {
      loaded_->origins[key] = std::move(origin);
    }
  }

  // What is not there is reported at its key.
  static YamlNode AtKey(const YamlNode::Entry& entry) {
    YamlNode node = entry.value;
    if (node.IsNull()) node.place = entry.place;
    return node;
  }

  void ReadSection(const YamlNode::Entry& entry, const std::string& key,
                   const FieldDescriptor& field, google::protobuf::Message* message) {
    if (!entry.value.IsMap()) {
      problems_->Error(AtKey(entry).place,
                       fmt::format("{}: is a section; its keys stand below it, indented", key));
      return;
    }
    loaded_->origins[key] = {entry.place, {}};
    ReadMessage(entry.value, key + '.', message->GetReflection()->MutableMessage(message, &field));
  }

  void ReadList(const YamlNode::Entry& entry, const std::string& key, const FieldDescriptor& field,
                google::protobuf::Message* message) {
    if (const size_t most = MostOf(field); entry.value.items.size() > most) {
      problems_->Error(entry.value.place, fmt::format("{}: {} of them, and at most {} are taken",
                                                      key, entry.value.items.size(), most));
      return;
    }
    Origin origin{entry.value.place, {}};
    if (entry.value.IsList()) {
      for (const YamlNode& item : entry.value.items) ReadItem(item, field, message, &origin);
    } else {
      ReadItem(AtKey(entry), field, message, &origin);
    }
    loaded_->origins[key] = std::move(origin);
  }

  void ReadItem(const YamlNode& item, const FieldDescriptor& field,
                google::protobuf::Message* message, Origin* origin) {
    Source source;
    if (field.message_type() != nullptr) {
      return ReadThreshold(item, field, message, origin);
    }
    if (item.IsMap() && RuleOf(field).kind() == scenario::HEADER_LINE) {
      for (const YamlNode::Entry& header : item.entries) {
        if (scalars_.Read(AtKey(header), field, header.key + ": ", message, &source)) {
          origin->values.push_back(source);
        }
      }
      return;
    }
    if (scalars_.Read(item, field, "", message, &source)) origin->values.push_back(source);
  }

  void ReadThreshold(const YamlNode& item, const FieldDescriptor& field,
                     google::protobuf::Message* message, Origin* origin) {
    auto& threshold =
        static_cast<scenario::Threshold&>(*message->GetReflection()->AddMessage(message, &field));
    origin->values.push_back({item.place, ""});
    if (!item.IsMap()) {
      Source source;
      const auto& check = *threshold.GetDescriptor()->FindFieldByName("check");
      scalars_.Read(item, check, "", &threshold, &source);
      return;
    }
    LoadedScenario within;  // a threshold's fields have no origins of their own
    const size_t errors = problems_->errors();
    Reader(scalars_, problems_, &within).ReadMessage(item, "", &threshold);
    if (item.Find("check") == nullptr) {
      problems_->Error(item.place, "a threshold needs its 'check', like latency.p99 < 250ms");
    }
    if (problems_->errors() == errors) CheckThreshold(item, threshold);
  }

  // What its fields mean together; each of them is fine.
  void CheckThreshold(const YamlNode& item, const scenario::Threshold& threshold) {
    const YamlNode* const grace = item.Find("grace");
    if (grace != nullptr && !threshold.abort_on_fail()) {
      problems_->Error(grace->place, "grace: is a time of 'abort_on_fail: true', which is not set");
      return;
    }
    const absl::StatusOr<Threshold> check = ParseThreshold(threshold.check());
    if (item.entries.size() > 1 && (!check->endpoint.empty() || check->abort_on_fail)) {
      problems_->Error(item.Find("check")->place,
                       "check: says 'for' or 'abort', and so may the other fields; write all of it "
                       "in 'check' or nothing of it");
      return;
    }
    const std::string line = ThresholdLine(threshold);
    const absl::StatusOr<Threshold> whole = ParseThreshold(line);
    if (!whole.ok()) {
      problems_->Error(item.place, Message(whole.status()));
    } else if (item.entries.size() > 1 && !SaysTheSame(*whole, threshold)) {
      const YamlNode* const endpoint = item.Find("endpoint");
      problems_->Error(endpoint == nullptr ? item.place : endpoint->place,
                       fmt::format("endpoint: in the line '{}' its comma ends it; write {{NAME}} "
                                   "for the part with the comma",
                                   line));
    }
  }

  // Whether the line of a threshold, read again, is what its fields say: '/x,abort' is a path, too.
  static bool SaysTheSame(const Threshold& read, const scenario::Threshold& fields) {
    std::string endpoint;
    if (!fields.endpoint().empty()) {
      const absl::StatusOr<PathTemplate> path = ParsePathTemplate(fields.endpoint());
      if (path.ok()) endpoint = path->text();
    }
    const Nanos grace = ParseDuration(fields.grace()).value_or(Nanos(0));
    return read.endpoint == endpoint && read.abort_on_fail == fields.abort_on_fail() &&
           read.grace == grace;
  }

  Reader(const ScalarReader& scalars, Problems* problems, LoadedScenario* loaded)
      : scalars_(scalars), problems_(problems), loaded_(loaded) {}

  ScalarReader scalars_;
  Problems* const problems_;
  LoadedScenario* const loaded_;
};

}  // namespace

LoadedScenario ReadScenario(const YamlNode& document, const Environment& environment,
                            Problems* problems) {
  LoadedScenario loaded;
  if (!document.IsMap()) {
    problems->Error(document.place,
                    "a scenario is a mapping: its sections 'capture' or 'replay', and what is in "
                    "them");
    return loaded;
  }
  Reader(environment, problems, &loaded).ReadMessage(document, "", &loaded.scenario);
  return loaded;
}

}  // namespace shadowreel
