#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <exception>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "formats/byte_text.h"
#include "scenarios/yaml/node.h"
#include "scenarios/yaml/source_text.h"

namespace shadowreel {
namespace {

constexpr size_t kShownBytes = 60;  // of a name in a message

// Ends the reading; thrown through yaml-cpp.
struct Stop {
  size_t position;
  std::string text;
};

// What a value costs when it is copied.
struct Weight {
  size_t nodes = 1;
  size_t bytes = 0;
  size_t depth = 0;  // of lists and maps
};

// A value whose end has not been read, or a whole one.
struct Growing {
  YamlNode node;
  YAML::anchor_t anchor = YAML::NullAnchor;
  Weight weight;
  // Of a map: the entry whose value comes next, and where keys were seen.
  YamlNode::Entry entry;
  bool has_key = false;
  bool keeps_entry = false;
  std::unordered_map<std::string, int> lines{};
};

// Makes nodes of the events of one stream.
class Builder : public YAML::EventHandler {
 public:
  Builder(const SourceText& source, Problems* problems) : source_(source), problems_(problems) {}

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { EndNode(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { EndNode(); }

  // That the last text, if quoted, has an end, which yaml-cpp does not always demand.
  void CheckLastQuote();
  std::vector<YamlNode> TakeDocuments() { return std::move(documents_); }

  size_t PositionOf(const YAML::Mark& mark) const {
    return mark.pos < 0 ? 0 : std::min(static_cast<size_t>(mark.pos), source_.text().size());
  }

 private:
  Growing Begin(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind);
  void CheckTag(const Growing& value, const std::string& tag);
  void Push(Growing value, const std::string& tag);
  void EndNode();
  void Add(Growing value);
  void AddKey(Growing key, Growing* map);
  void SpendCopy(const Weight& weight);
  bool IsLeftOut(size_t position) const;
  Place PlaceOfLeftOut(size_t position) const;

  const SourceText& source_;
  Problems* const problems_;
  std::vector<YamlNode> documents_;
  std::vector<Growing> open_;
  std::unordered_map<YAML::anchor_t, Growing> anchored_;  // of this document
  size_t nodes_ = 0;
  size_t copied_nodes_ = 0;
  size_t copied_bytes_ = 0;
  size_t position_ = 0;  // of the last event
  bool has_document_ = false;
};

void Builder::OnDocumentStart(const YAML::Mark& mark) {
  const std::string_view text = source_.text();
  const size_t position = PositionOf(mark);
  const size_t begin = position_ == 0 ? 0 : position_ - 1;
  const std::string_view between = text.substr(begin, std::max(position, begin) - begin);
  const bool parted = text.substr(position).starts_with("---") || between.starts_with("...") ||
                      between.find("\n...") != std::string_view::npos;
  // yaml-cpp takes anything behind a document for one more.
  if (has_document_ && !parted) {
    throw Stop{position, "text behind the document's end; write --- between two documents"};
  }
  has_document_ = true;
  anchored_.clear();
  position_ = position;
}

Growing Builder::Begin(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
  position_ = PositionOf(mark);
  Growing value;
  value.node.kind = kind;
  value.node.place = source_.PlaceAt(position_);
  value.anchor = anchor;
  if (++nodes_ > kMostYamlNodes) {
    throw Stop{position_, fmt::format("more than {} keys and values", kMostYamlNodes)};
  }
  return value;
}

void Builder::SpendCopy(const Weight& weight) {
  copied_nodes_ += weight.nodes;
  copied_bytes_ += weight.bytes;
  if (copied_nodes_ > kMostYamlCopies || copied_bytes_ > kMostYamlBytes) {
    throw Stop{position_, fmt::format("anchors and aliases (&x, *x) copy more than {} keys and "
                                      "values, or {} bytes",
                                      kMostYamlCopies, kMostYamlBytes)};
  }
}

// A value that is left out has the mark of what comes next.
bool Builder::IsLeftOut(size_t position) const {
  const std::string_view rest = std::string_view(source_.text()).substr(position);
  constexpr std::array<std::string_view, 6> kBeginnings = {"~", "&", "*", "null", "Null", "NULL"};
  return std::none_of(kBeginnings.begin(), kBeginnings.end(),
                      [&](std::string_view beginning) { return rest.starts_with(beginning); });
}

Place Builder::PlaceOfLeftOut(size_t position) const {
  if (!open_.empty() && open_.back().has_key) return open_.back().entry.place;
  const size_t last = source_.text().find_last_not_of(" \t\r\n", position == 0 ? 0 : position - 1);
  return source_.PlaceAt(last == std::string::npos ? 0 : last);
}

void Builder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  Growing value = Begin(mark, anchor, YamlNode::Kind::kNull);
  if (IsLeftOut(position_)) value.node.place = PlaceOfLeftOut(position_);
  Add(std::move(value));
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  position_ = PositionOf(mark);
  const auto found = anchored_.find(anchor);
  if (found == anchored_.end()) {
    problems_->Error(source_.PlaceAt(position_), "an alias of what contains it; write it out");
    OnNull(mark, YAML::NullAnchor);
    return;
  }
  SpendCopy(found->second.weight);
  Growing copy = found->second;
  if (open_.size() + copy.weight.depth > kMostYamlDepth) {
    throw Stop{position_, fmt::format("nested deeper than {}", kMostYamlDepth)};
  }
  Add(std::move(copy));
}

void Builder::CheckTag(const Growing& value, const std::string& tag) {
  const bool text = tag == "tag:yaml.org,2002:str" && value.node.IsScalar();
  if (tag.empty() || tag == "?" || tag == "!" || text) return;
  problems_->Error(value.node.place, fmt::format("the tag '{}' is not known; leave it out",
                                                 EscapeBeginning(tag, kShownBytes)));
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       const std::string& value) {
  Growing scalar = Begin(mark, anchor, YamlNode::Kind::kScalar);
  CheckTag(scalar, tag);
  if (IsValidUtf8(value)) {
    scalar.node.text = value;
  } else {  // yaml-cpp makes a single byte of these two
    problems_->Error(scalar.node.place,
                     R"(the escapes \N and \_ are not read; write \u0085 and \u00a0)");
  }
  scalar.node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
  scalar.weight.bytes = value.size();
  Add(std::move(scalar));
}

void Builder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value /*style*/) {
  Push(Begin(mark, anchor, YamlNode::Kind::kList), tag);
}

void Builder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) {
  Push(Begin(mark, anchor, YamlNode::Kind::kMap), tag);
}

// yaml-cpp calls itself for each level; so this bounds its stack, too.
void Builder::Push(Growing value, const std::string& tag) {
  CheckTag(value, tag);
  if (open_.size() == kMostYamlDepth) {
    throw Stop{position_, fmt::format("nested deeper than {}", kMostYamlDepth)};
  }
  value.weight.depth = 1;
  open_.push_back(std::move(value));
}

void Builder::EndNode() {
  Growing value = std::move(open_.back());
  open_.pop_back();
  Add(std::move(value));
}

void Builder::Add(Growing value) {
  if (value.anchor != YAML::NullAnchor) {
    SpendCopy(value.weight);
    const YAML::anchor_t anchor = std::exchange(value.anchor, YAML::NullAnchor);
    value.lines.clear();
    anchored_[anchor] = value;
  }
  if (open_.empty()) {
    if (!value.node.IsNull()) documents_.push_back(std::move(value.node));
    return;
  }
  Growing& parent = open_.back();
  parent.weight.nodes += value.weight.nodes;
  parent.weight.bytes += value.weight.bytes;
  parent.weight.depth = std::max(parent.weight.depth, value.weight.depth + 1);
  if (parent.node.IsList()) {
    parent.node.items.push_back(std::move(value.node));
  } else if (!parent.has_key) {
    AddKey(std::move(value), &parent);
  } else {
    parent.has_key = false;
    if (!parent.keeps_entry) return;
    parent.entry.value = std::move(value.node);
    parent.node.entries.push_back(std::move(parent.entry));
  }
}

void Builder::AddKey(Growing key, Growing* map) {
  map->entry = {std::move(key.node.text), key.node.place, {}};
  map->has_key = true;
  map->keeps_entry = false;
  const Place& place = map->entry.place;
  if (!key.node.IsScalar()) {
    problems_->Error(place, "a key must be text");
    return;
  }
  if (map->entry.key == "<<" && !key.node.quoted) {
    problems_->Error(place, "merge keys (<<) are not supported; write the keys out");
    return;
  }
  const auto [first, is_new] = map->lines.emplace(map->entry.key, place.line);
  if (!is_new) {
    problems_->Error(place, fmt::format("duplicate key '{}'; the first is in line {}",
                                        EscapeBeginning(first->first, kShownBytes), first->second));
    return;
  }
  map->keeps_entry = true;
}

void Builder::CheckLastQuote() {
  const std::string_view text = source_.text();
  size_t i = position_;
  while (i < text.size() && (text[i] == '&' || text[i] == '!')) {
    i = std::min(text.find_first_of(" \t\r\n", i), text.size());
    i = std::min(text.find_first_not_of(" \t\r\n", i), text.size());
  }
  if (i == text.size() || (text[i] != '"' && text[i] != '\'')) return;
  const char quote = text[i];
  const size_t begin = i++;
  while (i < text.size() && text[i] != quote) i += quote == '"' && text[i] == '\\' ? 2 : 1;
  if (i < text.size()) return;
  documents_.pop_back();
  throw Stop{begin, "the quote that begins here has no end"};
}

bool HasBareVariable(std::string_view line) {
  const size_t at = line.find("${");
  if (at == std::string_view::npos) return false;
  return at == 0 || (line[at - 1] != '"' && line[at - 1] != '\'');
}

// What yaml-cpp says, for people.
std::string Explain(const std::string& message, std::string_view line) {
  const std::string_view indent = line.substr(0, line.find_first_not_of(" \t"));
  if (indent.find('\t') != std::string_view::npos) return "a tab in the indentation; use spaces";
  if (line.find("{{") != std::string_view::npos) {
    return "this is a template, not YAML yet: render it first (helm template)";
  }
  if (message.find("flow not found") != std::string::npos && HasBareVariable(line)) {
    return "in a list [...] or a map {...} a variable is quoted: \"${NAME}\"";
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kWords = {{
      {"end of sequence flow not found", "a list misses its ] or a comma before this"},
      {"end of map flow not found", "a map misses its } or a comma before this"},
      {"end of sequence not found", "this is indented as a list's item, but does not begin with -"},
      {"end of map not found", "this is indented as a key, but is no 'key: value'"},
      {"illegal map value",
       "a ':' where no key can stand; quote the text, or mend the indentation"},
      {"unknown token", "no text can begin so; quote it"},
      {"illegal EOF in scalar", "a quote has no end"},
      {"the referenced anchor is not defined", "an alias of an anchor (&x) that is not before it"},
  }};
  for (const auto& [theirs, ours] : kWords) {
    if (message == theirs) return std::string(ours);
  }
  return message;
}

std::string_view LineAt(std::string_view text, size_t position) {
  if (position == 0) return text.substr(0, text.find('\n'));
  const size_t before = text.find_last_of('\n', position - 1);
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return text.substr(begin, text.find('\n', position) - begin);
}

}  // namespace

std::vector<YamlNode> ParseYaml(std::string_view text, const std::string& file,
                                Problems* problems) {
  if (text.size() > kMostYamlBytes) {
    problems->Error({std::make_shared<const std::string>(file), 1, 1},
                    fmt::format("{} bytes; at most {} are read", text.size(), kMostYamlBytes));
    return {};
  }
  const std::optional<SourceText> source = SourceText::Of(text, file, problems);
  if (!source) return {};
  Builder builder(*source, problems);
  try {
    std::istringstream stream(source->text());
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    builder.CheckLastQuote();
  } catch (const Stop& stop) {
    problems->Error(source->PlaceAt(stop.position), stop.text);
  } catch (const YAML::Exception& exception) {
    const size_t position = builder.PositionOf(exception.mark);
    problems->Error(source->PlaceAt(position),
                    "YAML: " + Explain(exception.msg, LineAt(source->text(), position)));
  } catch (const std::exception& exception) {
    problems->Error(source->PlaceAt(0), fmt::format("YAML: {}", exception.what()));
  }
  return builder.TakeDocuments();
}

}  // namespace shadowreel
