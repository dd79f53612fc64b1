#include "replayer/plan/subsets.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <set>
#include <utility>

#include "base/status.h"
#include "net/http/fields.h"

namespace shadowreel {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kWordMarks = "0123456789-._";

bool IsWord(std::string_view text, std::string_view more = "") {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return kLetters.find(c) != std::string_view::npos ||
           kWordMarks.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
  });
}

// A subset as it stands in the file.
struct Entry {
  Subset subset;
  YAML::Mark mark;
};

struct Rule {
  std::string host;
  std::vector<Entry> entries;
  YAML::Mark mark;
};

// Reads one file. yaml-cpp throws; nothing of that leaves Read.
class Reader {
 public:
  Reader(const std::string& file, uint16_t target_port) : file_(file), target_port_(target_port) {}

  absl::StatusOr<std::vector<Rule>> Read(std::string_view yaml) const;

  template <typename... Args>
  absl::Status Wrong(const YAML::Mark& mark, fmt::format_string<Args...> format,
                     Args&&... args) const {
    return UsageError("{}:{}:{}: {}", file_, mark.line + 1, mark.column + 1,
                      fmt::format(format, std::forward<Args>(args)...));
  }

 private:
  using Map = std::vector<std::pair<std::string, YAML::Node>>;

  absl::Status CheckBytes(std::string_view yaml) const;
  absl::StatusOr<std::vector<Rule>> ReadRules(std::string_view yaml) const;
  absl::StatusOr<Rule> ReadRule(const YAML::Node& node) const;
  absl::StatusOr<Entry> ReadEntry(const YAML::Node& node) const;
  absl::Status ReadEndpoints(const YAML::Node& node, uint16_t usual_port, Subset* subset) const;
  absl::Status ReadLabels(const YAML::Node& node, Subset* subset) const;

  absl::StatusOr<Map> MapOf(const YAML::Node& node, std::string_view what) const;
  absl::StatusOr<Map> MapOf(const YAML::Node& node, std::string_view what,
                            std::initializer_list<std::string_view> known) const;
  absl::StatusOr<std::string> TextOf(const YAML::Node& node, std::string_view what) const;
  absl::StatusOr<uint16_t> PortOf(const YAML::Node& node) const;
  absl::Status CheckList(const YAML::Node& node, std::string_view what) const;

  const std::string& file_;
  const uint16_t target_port_;
};

std::optional<YAML::Node> Find(const std::vector<std::pair<std::string, YAML::Node>>& map,
                               std::string_view key) {
  const auto found =
      std::find_if(map.begin(), map.end(), [&](const auto& pair) { return pair.first == key; });
  if (found == map.end()) return std::nullopt;
  return found->second;
}

// yaml-cpp takes some control bytes for the end of the file and would leave out what follows.
absl::Status Reader::CheckBytes(std::string_view yaml) const {
  YAML::Mark mark;
  for (const char c : yaml) {
    const bool control = static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r';
    if (control) return Wrong(mark, "a control byte; YAML is text");
    ++mark.column;
    if (c != '\n') continue;
    ++mark.line;
    mark.column = 0;
  }
  return absl::OkStatus();
}

// In the order of the file, keys once each. yaml-cpp keeps duplicates and merge keys as they are.
absl::StatusOr<Reader::Map> Reader::MapOf(const YAML::Node& node, std::string_view what) const {
  if (!node.IsMap()) return Wrong(node.Mark(), "{} must be a mapping (key: value)", what);
  Map map;
  std::set<std::string> keys;
  for (const auto& pair : node) {
    const YAML::Mark mark = pair.first.Mark();
    const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "";
    if (key == "<<") return Wrong(mark, "merge keys (<<) are not supported; write the keys out");
    if (key.empty() || !IsWord(key, "/")) return Wrong(mark, "a key of {} must be a word", what);
    if (!keys.insert(key).second) return Wrong(mark, "duplicate key '{}' in {}", key, what);
    if (pair.second.IsNull()) return Wrong(mark, "'{}' has no value", key);
    map.emplace_back(key, pair.second);
  }
  return map;
}

