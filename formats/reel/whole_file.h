#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/file_system.h"

namespace shadowreel {

// A file written piece by piece as "PATH.partial"; it gets its name when it is whole, replacing an
// older one, and goes when it does not become so. Not thread-safe.
class WholeFile {
 public:
  // A "PATH.partial" that is there already is an error that says so.
  static absl::StatusOr<std::unique_ptr<WholeFile>> Create(FileSystem& files,
                                                           const std::string& path);
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  absl::Status Append(std::string_view bytes) { return file_->Append(bytes); }
  // Syncs and renames. The last call.
  absl::Status Finish();

 private:
  WholeFile(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  std::string partial() const { return path_ + ".partial"; }

  FileSystem& files_;
  const std::string path_;
  std::unique_ptr<WritableFile> file_;
};

}  // namespace shadowreel
