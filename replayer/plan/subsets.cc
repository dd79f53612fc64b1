#include "replayer/plan/subsets.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <set>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "formats/byte_text.h"
#include "net/http/authority.h"
#include "net/http/fields.h"
#include "scenarios/manifests/subset_endpoints.h"
#include "scenarios/yaml/node.h"

namespace shadowreel {
namespace {

constexpr size_t kShownBytes = 60;  // of what the file says
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kWordMarks = "0123456789-._";

bool IsWord(std::string_view text, std::string_view more = "") {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return kLetters.find(c) != std::string_view::npos ||
           kWordMarks.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
  });
}

// A subset as it stands in the file.
struct Entry {
  Subset subset;
  Place place;
};

struct Rule {
  std::string host;
  std::vector<Entry> entries;
  Place place;
};

// Reads one file; what is wrong is left out of what it returns.
class Reader {
 public:
  Reader(uint16_t target_port, Problems* problems)
      : target_port_(target_port), problems_(problems) {}

  std::vector<Rule> Read(std::string_view yaml, const std::string& file) const;

 private:
  template <typename... Args>
  void Wrong(const Place& place, fmt::format_string<Args...> format, Args&&... args) const {
    problems_->Error(place, fmt::format(format, std::forward<Args>(args)...));
  }

  std::vector<Rule> ReadRules(const YamlNode& node) const;
  Rule ReadRule(const YamlNode& node) const;
  void ReadSubsets(const YamlNode& node, Rule* rule) const;
  Entry ReadEntry(const YamlNode& node) const;
  void ReadEndpoints(const YamlNode& node, uint16_t usual_port, Subset* subset) const;
  void ReadEndpoint(const YamlNode& node, uint16_t usual_port, Subset* subset,
                    std::set<std::string>* seen) const;
  void ReadLabels(const YamlNode& node, Subset* subset) const;

  bool CheckMap(const YamlNode& node, std::string_view what) const;
  bool CheckMap(const YamlNode& node, std::string_view what,
                std::initializer_list<std::string_view> known) const;
  std::string TextOf(const YamlNode& node, std::string_view what) const;
  uint16_t PortOf(const YamlNode& node) const;
  bool CheckList(const YamlNode& node, std::string_view what) const;

  const uint16_t target_port_;
  Problems* const problems_;
};

// The value of a key that has one.
const YamlNode* Given(const YamlNode& map, std::string_view key) {
  const YamlNode* const node = map.Find(key);
  return node == nullptr || node->IsNull() ? nullptr : node;
}

// Whether this is a map at all.
bool Reader::CheckMap(const YamlNode& node, std::string_view what) const {
  if (!node.IsMap()) {
    Wrong(node.place, "{} must be a mapping (key: value)", what);
    return false;
  }
  for (const auto& [key, place, value] : node.entries) {
    if (!IsWord(key, "/")) {
      Wrong(place, "a key of {} must be a word", what);
    } else if (value.IsNull()) {
      Wrong(place, "'{}' has no value", EscapeBeginning(key, kShownBytes));
    }
  }
  return true;
}

bool Reader::CheckMap(const YamlNode& node, std::string_view what,
                      std::initializer_list<std::string_view> known) const {
  if (!CheckMap(node, what)) return false;
  for (const auto& [key, place, value] : node.entries) {
    if (!IsWord(key, "/")) continue;
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    Wrong(place, "unknown key '{}' in {}; it may have: {}", EscapeBeginning(key, kShownBytes), what,
          fmt::join(known, ", "));
  }
  return true;
}

// Empty: it is none, which has been said.
std::string Reader::TextOf(const YamlNode& node, std::string_view what) const {
  if (!node.IsScalar()) Wrong(node.place, "{} must be a text", what);
  return node.text;
}

bool Reader::CheckList(const YamlNode& node, std::string_view what) const {
  if (!node.IsList()) {
    Wrong(node.place, "{} must be a list", what);
  } else if (node.items.empty()) {
    Wrong(node.place, "{} is empty", what);
  }
  return !node.items.empty();
}

