#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <vector>

#include "base/file_system.h"

namespace shadowreel {

// A recording's directory, held by one recorder at a time. Not behind the FileSystem seam: modes
// and locks are the real directory's.
class OutDirectory {
 public:
  // Creates the directory (0700) when only this level is missing; takes group's and others'
  // rights away from an existing one, with a warning, but refuses one that holds other files, too:
  // whoever uses those would be locked out. Locks it until destruction.
  static absl::StatusOr<std::unique_ptr<OutDirectory>> Claim(FileSystem& files,
                                                             const std::string& path,
                                                             std::vector<std::string>* warnings);
  ~OutDirectory();
  OutDirectory(const OutDirectory&) = delete;
  OutDirectory& operator=(const OutDirectory&) = delete;

 private:
  explicit OutDirectory(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace shadowreel
