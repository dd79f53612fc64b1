#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/record.h"

namespace re2 {
class RE2;
}

namespace shadowreel {

// Keeps records by what they ask for; all conditions that are given must hold. A value; without
// conditions it keeps all. Thread-compatible.
class RecordFilter {
 public:
  // As flags give them; an empty one does not restrict.
  struct Options {
    std::string method{};  // "GET,POST": one of these, case counts
    // "shop.example,*.internal": the stripped authority, case does not count; "*." stands for one
    // or more labels. A name without a port fits any port.
    std::string host{};
    // The target's path, without query: a prefix ("/cart"), or after "re:" an RE2 expression that
    // matches somewhere in it ("re:^/v[12]/").
    std::string path{};
    // "x-canary": there is such a header; "x-canary:true": with this value, white space around it
    // apart. Of names the case does not count.
    std::string header{};
  };

  // Errors name the flag.
  static absl::StatusOr<RecordFilter> Parse(const Options& options);

  enum class Reason { kMethod, kHost, kPath, kHeader };
  static constexpr size_t kReasons = 4;
  // The first condition that leaves the record out; nothing when it is kept.
  std::optional<Reason> LeavesOut(const Record& record) const;

  // The conditions as flags, for a recording's lineage: " --method=GET --header=x-canary:...". A
  // header's value may be a secret and is not given.
  const std::string& words() const { return words_; }

 private:
  absl::Status ParsePath(const std::string& path);
  absl::Status ParseHeader(const std::string& header);
  bool KeepsHost(std::string_view authority) const;
  bool KeepsPath(std::string_view target) const;
  bool KeepsHeader(const Fields& headers) const;

  std::vector<std::string> methods_;
  std::vector<std::string> hosts_;
  std::string path_prefix_;
  std::shared_ptr<const re2::RE2> path_expression_;
  std::string header_name_;
  std::optional<std::string> header_value_;
  std::string words_;
};

// "method": as a breakdown of what was left out names it.
std::string_view NameOf(RecordFilter::Reason reason);

}  // namespace shadowreel