uint16_t Reader::PortOf(const YamlNode& node) const {
  uint16_t port = 0;
  if (node.IsScalar() && !node.quoted) {
    const char* const end = node.text.data() + node.text.size();
    const auto [stop, error] = std::from_chars(node.text.data(), end, port);
    if (error != std::errc() || stop != end) port = 0;
  }
  if (port == 0) Wrong(node.place, "port must be a number from 1 to 65535");
  return port;
}

void Reader::ReadLabels(const YamlNode& node, Subset* subset) const {
  if (!CheckMap(node, "labels")) return;
  for (const auto& [key, place, value] : node.entries) {
    if (value.IsNull()) continue;
    const std::string text = TextOf(value, "a label's value");
    if (value.IsScalar() && !text.empty() && !IsWord(text)) {
      Wrong(value.place, "label '{}' is made of letters, digits, '-', '.' and '_'",
            EscapeBeginning(key, kShownBytes));
    }
    subset->labels.emplace(key, text);
  }
}

void Reader::ReadEndpoint(const YamlNode& node, uint16_t usual_port, Subset* subset,
                          std::set<std::string>* seen) const {
  const std::string text = TextOf(node, "an endpoint (quote \"[::1]:80\")");
  if (!node.IsScalar()) return;
  if (!text.empty() && !IsWord(text, "[]:")) {
    Wrong(node.place, "an endpoint is HOST[:PORT]");
    return;
  }
  const auto endpoint = ParseEndpointAddress(text, usual_port);
  if (!endpoint.ok()) {
    Wrong(node.place, "{}", Message(endpoint.status()));
  } else if (!seen->insert(endpoint->Authority()).second) {
    Wrong(node.place, "duplicate endpoint {}", endpoint->Authority());
  } else {
    subset->endpoints.push_back(*endpoint);
  }
}

void Reader::ReadEndpoints(const YamlNode& node, uint16_t usual_port, Subset* subset) const {
  if (!CheckList(node, "endpoints")) return;
  if (node.items.size() > kMostSubsetServers) {
    Wrong(node.place, "{} endpoints; a subset may have {}", node.items.size(), kMostSubsetServers);
    return;
  }
  std::set<std::string> seen;
  for (const YamlNode& item : node.items) ReadEndpoint(item, usual_port, subset, &seen);
}

Entry Reader::ReadEntry(const YamlNode& node) const {
  Entry entry;
  entry.place = node.place;
  if (!CheckMap(node, "a subset", {"name", "labels", "port", "endpoints", "trafficPolicy"})) {
    return entry;
  }
  if (node.Find("name") == nullptr) Wrong(node.place, "a subset needs a name");
  if (const YamlNode* const name = Given(node, "name")) {
    entry.subset.name = TextOf(*name, "name");
    if (name->IsScalar() && !IsWord(entry.subset.name)) {
      Wrong(name->place, "a subset's name is made of letters, digits, '-', '.' and '_'");
    }
  }
  if (const YamlNode* const labels = Given(node, "labels")) ReadLabels(*labels, &entry.subset);
  const YamlNode* const given = Given(node, "port");
  const uint16_t port = given == nullptr ? target_port_ : PortOf(*given);
  if (const YamlNode* const endpoints = Given(node, "endpoints")) {
    ReadEndpoints(*endpoints, port, &entry.subset);
  }
  entry.subset.has_traffic_policy = Given(node, "trafficPolicy") != nullptr;
  return entry;
}

void Reader::ReadSubsets(const YamlNode& node, Rule* rule) const {
  if (!CheckList(node, "subsets")) return;
  std::set<std::string> names;
  for (const YamlNode& item : node.items) {
    Entry entry = ReadEntry(item);
    const std::string& name = entry.subset.name;
    if (!name.empty() && !names.insert(name).second) {
      Wrong(entry.place, "duplicate subset '{}'", EscapeBeginning(name, kShownBytes));
    }
    rule->entries.push_back(std::move(entry));
  }
}

