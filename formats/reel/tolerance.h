#pragma once

#include <absl/status/statusor.h>

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "formats/record.h"

namespace shadowreel {

// Which differences between two recordings are expected of how the second was made.
struct Tolerances {
  // What libcurl 7.88.1 forces on HTTP/1 requests.
  bool curl = false;
  // What translating HTTP/1 to HTTP/2 or back forces, and HTTP/1.0 to HTTP/1.1 or back.
  bool across_versions = false;

  bool any() const { return curl || across_versions; }
};

// A comma-separated list for `--tolerate`; "curl" is the only word. An empty list is none.
absl::StatusOr<Tolerances> ParseTolerances(std::string_view list);

enum class ToleratedForm : uint8_t {
  kHostMoved,
  kHostSpelled,
  kVersion,
  kLowerCase,
  kHostAsAuthority,
  kAbsoluteTarget,
  kFraming,
  kConnectionFields,
  kCookies,
};
inline constexpr size_t kToleratedForms = 9;
using ToleratedSet = std::bitset<kToleratedForms>;

std::string_view NameOf(ToleratedForm form);  // "host moved to the front"

// Takes out of a pair what is tolerated between its two records: they are changed so that
// CompareRecords finds the rest. What was taken out is returned; where CompareRecords then finds
// nothing, each of these was a difference. It does not matter which record is the original.
//
// libcurl: it writes Host first and spells it so. Taken out when one of the two records has that
// form, each has one Host, and the values are equal. Order and case of the other fields count.
//
// HTTP/1 and HTTP/2 (never between records of the same version):
// - names are lower case in HTTP/2 (RFC 9113, 8.2.1);
// - Host becomes :authority (RFC 9113, 8.3.1); a value that changed is a difference of authority;
// - an absolute-form target becomes :authority and :path (RFC 9113, 8.3.1). Its user name, which
//   HTTP/2 forbids there, and its scheme, which records do not hold, are no difference;
// - "Transfer-Encoding: chunked" is not there in HTTP/2 (RFC 9113, 8.1); a Content-Length that is
//   the body's may stand on one side only, since HTTP/2 needs none (RFC 9113, 8.1.1) and HTTP/1
//   needs one or the other;
// - Connection, Keep-Alive, Proxy-Connection, Upgrade, and TE other than "trailers" are dropped
//   (RFC 9113, 8.2.2);
// - Cookie crumbs are one field joined with "; " (RFC 9113, 8.2.3), where the first of them stood.
//
// HTTP/1.0 and HTTP/1.1:
// - chunked has to become a Content-Length or, for no body, nothing (RFC 9112, 6.1);
// - the connection fields above are for one hop (RFC 9110, 7.6.1): they may stand on one side only.
// A Host that HTTP/1.0 did without, and trailers, are no such thing: they count.
ToleratedSet Tolerate(const Tolerances& tolerances, Record* a, Record* b);

// For finding pairs: what two records become alike in when all their differences are tolerated
// between records of one version, and of two. Tolerate then judges the pair.
void FoldWithinVersion(const Tolerances& tolerances, Record* record);
void FoldAcrossVersions(Record* record);

}  // namespace shadowreel
