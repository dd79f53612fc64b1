#include "tests/fakes/faulty_file_system.h"

#include <algorithm>

#include "base/check.h"
#include "base/status.h"

namespace shadowreel {

class FaultyFileSystem::Writer final : public WritableFile {
 public:
  Writer(FaultyFileSystem* files, std::string path, std::shared_ptr<File> file)
      : files_(files), path_(std::move(path)), file_(std::move(file)), crashes_(files->crashes_) {}

  absl::Status Append(std::string_view bytes) override {
    std::lock_guard lock(files_->mutex_);
    RETURN_IF_ERROR(Alive());
    return files_->AppendLocked(path_, file_.get(), bytes);
  }

  absl::Status Sync() override {
    std::lock_guard lock(files_->mutex_);
    RETURN_IF_ERROR(Alive());
    const std::string operation = "sync " + path_;
    if (const int error = files_->BeginLocked(FileCall::kSync, operation); error != 0) {
      file_->sync_failed = true;
      return files_->ErrorLocked(error, operation);
    }
    if (!file_->sync_failed) {
      file_->synced = file_->bytes.size();
      files_->ChangedLocked({.kind = DiskChange::Kind::kSync, .file = file_->number});
    }
    return absl::OkStatus();
  }

  absl::Status Close() override {
    std::lock_guard lock(files_->mutex_);
    RETURN_IF_ERROR(Alive());
    const std::string operation = "close " + path_;
    closed_ = true;
    const int error = files_->BeginLocked(FileCall::kClose, operation);
    return error == 0 ? absl::OkStatus() : files_->ErrorLocked(error, operation);
  }

 private:
  absl::Status Alive() const {
    CHECK(!closed_);
    if (crashes_ != files_->crashes_) return ErrnoError(EIO, "cannot use " + path_);
    return absl::OkStatus();
  }

  FaultyFileSystem* const files_;
  const std::string path_;
  const std::shared_ptr<File> file_;
  const uint64_t crashes_;
  bool closed_ = false;
};

class FaultyFileSystem::Reader final : public RandomAccessFile {
 public:
  Reader(FaultyFileSystem* files, std::string path, std::shared_ptr<File> file)
      : files_(files), path_(std::move(path)), file_(std::move(file)), size_(file_->bytes.size()) {}

  absl::Status ReadAt(uint64_t offset, size_t length, std::string* out) const override {
    std::lock_guard lock(files_->mutex_);
    const std::string operation = fmt::format("read {} {} {}", path_, offset, length);
    if (const int error = files_->BeginLocked(FileCall::kRead, operation); error != 0) {
      return files_->ErrorLocked(error, operation);
    }
    const uint64_t begin = std::min<uint64_t>(offset, file_->bytes.size());
    out->assign(file_->bytes, begin, length);
    return absl::OkStatus();
  }

  uint64_t size() const override { return size_; }