Rule Reader::ReadRule(const YamlNode& node) const {
  Rule rule;
  rule.place = node.place;
  if (!CheckMap(node, "an entry",
                {"host", "subsets", "trafficPolicy", "exportTo", "workloadSelector"})) {
    return rule;
  }
  if (node.Find("host") == nullptr) Wrong(node.place, "an entry needs a host");
  if (const YamlNode* const host = Given(node, "host")) {
    rule.host = TextOf(*host, "host");
    if (host->IsScalar() && !IsWord(rule.host, "*[]:")) {
      Wrong(host->place, "host is a name or an address, as in a URL, without a port");
    }
  }
  if (node.Find("subsets") == nullptr) Wrong(node.place, "an entry needs subsets");
  if (const YamlNode* const subsets = Given(node, "subsets")) ReadSubsets(*subsets, &rule);
  if (Given(node, "trafficPolicy") != nullptr) {
    for (Entry& entry : rule.entries) entry.subset.has_traffic_policy = true;
  }
  return rule;
}

std::string LowerCase(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

std::vector<Rule> Reader::ReadRules(const YamlNode& node) const {
  std::vector<Rule> rules;
  if (!CheckList(node, "a subsets file (`- host: ...`)")) return rules;
  std::set<std::string> hosts;
  for (const YamlNode& item : node.items) {
    Rule rule = ReadRule(item);
    if (!rule.host.empty() && !hosts.insert(LowerCase(rule.host)).second) {
      Wrong(rule.place, "duplicate host '{}'", EscapeBeginning(rule.host, kShownBytes));
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<Rule> Reader::Read(std::string_view yaml, const std::string& file) const {
  const std::vector<YamlNode> documents = ParseYaml(yaml, file, problems_);
  if (documents.size() > 1) {
    Wrong(documents[1].place, "a second document begins here; one is expected");
  }
  if (!documents.empty()) return ReadRules(documents.front());
  if (!problems_->has_errors()) {
    Wrong({std::make_shared<const std::string>(file), 1, 1}, "no subsets; write `- host: ...`");
  }
  return {};
}

absl::Status WrongAt(const Place& place, const std::string& text) {
  return UsageError("{}", Problem{place, Severity::kError, text}.Line());
}

template <typename List, typename NameOfItem>
std::string NamesOf(const List& list, NameOfItem name_of) {
  std::vector<std::string> names;
  for (const auto& item : list) names.push_back(name_of(item));
  return ListBeginning(names);
}

}  // namespace

absl::StatusOr<Subset> FindSubset(std::string_view yaml, const std::string& file,
                                  const TargetUrl& target, const std::string& name) {
  Problems problems;
  const std::vector<Rule> rules = Reader(target.port, &problems).Read(yaml, file);
  RETURN_IF_ERROR(problems.ToStatus());
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule& one) {
    // A rule's host may stand in brackets; a URL's has none.
    return EqualsIgnoreCase(WithoutBrackets(one.host), target.host);
  });
  if (rule == rules.end()) {
    return UsageError("{}: no entry has the target's host '{}'; there are: {}", file, target.host,
                      NamesOf(rules, [](const Rule& one) { return one.host; }));
  }
  for (const Entry& entry : rule->entries) {
    if (entry.subset.name != name) continue;
    if (entry.subset.endpoints.empty()) {
      return WrongAt(entry.place,
                     fmt::format("subset '{}' of {} has no endpoints", name, rule->host));
    }
    return entry.subset;
  }
  const std::string names =
      NamesOf(rule->entries, [](const Entry& one) { return one.subset.name; });
  return WrongAt(rule->place,
                 fmt::format("{} has no subset '{}'; there are: {}", rule->host, name, names));
}

}  // namespace shadowreel
