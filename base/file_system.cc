#include "base/file_system.h"

#include "base/status.h"

namespace shadowreel {

absl::StatusOr<std::string> ReadFile(FileSystem& files, const std::string& path, size_t limit) {
  ASSIGN_OR_RETURN(std::unique_ptr<RandomAccessFile> file, files.Open(path));
  if (file->size() > limit) {
    return UnusableError("{}: {} bytes, more than the {} expected", path, file->size(), limit);
  }
  std::string bytes;
  RETURN_IF_ERROR(file->ReadAt(0, file->size(), &bytes));
  return bytes;
}

absl::Status WriteFileAtomically(FileSystem& files, const std::string& path,
                                 std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  if (files.Kind(temporary) == FileKind::kFile) RETURN_IF_ERROR(files.Remove(temporary));
  ASSIGN_OR_RETURN(std::unique_ptr<WritableFile> file, files.Create(temporary));
  absl::Status status = file->Append(bytes);
  if (status.ok()) status = file->Sync();
  if (absl::Status closed = file->Close(); status.ok()) status = closed;
  if (status.ok()) status = files.Rename(temporary, path);
  if (!status.ok()) {
    files.Remove(temporary).IgnoreError();
    return status;
  }
  return files.SyncDirectory(DirectoryOf(path));
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  std::string path(directory);
  if (path.back() != '/') path += '/';
  return path.append(name);
}

std::string DirectoryOf(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

}  // namespace shadowreel
