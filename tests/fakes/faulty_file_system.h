#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_system.h"

namespace shadowreel {

// The calls that can be made to fail. (Kind cannot fail, and is neither counted nor logged.)
enum class FileCall {
  kCreate,
  kOpenToAppend,
  kOpen,
  kAppend,
  kSync,
  kClose,
  kRead,
  kRename,
  kRemove,
  kSyncDirectory,
  kCreateDirectory,
  kRemoveDirectory,
  kList,
  kFreeBytes,
};

struct Fault {
  std::optional<FileCall> call;  // nothing: calls of every kind count
  uint64_t nth = 1;              // which matching call fails, counted from Inject
  int error = EIO;
  bool for_good = false;  // the matching calls after it fail, too
  size_t partial = 0;     // kAppend: bytes that reach the file before the failure
};

// What one call changed on the disk: enough to tell what a crash after it may leave.
struct DiskChange {
  enum class Kind { kCreate, kAppend, kSync, kRename, kRemove, kSyncDirectory };
  Kind kind{};
  uint64_t file = 0;   // kCreate, kAppend, kSync: which, counted from 1 over all creations
  std::string path{};  // kCreate, kRemove; kRename: the old name; kSyncDirectory: the directory
  std::string to{};    // kRename: the new name
  std::string_view bytes{};  // kAppend: those that reached the file; valid during the call
};

// A file system in memory that keeps apart what is synced and what is not, fails on demand, and
// logs what was asked of it. Directories exist once created ("." and "/" always do). Thread-safe.
class FaultyFileSystem final : public FileSystem {
 public:
  // What the kernel would keep of a file, and what it may lose.
  struct File {
    uint64_t number = 0;  // as in DiskChange
    std::string bytes;
    size_t synced = 0;         // bytes that survive a crash
    bool sync_failed = false;  // pages are marked clean: a later Sync succeeds and saves nothing
  };

  explicit FaultyFileSystem(const std::vector<std::string>& directories = {});
  ~FaultyFileSystem() override;

  // Makes one more fault wait for its call.
  void Inject(const Fault& fault);
  void ClearFaults();

  // Appends fail with ENOSPC, after writing what still fits, once all files hold `bytes`.
  void LimitSpace(uint64_t bytes);
  void LiftSpaceLimit();
  // What FreeBytes says while there is no limit.
  void SetFreeBytes(uint64_t bytes);

  // The machine goes down: unsynced bytes are gone, and so are names made, changed or removed
  // since their directory was last synced. Files that were open for writing fail from now on.
  void Crash();

  // Calls `watcher` after each change, from the thread that made it. It must not use this object.
  void Watch(std::function<void(const DiskChange&)> watcher);

  // Calls made so far, those that failed included.
  uint64_t calls() const;
  // One entry a call, in order: "create d/x", "openappend d/x", "append d/x 88", "sync d/x", "close
  // d/x", "rename d/x d/y", "syncdir d", "remove d/x", "mkdir d", "rmdir d", "open d/x", "read d/x
  // 0 8", "list d", "free d"; followed by " failed" when it did.
  std::vector<std::string> operations() const;

  // A file's bytes as a reader sees them now. It must exist.
  std::string Contents(const std::string& path) const;
  // The file of that name; nothing when there is none.
  std::shared_ptr<const File> At(const std::string& path) const;
  // Makes or replaces a file, synced.
  void SetContents(const std::string& path, std::string_view bytes);
  // Gives a file a name, synced. It is shared, not copied: it must not change any more.
  void Place(const std::string& path, std::shared_ptr<File> file);

  absl::StatusOr<std::unique_ptr<WritableFile>> Create(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<WritableFile>> OpenToAppend(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<RandomAccessFile>> Open(const std::string& path) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::Status SyncDirectory(const std::string& path) override;
  absl::Status CreateDirectory(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;
  FileKind Kind(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(const std::string& path) override;
  absl::StatusOr<uint64_t> FreeBytes(const std::string& path) override;

 private:
  class Writer;
  class Reader;
  using Names = std::map<std::string, std::shared_ptr<File>>;
  struct ArmedFault {
    Fault fault;
    uint64_t matched = 0;
  };

  // Logs the call and returns the error number it must fail with, 0 when it may go on. `partial`
  // receives the fault's.
  int BeginLocked(FileCall call, const std::string& operation, size_t* partial = nullptr);
  // Marks the last logged call as failed.
  absl::Status ErrorLocked(int error, const std::string& operation);
  uint64_t UsedLocked() const;
  bool IsDirectoryLocked(const std::string& path) const;
  // Gives a directory and the names in it, in `names`, another name.
  void RenameDirectoryLocked(const std::string& from, const std::string& to, Names* names);
  absl::Status AppendLocked(const std::string& path, File* file, std::string_view bytes);
  void AddLocked(File* file, std::string_view bytes);
  void ChangedLocked(const DiskChange& change);

  mutable std::mutex mutex_;
  Names names_;
  Names durable_names_;
  std::vector<std::string> directories_;
  // Renamed (from, to), and the directory that holds them not synced since.
  std::vector<std::pair<std::string, std::string>> renamed_directories_;
  std::vector<ArmedFault> faults_;
  std::optional<uint64_t> space_limit_;
  uint64_t free_bytes_ = uint64_t{1} << 40;
  std::vector<std::string> operations_;
  uint64_t crashes_ = 0;
  uint64_t created_ = 0;
  std::function<void(const DiskChange&)> watcher_;
};

}  // namespace shadowreel
