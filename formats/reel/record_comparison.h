#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/record.h"

namespace shadowreel {

enum class DifferenceKind : uint8_t {
  kMethod,
  kTarget,
  kVersion,
  kAuthority,  // compared when both are HTTP/2: else Host says it
  kHeaderMissing,
  kHeaderAdded,
  kHeaderNameCase,
  kHeaderValue,
  kHeaderOrder,
  kFraming,
  kBody,
  kTrailers,
  kComplete,
  kTruncated,
};
inline constexpr size_t kDifferenceKinds = 14;

std::string_view NameOf(DifferenceKind kind);  // "header value"

struct Difference {
  DifferenceKind kind;
  std::string detail;  // the first place where it shows; one line, safe on a terminal
};

// How `b` differs from `a`, each kind at most once, in the order of the kinds. Empty exactly when
// DigestContent is equal. Headers are matched by name without case, equal values first, else the
// k-th with the k-th.
std::vector<Difference> CompareRecords(const Record& a, const Record& b);

}  // namespace shadowreel
