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
  // rights away from an existing one, with a warning. Locks it until destruction.
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

// "OUT.key" beside the out directory, whatever way OUT is written ("out/", "."). The directory
// need not exist yet.
std::string DefaultKeyPath(const std::string& out);

// An error when the key file would lie in the recording it protects, links followed.
absl::Status CheckKeyOutside(const std::string& key_path, const std::string& out);

}  // namespace shadowreel
