#include "recorder/capture/out_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/status.h"
#include "recorder/capture/capture_state.h"
#include "recorder/capture/segment_inventory.h"

namespace shadowreel {
namespace {

absl::Status CreateWhenMissing(FileSystem& files, const std::string& path) {
  const FileKind kind = files.Kind(path);
  if (kind == FileKind::kDirectory) return absl::OkStatus();
  if (kind != FileKind::kMissing) return UnusableError("--out={}: not a directory", path);
  const std::string parent = DirectoryOf(path);
  if (files.Kind(parent) != FileKind::kDirectory) {
    return UnusableError("--out={}: {} is no directory; create it first", path, parent);
  }
  return files.CreateDirectory(path);
}

// Whether a recorder may find it in its directory. A new file system has a lost+found.
bool IsOurs(const std::string& name) {
  return SegmentSequence(name) || name.starts_with(kCaptureStateName) || name == "lost+found";
}

// A directory that others use must not be closed to them: --out=/tmp would stop a machine.
absl::Status CheckOursAlone(FileSystem& files, const std::string& path) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(path));
  for (const std::string& name : names) {
    if (IsOurs(name)) continue;
    return UnusableError(
        "--out={}: open to others and holds other files ({}); name a directory of its own", path,
        name);
  }
  return absl::OkStatus();
}

// Leaves the directory to its owner alone, whatever the umask made of it.
absl::Status Tighten(FileSystem& files, int fd, const std::string& path,
                     std::vector<std::string>* warnings) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return ErrnoError(errno, "cannot look at " + path);
  const mode_t mode = status.st_mode & 07777;
  if (mode == 0700) return absl::OkStatus();
  if ((mode & 077) != 0) RETURN_IF_ERROR(CheckOursAlone(files, path));
  if (fchmod(fd, 0700) != 0) return ErrnoError(errno, "cannot change the mode of " + path);
  if ((mode & 077) != 0) {
    warnings->push_back(fmt::format("{} was open to others (mode {:o}): now 0700", path, mode));
  }
  return absl::OkStatus();
}

absl::Status Lock(int fd, const std::string& path) {
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  if (errno == EWOULDBLOCK) {
    return UnusableError("--out={}: another recorder writes there", path);
  }
  return ErrnoError(errno, "cannot lock " + path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutDirectory>> OutDirectory::Claim(
    FileSystem& files, const std::string& path, std::vector<std::string>* warnings) {
  RETURN_IF_ERROR(CreateWhenMissing(files, path));
  const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoError(errno, "cannot open directory " + path);
  std::unique_ptr<OutDirectory> directory(new OutDirectory(fd));
  RETURN_IF_ERROR(Lock(fd, path));
  RETURN_IF_ERROR(Tighten(files, fd, path, warnings));
  return directory;
}

OutDirectory::~OutDirectory() { close(fd_); }

}  // namespace shadowreel
