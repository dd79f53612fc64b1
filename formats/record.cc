#include "formats/record.h"

namespace shadowreel {

size_t ApproximateBytes(const Record& record) {
  constexpr size_t kFieldOverhead = 12;
  return sizeof(Record) + record.method.size() + record.target.size() + record.authority.size() +
         record.stripped_authority.size() + record.headers.byte_size() + record.body.size() +
         record.trailers.byte_size() + record.peer.size() +
         (record.headers.size() + record.trailers.size()) * kFieldOverhead +
         record.redactions.size() * sizeof(RedactionSpan);
}

}  // namespace shadowreel
