#include "scenarios/manifests/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "scenarios/manifests/fields.h"

namespace shadowreel {
namespace {

// YAML 1.1's, which kubectl reads.
bool IsTruth(const YamlNode& node) {
  static const std::vector<std::string> kWords = {"true", "True", "TRUE", "false", "False", "FALSE",
                                                  "yes",  "Yes",  "YES",  "no",    "No",    "NO",
                                                  "on",   "On",   "ON",   "off",   "Off",   "OFF"};
  return !node.quoted && std::find(kWords.begin(), kWords.end(), node.text) != kWords.end();
}

std::string Found(const YamlNode& node) {
  if (node.IsMap()) return "a map";
  if (node.IsList()) return "a list";
  if (node.IsNull()) return "nothing";
  if (HasPlaceholder(node.text)) return fmt::format("'{}': a placeholder to fill in", node.text);
  if (!node.quoted && NumberIn(node)) return fmt::format("the number {}", node.text);
  if (IsTruth(node)) return fmt::format("the boolean {}", node.text);
  return fmt::format("the text '{}'", node.text);
}

void WrongType(const YamlNode& node, const std::string& name, const std::string& expected,
               Problems* problems) {
  problems->Error(node.place, fmt::format("'{}' is {}; write {}", name, Found(node), expected));
}

bool IsText(const YamlNode& node, const std::string& name, Problems* problems) {
  if (!node.IsScalar()) {
    WrongType(node, name, "a text", problems);
  } else if (!node.quoted && (NumberIn(node) || IsTruth(node))) {
    problems->Error(node.place, fmt::format("'{}' is {}, where a text belongs; quote it: \"{}\"",
                                            name, Found(node), node.text));
  } else {
    return true;
  }
  return false;
}

void CheckHost(const YamlNode& node, const std::string& name, Problems* problems) {
  if (!IsText(node, name, problems)) return;
  const std::string& host = node.text;
  if (HasPlaceholder(host)) {
    problems->Warn(node.place,
                   fmt::format("'{}' is {} to fill in before it is applied", name, host));
    return;
  }
  const auto allowed = [](unsigned char byte) {
    return std::isalnum(byte) != 0 || byte == '-' || byte == '.' || byte == '_' || byte == '*' ||
           byte == ':';
  };
  if (host.find("://") != std::string::npos) {
    problems->Error(node.place,
                    fmt::format("'{}' is a host name; leave the scheme out of '{}'", name, host));
  } else if (std::count(host.begin(), host.end(), ':') == 1) {
    problems->Error(node.place, fmt::format("'{}' is a host name; the port of '{}' goes to "
                                            "'port'",
                                            name, host));
  } else if (host.empty() || host.size() > 253 || !std::all_of(host.begin(), host.end(), allowed)) {
    problems->Error(node.place, fmt::format("'{}' is no host name: '{}'", name, host));
  } else if (host.find('*', 1) != std::string::npos) {
    problems->Error(node.place, fmt::format("'{}': a wildcard is one '*' before all else, not '{}'",
                                            name, host));
  }
}

void CheckNumber(const YamlNode& node, const Shape& shape, const std::string& name,
                 Problems* problems) {
  const std::string expected =
      fmt::format("a {}number from {} to {}", shape.whole ? "whole " : "", shape.least, shape.most);
  const std::optional<double> number = NumberIn(node);
  if (!number) {
    const bool quoted = node.IsScalar() && node.quoted;
    WrongType(node, name, expected + (quoted ? ", without quotes" : ""), problems);
  } else if (*number < shape.least || *number > shape.most ||
             (shape.whole && *number != std::floor(*number))) {
    problems->Error(node.place, fmt::format("'{}' is {}; write {}", name, node.text, expected));
  }
}

void Say(bool in_unused_part, const Place& place, std::string text, Problems* problems) {
  if (in_unused_part) {
    problems->InUnusedPart(place, std::move(text));
  } else {
    problems->Error(place, std::move(text));
  }
}

void CheckWord(const YamlNode& node, const Shape& shape, const std::string& name,
               Problems* problems) {
  if (!IsText(node, name, problems)) return;
  if (std::find(shape.words.begin(), shape.words.end(), node.text) != shape.words.end()) return;
  const std::string near = NearestName(node.text, shape.words);
  Say(shape.open, node.place,
      fmt::format("'{}' is '{}'; {}one of: {}", name, node.text,
                  near.empty() ? "" : fmt::format("did you mean '{}'? ", near),
                  fmt::join(shape.words, ", ")),
      problems);
}

const ShapeField* FieldNamed(const Shape& shape, const std::string& name) {
  for (const ShapeField& field : shape.fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

void UnknownField(const YamlNode::Entry& entry, const Shape& shape, Problems* problems) {
  std::vector<std::string> known;
  known.reserve(shape.fields.size());
  for (const ShapeField& field : shape.fields) known.push_back(field.name);
  const std::string near = NearestName(JsonName(entry.key), known);
  const ShapeField* const meant = FieldNamed(shape, near);
  Say(shape.open && (meant == nullptr || meant->shape.open), entry.place,
      meant == nullptr
          ? fmt::format("unknown field '{}'; known here: {}", entry.key, fmt::join(known, ", "))
          : fmt::format("unknown field '{}'; did you mean '{}'?", entry.key, near),
      problems);
}

// The field that a key names; null after adding what is wrong with it.
const ShapeField* FieldOfKey(const YamlNode::Entry& entry, const Shape& shape, Problems* problems) {
  if (const ShapeField* field = FieldNamed(shape, entry.key)) return field;
  const std::string json_name = JsonName(entry.key);
  const ShapeField* field = shape.snake_case ? FieldNamed(shape, json_name) : nullptr;
  if (field == nullptr) {
    UnknownField(entry, shape, problems);
  } else if (entry.key != "mirror_percent") {  // the one that Istio's CRDs know
    problems->Warn(entry.place,
                   fmt::format("'{}' is for Istio itself: a cluster's API server knows '{}' alone "
                               "and drops this; write '{}'",
                               entry.key, json_name, json_name));
  }
  return field;
}

void CheckObject(const YamlNode& node, const Shape& shape, const std::string& name,
                 Problems* problems) {
  if (!node.IsMap()) return WrongType(node, name, "a map", problems);
  std::map<const ShapeField*, std::string> seen;  // and the key that named it
  for (const YamlNode::Entry& entry : node.entries) {
    const ShapeField* field = FieldOfKey(entry, shape, problems);
    if (field == nullptr) continue;
    if (const auto first = seen.find(field); first != seen.end()) {
      problems->Error(entry.place, fmt::format("'{}' is the field '{}' once more; keep one",
                                               entry.key, first->second));
      continue;
    }
    if (entry.value.IsNull()) continue;
    seen.emplace(field, entry.key);
    CheckShape(entry.value, field->shape, entry.key, problems);
  }
  for (const ShapeField& field : shape.fields) {
    if (!field.needed || seen.count(&field) > 0) continue;
    problems->Error(node.place, fmt::format("'{}' is missing in '{}'", field.name, name));
  }
}

void CheckList(const YamlNode& node, const Shape& shape, const std::string& name,
               Problems* problems) {
  if (!node.IsList()) {
    return WrongType(node, name, "a list: its items begin with '- '", problems);
  }
  for (const YamlNode& item : node.items) CheckShape(item, *shape.element, name, problems);
}

void CheckMap(const YamlNode& node, const Shape& shape, const std::string& name,
              Problems* problems) {
  if (!node.IsMap()) return WrongType(node, name, "a map", problems);
  for (const YamlNode::Entry& entry : node.entries) {
    if (!entry.value.IsNull()) CheckShape(entry.value, *shape.element, entry.key, problems);
  }
}

void CheckPortOrName(const YamlNode& node, const std::string& name, Problems* problems) {
  const std::string expected = "a number from 1 to 65535, or a port's name";
  if (!node.IsScalar()) return WrongType(node, name, expected, problems);
  if (NumberIn(node)) CheckNumber(node, shapes::Port(), name, problems);
}

}  // namespace

namespace shapes {
namespace {

Shape OfKind(Shape::Kind kind) {
  Shape shape;
  shape.kind = kind;
  return shape;
}

Shape Of(Shape::Kind kind, Shape element) {
  Shape shape = OfKind(kind);
  shape.element = std::make_shared<const Shape>(std::move(element));
  return shape;
}

// With all that is in it.
Shape Open(Shape shape) {
  shape.open = true;
  for (ShapeField& field : shape.fields) field.shape = Open(std::move(field.shape));
  if (shape.element != nullptr) shape.element = std::make_shared<const Shape>(Open(*shape.element));
  return shape;
}

}  // namespace

Shape Any() { return OfKind(Shape::Kind::kAny); }
Shape Text() { return OfKind(Shape::Kind::kText); }
Shape Host() { return OfKind(Shape::Kind::kHost); }
Shape Bool() { return OfKind(Shape::Kind::kBool); }
Shape PortOrName() { return OfKind(Shape::Kind::kPortOrName); }
Shape Port() { return Whole(1, 65535); }
Shape ListOf(Shape element) { return Of(Shape::Kind::kList, std::move(element)); }
Shape MapOf(Shape element) { return Of(Shape::Kind::kMap, std::move(element)); }

Shape Number(double least, double most) {
  Shape shape = OfKind(Shape::Kind::kNumber);
  shape.least = least;
  shape.most = most;
  return shape;
}

Shape Whole(double least, double most) {
  Shape shape = Number(least, most);
  shape.whole = true;
  return shape;
}

Shape Words(std::vector<std::string> words) {
  Shape shape = OfKind(Shape::Kind::kWord);
  shape.words = std::move(words);
  return shape;
}

Shape Object(std::vector<ShapeField> fields) {
  Shape shape = OfKind(Shape::Kind::kObject);
  shape.fields = std::move(fields);
  return shape;
}

Shape Message(std::vector<ShapeField> fields) {
  Shape shape = Object(std::move(fields));
  shape.snake_case = true;
  return shape;
}

ShapeField Needed(std::string name, Shape shape) {
  return {std::move(name), std::move(shape), true};
}

Shape OpenBut(const std::vector<std::string>& used, Shape object) {
  object.open = true;
  for (ShapeField& field : object.fields) {
    const bool is_used = std::find(used.begin(), used.end(), field.name) != used.end();
    if (!is_used) field.shape = Open(std::move(field.shape));
  }
  return object;
}

}  // namespace shapes

void CheckShape(const YamlNode& node, const Shape& shape, const std::string& name,
                Problems* problems) {
  switch (shape.kind) {
    case Shape::Kind::kAny:
      return;
    case Shape::Kind::kText:
      IsText(node, name, problems);
      return;
    case Shape::Kind::kHost:
      return CheckHost(node, name, problems);
    case Shape::Kind::kNumber:
      return CheckNumber(node, shape, name, problems);
    case Shape::Kind::kBool:
      if (!node.IsScalar() || !IsTruth(node)) WrongType(node, name, "true or false", problems);
      return;
    case Shape::Kind::kPortOrName:
      return CheckPortOrName(node, name, problems);
    case Shape::Kind::kWord:
      return CheckWord(node, shape, name, problems);
    case Shape::Kind::kList:
      return CheckList(node, shape, name, problems);
    case Shape::Kind::kMap:
      return CheckMap(node, shape, name, problems);
    case Shape::Kind::kObject:
      return CheckObject(node, shape, name, problems);
  }
}

}  // namespace shadowreel
