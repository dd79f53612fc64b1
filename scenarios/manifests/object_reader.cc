#include "scenarios/manifests/object_reader.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "scenarios/manifests/fields.h"

namespace shadowreel {

const YamlNode* CheckedSpec(const YamlNode& object, const Shape& shape, Problems* problems) {
  const YamlNode* spec = FieldOf(object, "spec");
  if (spec == nullptr) {
    problems->Error(object.place, "'spec' is missing");
    return nullptr;
  }
  CheckShape(*spec, shape, "spec", problems);
  return spec->IsMap() ? spec : nullptr;
}

void CheckExpression(const YamlNode& expression, const std::string& name, Problems* problems) {
  if (!expression.IsScalar()) return;
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 compiled(expression.text, options);
  if (compiled.ok()) return;
  problems->Error(expression.place, fmt::format("'{}' is no RE2 expression: {}: '{}'", name,
                                                compiled.error(), expression.text));
}

}  // namespace shadowreel