absl::StatusOr<Reader::Map> Reader::MapOf(const YAML::Node& node, std::string_view what,
                                          std::initializer_list<std::string_view> known) const {
  ASSIGN_OR_RETURN(Map map, MapOf(node, what));
  for (const auto& pair : node) {
    const std::string key = pair.first.Scalar();
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    return Wrong(pair.first.Mark(), "unknown key '{}' in {}; it may have: {}", key, what,
                 fmt::join(known, ", "));
  }
  return map;
}

absl::StatusOr<std::string> Reader::TextOf(const YAML::Node& node, std::string_view what) const {
  if (!node.IsScalar()) return Wrong(node.Mark(), "{} must be a text", what);
  return node.Scalar();
}

absl::Status Reader::CheckList(const YAML::Node& node, std::string_view what) const {
  if (!node.IsSequence()) return Wrong(node.Mark(), "{} must be a list", what);
  if (node.size() == 0) return Wrong(node.Mark(), "{} is empty", what);
  return absl::OkStatus();
}

absl::StatusOr<uint16_t> Reader::PortOf(const YAML::Node& node) const {
  uint16_t port = 0;
  if (node.IsScalar() && node.Tag() != "!") {  // which is a quoted text's tag
    const std::string& text = node.Scalar();
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc() || stop != end) port = 0;
  }
  if (port == 0) return Wrong(node.Mark(), "port must be a number from 1 to 65535");
  return port;
}

