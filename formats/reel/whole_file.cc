#include "formats/reel/whole_file.h"

#include <utility>

#include "base/status.h"

namespace shadowreel {

absl::StatusOr<std::unique_ptr<WholeFile>> WholeFile::Create(FileSystem& files,
                                                             const std::string& path) {
  const FileKind kind = files.Kind(path);
  if (kind == FileKind::kDirectory) return UnusableError("{}: a directory; name a file", path);
  // Writing beside a device or a pipe and renaming would replace it.
  if (kind == FileKind::kOther) return UnusableError("{}: not a regular file", path);
  std::unique_ptr<WholeFile> whole(new WholeFile(files, path));
  if (files.Kind(whole->partial()) != FileKind::kMissing) {
    return UnusableError("{}: left by another export, or it is running; remove it",
                         whole->partial());
  }
  ASSIGN_OR_RETURN(whole->file_, files.Create(whole->partial()));
  return whole;
}

WholeFile::~WholeFile() {
  if (file_ != nullptr) files_.Remove(partial()).IgnoreError();
}

absl::Status WholeFile::Finish() {
  RETURN_IF_ERROR(file_->Sync());
  RETURN_IF_ERROR(file_->Close());
  RETURN_IF_ERROR(files_.Rename(partial(), path_));
  file_.reset();
  return files_.SyncDirectory(DirectoryOf(path_));
}

}  // namespace shadowreel
