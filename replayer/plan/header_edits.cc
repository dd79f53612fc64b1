#include "replayer/plan/header_edits.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace shadowreel {
namespace {

// Removes and sets.
Fields Replaced(const HeaderEdits& edits, const Fields& headers) {
  Fields kept;
  kept.Reserve(headers.size() + edits.set.size() + edits.add.size() + 1, headers.byte_size() + 128);
  std::vector<bool> placed(edits.set.size());
  const auto place = [&](size_t i) {
    if (placed[i]) return;
    placed[i] = true;
    kept.Add(edits.set[i].name, edits.set[i].value);
  };
  for (const FieldView field : headers) {
    const auto names_field = [&](const std::string& name) {
      return EqualsIgnoreCase(name, field.name);
    };
    if (std::any_of(edits.remove.begin(), edits.remove.end(), names_field)) continue;
    const auto set = std::find_if(edits.set.begin(), edits.set.end(),
                                  [&](const HeaderLine& line) { return names_field(line.name); });
    if (set == edits.set.end()) {
      kept.Add(field.name, field.value);
    } else {
      place(static_cast<size_t>(set - edits.set.begin()));
    }
  }
  for (size_t i = 0; i < edits.set.size(); ++i) place(i);
  return kept;
}

void AppendForwardedFor(const std::string& address, Fields* headers) {
  for (size_t i = headers->size(); i-- > 0;) {
    const FieldView field = (*headers)[i];
    if (!EqualsIgnoreCase(field.name, kForwardedFor)) continue;
    std::string value(field.value);
    if (!value.empty()) value.append(", ");
    headers->SetValue(i, value.append(address));
    return;
  }
  headers->Add(kForwardedFor, address);
}

}  // namespace

void EditHeaders(const HeaderEdits& edits, Fields* headers) {
  if (!edits.remove.empty() || !edits.set.empty()) *headers = Replaced(edits, *headers);
  for (const HeaderLine& line : edits.add) headers->Add(line.name, line.value);
  if (!edits.forwarded_for.empty()) AppendForwardedFor(edits.forwarded_for, headers);
}

}  // namespace shadowreel
