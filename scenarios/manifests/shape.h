#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/yaml/node.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

struct ShapeField;

// What a value of a manifest may be: the part of a CRD's schema that these readers hold objects to.
// CRD schemas let misspelt fields pass; shapes refuse them. A value; made by the functions below.
struct Shape {
  enum class Kind : uint8_t {
    kAny,
    kText,
    kHost,  // text; a host name, an IP address, a wildcard, or a placeholder like ${URL}
    kNumber,
    kBool,
    kPortOrName,  // a Service's targetPort
    kWord,        // one of `words`
    kList,        // of `element`
    kMap,         // of `element`, by free keys
    kObject,      // of `fields`
  };
  Kind kind = Kind::kAny;
  bool whole = false;  // of a number
  double least = 0;
  double most = 0;
  std::vector<std::string> words;
  std::shared_ptr<const Shape> element;
  std::vector<ShapeField> fields;
  // Of an object: Istio's protobuf JSON, which takes `mirror_percent` for mirrorPercent, too.
  bool snake_case = false;
  // What it does not know may be of a later release, and is no concern of a replay or a capture:
  // problems.h, InUnusedPart.
  bool open = false;
};

struct ShapeField {
  std::string name;
  Shape shape;
  bool needed = false;
};

namespace shapes {

Shape Any();
Shape Text();
Shape Host();
Shape Bool();
Shape Number(double least, double most);
Shape Whole(double least, double most);
Shape Port();  // 1 to 65535
Shape PortOrName();
Shape Words(std::vector<std::string> words);
Shape ListOf(Shape element);
Shape MapOf(Shape element);
Shape Object(std::vector<ShapeField> fields);
// Of a message of Istio's.
Shape Message(std::vector<ShapeField> fields);
ShapeField Needed(std::string name, Shape shape);
// An open object, of which the fields `used`, with what is in them, are not open, and the others
// are.
Shape OpenBut(const std::vector<std::string>& used, Shape object);

}  // namespace shapes

// Adds everything that is wrong with `node`, called `name` in what is said: unknown and missing
// fields, one field under two spellings, wrong types, numbers out of range, unknown words, hosts
// that are none. In what is open unknown fields and words are InUnusedPart, unless such a field
// looks like a misspelt one that is used. Warns of spellings that a cluster's API server drops and
// of placeholders. A null counts as absent.
void CheckShape(const YamlNode& node, const Shape& shape, const std::string& name,
                Problems* problems);

}  // namespace shadowreel
