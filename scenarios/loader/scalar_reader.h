#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "scenarios/loader/loaded_scenario.h"
#include "scenarios/loader/variables.h"
#include "scenarios/yaml/node.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// Reads single values of fields, of any type but messages. Not thread-safe.
class ScalarReader {
 public:
  // Both must outlive this. Without an environment (null) no variable is replaced.
  ScalarReader(const Environment& environment, Problems* problems)
      : environment_(environment), problems_(problems) {}

  // Sets the field, or adds to it when it is a list, and gives the value's source. False when it
  // cannot, which is then among the problems; the message is as it was. `before` is put in front
  // of the text.
  bool Read(const YamlNode& node, const google::protobuf::FieldDescriptor& field,
            std::string_view before, google::protobuf::Message* message, Source* source);

 private:
  struct Text;

  bool TakeText(const YamlNode& node, const google::protobuf::FieldDescriptor& field, Text* text);
  bool FitsField(const YamlNode& node, const google::protobuf::FieldDescriptor& field,
                 const Text& text);
  bool Refuse(const YamlNode& node, const google::protobuf::FieldDescriptor& field,
              const std::string& why);

  const Environment& environment_;
  Problems* const problems_;
};

}  // namespace shadowreel
