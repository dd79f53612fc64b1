#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "formats/record.h"

namespace shadowreel {

// Looks for given strings in every byte string of a record, as stored and percent-decoded (with
// "+" as itself and as a space). It does not look into compressed or base64-encoded bytes.
// Thread-compatible.
class SecretSearch {
 public:
  // A file with one secret a line; empty lines are left out.
  static absl::StatusOr<SecretSearch> Load(FileSystem& files, const std::string& path);

  // Never holds a secret itself.
  struct Finding {
    size_t line;        // of the secret in its file, from 1
    std::string place;  // "target", "value of header 3 (Cookie)"; safe on a terminal
    friend bool operator==(const Finding&, const Finding&) = default;
  };

  // Each secret at most once a place.
  std::vector<Finding> Search(const Record& record) const;

 private:
  struct Secret {
    size_t line;
    std::string bytes;
  };

  bool IsIn(const Secret& secret, const std::vector<std::string_view>& readings) const;
  void SearchBytes(std::string_view bytes, const std::string& place,
                   std::vector<Finding>* found) const;
  void SearchFields(const Fields& fields, std::string_view kind, std::vector<Finding>* found) const;

  std::vector<Secret> secrets_;
};

}  // namespace shadowreel
