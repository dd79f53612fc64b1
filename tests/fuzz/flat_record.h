#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "formats/record.h"

namespace shadowreel {

inline void AppendFlat(uint64_t number, std::string* out) {
  out->append(reinterpret_cast<const char*>(&number), sizeof(number));
}

inline void AppendFlat(std::string_view bytes, std::string* out) {
  AppendFlat(bytes.size(), out);
  out->append(bytes);
}

inline void AppendFlat(const Fields& fields, std::string* out) {
  AppendFlat(fields.size(), out);
  for (const FieldView field : fields) {
    AppendFlat(field.name, out);
    AppendFlat(field.value, out);
  }
}

// All of a record in one string, for comparing fast; without identity when that is set elsewhere.
inline std::string Flat(const Record& record, bool with_identity = true) {
  std::string out;
  if (with_identity) out.append(record.recording.begin(), record.recording.end());
  const auto number = [&out](auto value) { AppendFlat(static_cast<uint64_t>(value), &out); };
  number(with_identity ? record.number : 0);
  number(record.arrival.time_since_epoch().count());
  number(record.completed.time_since_epoch().count());
  number(record.arrival_meaning);
  number(record.version);
  number(record.framing);
  number(record.complete);
  number(record.truncated);
  number(record.wire_body_bytes);
  number(record.connection);
  number(record.stream);
  number(std::bit_cast<uint64_t>(record.weight));
  for (const std::string* text : {&record.method, &record.target, &record.authority,
                                  &record.stripped_authority, &record.body, &record.peer}) {
    AppendFlat(std::string_view(*text), &out);
  }
  AppendFlat(record.headers, &out);
  AppendFlat(record.trailers, &out);
  for (const RedactionSpan& span : record.redactions) {
    number(span.place);
    number(span.kind);
    number(span.field);
    number(span.begin);
    number(span.length);
  }
  return out;
}

}  // namespace shadowreel