 private:
  FaultyFileSystem* const files_;
  const std::string path_;
  const std::shared_ptr<File> file_;
  const uint64_t size_;
};

FaultyFileSystem::FaultyFileSystem(const std::vector<std::string>& directories)
    : directories_(directories) {}
FaultyFileSystem::~FaultyFileSystem() = default;

void FaultyFileSystem::Inject(const Fault& fault) {
  std::lock_guard lock(mutex_);
  faults_.push_back({fault, 0});
}

void FaultyFileSystem::ClearFaults() {
  std::lock_guard lock(mutex_);
  faults_.clear();
}

void FaultyFileSystem::LimitSpace(uint64_t bytes) {
  std::lock_guard lock(mutex_);
  space_limit_ = bytes;
}

void FaultyFileSystem::LiftSpaceLimit() {
  std::lock_guard lock(mutex_);
  space_limit_.reset();
}

void FaultyFileSystem::SetFreeBytes(uint64_t bytes) {
  std::lock_guard lock(mutex_);
  free_bytes_ = bytes;
}

void FaultyFileSystem::Crash() {
  std::lock_guard lock(mutex_);
  ++crashes_;
  names_ = durable_names_;
  for (; !renamed_directories_.empty(); renamed_directories_.pop_back()) {
    const auto& [from, to] = renamed_directories_.back();
    std::replace(directories_.begin(), directories_.end(), to, from);
  }
  for (auto& [path, file] : names_) {
    file->bytes.resize(file->synced);
    file->sync_failed = false;
  }
}

void FaultyFileSystem::Watch(std::function<void(const DiskChange&)> watcher) {
  std::lock_guard lock(mutex_);
  watcher_ = std::move(watcher);
}

uint64_t FaultyFileSystem::calls() const {
  std::lock_guard lock(mutex_);
  return operations_.size();
}

std::vector<std::string> FaultyFileSystem::operations() const {
  std::lock_guard lock(mutex_);
  return operations_;
}

std::string FaultyFileSystem::Contents(const std::string& path) const {
  std::lock_guard lock(mutex_);
  const auto found = names_.find(path);
  CHECK(found != names_.end());
  return found->second->bytes;
}

std::shared_ptr<const FaultyFileSystem::File> FaultyFileSystem::At(const std::string& path) const {
  std::lock_guard lock(mutex_);
  const auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

void FaultyFileSystem::SetContents(const std::string& path, std::string_view bytes) {
  auto file = std::make_shared<File>();
  file->bytes = bytes;
  Place(path, std::move(file));
}

void FaultyFileSystem::Place(const std::string& path, std::shared_ptr<File> file) {
  std::lock_guard lock(mutex_);
  file->synced = file->bytes.size();
  names_[path] = file;
  durable_names_[path] = std::move(file);
}

absl::StatusOr<std::unique_ptr<WritableFile>> FaultyFileSystem::Create(const std::string& path) {
  std::lock_guard lock(mutex_);
  const std::string operation = "create " + path;
  int error = BeginLocked(FileCall::kCreate, operation);
  if (error == 0 && names_.count(path) != 0) error = EEXIST;
  if (error == 0 && !IsDirectoryLocked(DirectoryOf(path))) error = ENOENT;
  if (error != 0) return ErrorLocked(error, operation);
  auto file = std::make_shared<File>();
  file->number = ++created_;
  names_[path] = file;
  ChangedLocked({.kind = DiskChange::Kind::kCreate, .file = file->number, .path = path});
  return std::make_unique<Writer>(this, path, std::move(file));
}

absl::StatusOr<std::unique_ptr<WritableFile>> FaultyFileSystem::OpenToAppend(
    const std::string& path) {
  std::lock_guard lock(mutex_);
  const std::string operation = "openappend " + path;
  int error = BeginLocked(FileCall::kOpenToAppend, operation);
  if (error == 0 && !IsDirectoryLocked(DirectoryOf(path))) error = ENOENT;
  if (error != 0) return ErrorLocked(error, operation);
  std::shared_ptr<File>& file = names_[path];
  if (file == nullptr) {
    file = std::make_shared<File>();
    file->number = ++created_;
    ChangedLocked({.kind = DiskChange::Kind::kCreate, .file = file->number, .path = path});
  }
  return std::make_unique<Writer>(this, path, file);
}

absl::StatusOr<std::unique_ptr<RandomAccessFile>> FaultyFileSystem::Open(const std::string& path) {
  std::lock_guard lock(mutex_);
  const std::string operation = "open " + path;
  int error = BeginLocked(FileCall::kOpen, operation);
  const auto found = names_.find(path);
  if (error == 0 && found == names_.end()) error = ENOENT;
  if (error != 0) return ErrorLocked(error, operation);
  return std::make_unique<Reader>(this, path, found->second);
}

absl::Status FaultyFileSystem::Rename(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex_);
  const std::string operation = fmt::format("rename {} {}", from, to);
  int error = BeginLocked(FileCall::kRename, operation);
  const auto found = names_.find(from);
  const bool is_directory = IsDirectoryLocked(from);
  if (error == 0 && is_directory && IsDirectoryLocked(to)) error = ENOTEMPTY;
  if (error == 0 && !is_directory && found == names_.end()) error = ENOENT;
  if (error != 0) return ErrorLocked(error, operation);
  if (is_directory) {
    RenameDirectoryLocked(from, to, &names_);
    std::replace(directories_.begin(), directories_.end(), from, to);
    renamed_directories_.emplace_back(from, to);
    return absl::OkStatus();
  }
  std::shared_ptr<File> file = std::move(found->second);
  names_.erase(found);
  names_[to] = std::move(file);
  ChangedLocked({.kind = DiskChange::Kind::kRename, .path = from, .to = to});
  return absl::OkStatus();
}

void FaultyFileSystem::RenameDirectoryLocked(const std::string& from, const std::string& to,
                                             Names* names) {
  Names renamed;
  for (const auto& [path, file] : *names) {
    const bool inside = DirectoryOf(path) == from;
    renamed[inside ? JoinPath(to, path.substr(from.size() + 1)) : path] = file;
  }
  *names = std::move(renamed);
}

absl::Status FaultyFileSystem::Remove(const std::string& path) {
  std::lock_guard lock(mutex_);
  const std::string operation = "remove " + path;
  int error = BeginLocked(FileCall::kRemove, operation);
  if (error == 0 && names_.erase(path) == 0) error = ENOENT;
  if (error != 0) return ErrorLocked(error, operation);
  ChangedLocked({.kind = DiskChange::Kind::kRemove, .path = path});
  return absl::OkStatus();
}

absl::Status FaultyFileSystem::SyncDirectory(const std::string& path) {
  std::lock_guard lock(mutex_);
  const std::string operation = "syncdir " + path;
  int error = BeginLocked(FileCall::kSyncDirectory, operation);
  if (error == 0 && !IsDirectoryLocked(path)) error = ENOENT;
  if (error != 0) return ErrorLocked(error, operation);
  for (auto it = renamed_directories_.begin(); it != renamed_directories_.end();) {
    if (DirectoryOf(it->second) != path) {
      ++it;
      continue;
    }
    RenameDirectoryLocked(it->first, it->second, &durable_names_);
    it = renamed_directories_.erase(it);
  }
  const auto inside = [&](const Names::value_type& entry) {
    return DirectoryOf(entry.first) == path;
  };
  for (auto it = durable_names_.begin(); it != durable_names_.end();) {
    it = inside(*it) ? durable_names_.erase(it) : std::next(it);
  }
  for (const auto& entry : names_) {
    if (inside(entry)) durable_names_.insert(entry);
  }
  ChangedLocked({.kind = DiskChange::Kind::kSyncDirectory, .path = path});
  return absl::OkStatus();
}

absl::Status FaultyFileSystem::CreateDirectory(const std::string& path) {
  std::lock_guard lock(mutex_);
  const std::string operation = "mkdir " + path;
  int error = BeginLocked(FileCall::kCreateDirectory, operation);
  if (error == 0 && !IsDirectoryLocked(DirectoryOf(path))) error = ENOENT;
  if (error == 0 && (IsDirectoryLocked(path) || names_.count(path) != 0)) error = EEXIST;
  if (error != 0) return ErrorLocked(error, operation);
  directories_.push_back(path);
  return absl::OkStatus();
}

absl::Status FaultyFileSystem::RemoveDirectory(const std::string& path) {
  std::lock_guard lock(mutex_);
  const std::string operation = "rmdir " + path;
  int error = BeginLocked(FileCall::kRemoveDirectory, operation);
  const auto found = std::find(directories_.begin(), directories_.end(), path);
  if (error == 0 && found == directories_.end()) error = ENOENT;
  const auto inside = [&](const Names::value_type& entry) {
    return DirectoryOf(entry.first) == path;
  };
  if (error == 0 && std::any_of(names_.begin(), names_.end(), inside)) error = ENOTEMPTY;
  if (error != 0) return ErrorLocked(error, operation);
  directories_.erase(found);
  return absl::OkStatus();
}

FileKind FaultyFileSystem::Kind(const std::string& path) {
  std::lock_guard lock(mutex_);
  if (names_.count(path) != 0) return FileKind::kFile;
  return IsDirectoryLocked(path) ? FileKind::kDirectory : FileKind::kMissing;
}

absl::StatusOr<std::vector<std::string>> FaultyFileSystem::List(const std::string& path) {
  std::lock_guard lock(mutex_);
  const std::string operation = "list " + path;
  int error = BeginLocked(FileCall::kList, operation);
  if (error == 0 && !IsDirectoryLocked(path)) error = ENOENT;
  if (error != 0) return ErrorLocked(error, operation);
  std::vector<std::string> names;
  const auto add = [&](const std::string& entry) {
    if (DirectoryOf(entry) == path) names.push_back(entry.substr(entry.rfind('/') + 1));
  };
  for (const auto& [entry, file] : names_) add(entry);
  for (const std::string& entry : directories_) add(entry);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<uint64_t> FaultyFileSystem::FreeBytes(const std::string& path) {
  std::lock_guard lock(mutex_);
  const std::string operation = "free " + path;
  if (const int error = BeginLocked(FileCall::kFreeBytes, operation); error != 0) {
    return ErrorLocked(error, operation);
  }
  if (!space_limit_) return free_bytes_;
  return *space_limit_ - std::min(*space_limit_, UsedLocked());
}

int FaultyFileSystem::BeginLocked(FileCall call, const std::string& operation, size_t* partial) {
  operations_.push_back(operation);
  int error = 0;
  for (ArmedFault& armed : faults_) {
    if (armed.fault.call && *armed.fault.call != call) continue;
    ++armed.matched;
    const bool due =
        armed.fault.for_good ? armed.matched >= armed.fault.nth : armed.matched == armed.fault.nth;
    if (!due || error != 0) continue;
    error = armed.fault.error;
    if (partial != nullptr) *partial = armed.fault.partial;
  }
  return error;
}

absl::Status FaultyFileSystem::ErrorLocked(int error, const std::string& operation) {
  operations_.back() += " failed";
  return ErrnoError(error, "cannot " + operation);
}

uint64_t FaultyFileSystem::UsedLocked() const {
  uint64_t used = 0;
  for (const auto& [path, file] : names_) used += file->bytes.size();
  return used;
}

bool FaultyFileSystem::IsDirectoryLocked(const std::string& path) const {
  if (path == "." || path == "/") return true;
  return std::find(directories_.begin(), directories_.end(), path) != directories_.end();
}

absl::Status FaultyFileSystem::AppendLocked(const std::string& path, File* file,
                                            std::string_view bytes) {
  const std::string operation = fmt::format("append {} {}", path, bytes.size());
  size_t partial = 0;
  if (const int error = BeginLocked(FileCall::kAppend, operation, &partial); error != 0) {
    AddLocked(file, bytes.substr(0, partial));
    return ErrorLocked(error, operation);
  }
  if (space_limit_) {
    const uint64_t left = *space_limit_ - std::min(*space_limit_, UsedLocked());
    if (bytes.size() > left) {
      AddLocked(file, bytes.substr(0, left));
      return ErrorLocked(ENOSPC, operation);
    }
  }
  AddLocked(file, bytes);
  return absl::OkStatus();
}

void FaultyFileSystem::AddLocked(File* file, std::string_view bytes) {
  file->bytes.append(bytes);
  ChangedLocked({.kind = DiskChange::Kind::kAppend, .file = file->number, .bytes = bytes});
}

void FaultyFileSystem::ChangedLocked(const DiskChange& change) {
  if (watcher_) watcher_(change);
}

}  // namespace shadowreel