absl::Status Reader::ReadLabels(const YAML::Node& node, Subset* subset) const {
  ASSIGN_OR_RETURN(const Map labels, MapOf(node, "labels"));
  for (const auto& [key, value] : labels) {
    ASSIGN_OR_RETURN(const std::string text, TextOf(value, "a label's value"));
    if (!IsWord(text)) {
      return Wrong(value.Mark(), "label '{}' is made of letters, digits, '-', '.' and '_'", key);
    }
    subset->labels.emplace(key, text);
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadEndpoints(const YAML::Node& node, uint16_t usual_port,
                                   Subset* subset) const {
  RETURN_IF_ERROR(CheckList(node, "endpoints"));
  if (node.size() > kMostEndpoints) {
    return Wrong(node.Mark(), "{} endpoints; a subset may have {}", node.size(), kMostEndpoints);
  }
  std::set<std::string> seen;
  for (const YAML::Node& item : node) {
    ASSIGN_OR_RETURN(const std::string text, TextOf(item, "an endpoint (quote \"[::1]:80\")"));
    if (!IsWord(text, "[]:")) return Wrong(item.Mark(), "an endpoint is HOST[:PORT]");
    const auto endpoint = ParseEndpointAddress(text, usual_port);
    if (!endpoint.ok()) return Wrong(item.Mark(), "{}", Message(endpoint.status()));
    if (!seen.insert(endpoint->Authority()).second) {
      return Wrong(item.Mark(), "duplicate endpoint {}", endpoint->Authority());
    }
    subset->endpoints.push_back(*endpoint);
  }
  return absl::OkStatus();
}

absl::StatusOr<Entry> Reader::ReadEntry(const YAML::Node& node) const {
  ASSIGN_OR_RETURN(const Map map, MapOf(node, "a subset",
                                        {"name", "labels", "port", "endpoints", "trafficPolicy"}));
  Entry entry;
  entry.mark = node.Mark();
  const auto name = Find(map, "name");
  if (!name) return Wrong(node.Mark(), "a subset needs a name");
  ASSIGN_OR_RETURN(entry.subset.name, TextOf(*name, "name"));
  if (entry.subset.name.empty() || !IsWord(entry.subset.name)) {
    return Wrong(name->Mark(), "a subset's name is made of letters, digits, '-', '.' and '_'");
  }
  if (const auto labels = Find(map, "labels")) {
    RETURN_IF_ERROR(ReadLabels(*labels, &entry.subset));
  }
  uint16_t port = target_port_;
  if (const auto given = Find(map, "port")) {
    ASSIGN_OR_RETURN(port, PortOf(*given));
  }
  if (const auto endpoints = Find(map, "endpoints")) {
    RETURN_IF_ERROR(ReadEndpoints(*endpoints, port, &entry.subset));
  }
  entry.subset.has_traffic_policy = Find(map, "trafficPolicy").has_value();
  return entry;
}

absl::StatusOr<Rule> Reader::ReadRule(const YAML::Node& node) const {
  ASSIGN_OR_RETURN(const Map map,
                   MapOf(node, "an entry",
                         {"host", "subsets", "trafficPolicy", "exportTo", "workloadSelector"}));
  Rule rule;
  rule.mark = node.Mark();
  const auto host = Find(map, "host");
  if (!host) return Wrong(node.Mark(), "an entry needs a host");
  ASSIGN_OR_RETURN(rule.host, TextOf(*host, "host"));
  if (rule.host.empty() || !IsWord(rule.host, "*[]:")) {
    return Wrong(host->Mark(), "host is a name or an address, as in a URL, without a port");
  }
  const auto subsets = Find(map, "subsets");
  if (!subsets) return Wrong(node.Mark(), "an entry needs subsets");
  RETURN_IF_ERROR(CheckList(*subsets, "subsets"));
  std::set<std::string> names;
  for (const YAML::Node& item : *subsets) {
    ASSIGN_OR_RETURN(Entry entry, ReadEntry(item));
    if (!names.insert(entry.subset.name).second) {
      return Wrong(entry.mark, "duplicate subset '{}' of {}", entry.subset.name, rule.host);
    }
    if (Find(map, "trafficPolicy")) entry.subset.has_traffic_policy = true;
    rule.entries.push_back(std::move(entry));
  }
  return rule;
}

absl::StatusOr<std::vector<Rule>> Reader::ReadRules(std::string_view yaml) const {
  const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(yaml));
  if (documents.empty()) return Wrong(YAML::Mark(), "no subsets; write `- host: ...`");
  if (documents.size() > 1) {
    return Wrong(documents[1].Mark(), "a second document begins here; one is expected");
  }
  RETURN_IF_ERROR(CheckList(documents[0], "a subsets file (`- host: ...`)"));
  std::vector<Rule> rules;
  for (const YAML::Node& item : documents[0]) {
    ASSIGN_OR_RETURN(Rule rule, ReadRule(item));
    for (const Rule& other : rules) {
      if (EqualsIgnoreCase(other.host, rule.host)) {
        return Wrong(rule.mark, "duplicate host '{}'", rule.host);
      }
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

absl::StatusOr<std::vector<Rule>> Reader::Read(std::string_view yaml) const {
  RETURN_IF_ERROR(CheckBytes(yaml));
  try {
    return ReadRules(yaml);
  } catch (const YAML::Exception& exception) {
    return Wrong(exception.mark, "YAML: {}", exception.msg);
  }
}

// A rule's host may stand in brackets; a URL's has none.
std::string_view WithoutBrackets(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

// "v1, v2", or the first ten "and 3 more".
template <typename List, typename NameOfItem>
std::string NamesOf(const List& list, NameOfItem name_of) {
  constexpr size_t kShown = 10;
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(list.size(), kShown); ++i) names.push_back(name_of(list[i]));
  std::string text = fmt::format("{}", fmt::join(names, ", "));
  if (list.size() > kShown) text += fmt::format(" and {} more", list.size() - kShown);
  return text;
}

}  // namespace

absl::StatusOr<Subset> FindSubset(std::string_view yaml, const std::string& file,
                                  const TargetUrl& target, const std::string& name) {
  const Reader reader(file, target.port);
  ASSIGN_OR_RETURN(const std::vector<Rule> rules, reader.Read(yaml));
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const Rule& one) {
    return EqualsIgnoreCase(WithoutBrackets(one.host), target.host);
  });
  if (rule == rules.end()) {
    return UsageError("{}: no entry has the target's host '{}'; there are: {}", file, target.host,
                      NamesOf(rules, [](const Rule& one) { return one.host; }));
  }
  for (const Entry& entry : rule->entries) {
    if (entry.subset.name != name) continue;
    if (entry.subset.endpoints.empty()) {
      return reader.Wrong(entry.mark, "subset '{}' of {} has no endpoints", name, rule->host);
    }
    return entry.subset;
  }
  return reader.Wrong(rule->mark, "{} has no subset '{}'; there are: {}", rule->host, name,
                      NamesOf(rule->entries, [](const Entry& one) { return one.subset.name; }));
}

}  // namespace shadowreel
