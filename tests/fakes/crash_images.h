#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fakes/faulty_file_system.h"

namespace shadowreel {

// What a crash left of a disk.
struct DiskImage {
  std::map<std::string, std::shared_ptr<FaultyFileSystem::File>> files;  // by path
  uint64_t hash = 0;                                                     // of names and bytes
  std::string origin;                                                    // for people
};

// Follows the changes of a disk and tells what a crash may leave of it. The rules are those of a
// disk that keeps no order between syncs:
// - of a file, the bytes that a sync covered stay, and of the rest: nothing; a prefix, cut at the
//   end of an append or anywhere; its whole length with only some of its sectors of 512 bytes or
//   4 KiB written, the others zeros, or what another file left there;
// - of the names made, changed and removed since their directory was synced: any subset. A rename
//   is old or new, and neither only when the old name was not synced.
// Where several files have unsynced bytes, the others of one stay all or not at all. One thread.
class CrashImages {
 public:
  // `seed` chooses where bytes are cut and which sectors are lost.
  explicit CrashImages(uint64_t seed) : random_(seed) {}

  void Apply(const DiskChange& change);

  // Visits the images of a crash at this moment. Some may be alike. An image shares its files with
  // this object and must be forgotten before the next Apply.
  void ForEach(const std::function<void(const DiskImage&)>& visit);

 private:
  using Names = std::map<std::string, uint64_t>;  // path to number
  struct File {
    std::shared_ptr<FaultyFileSystem::File> whole;  // its bytes; who gets the image sets the rest
    size_t synced = 0;                              // of these bytes
    std::vector<size_t> ends;                       // of the appends since the last sync
    uint64_t hash = 0;                              // of all bytes
  };
  struct Remains {
    std::shared_ptr<FaultyFileSystem::File> file;
    uint64_t hash;
    std::string origin;
  };

  static Remains Make(std::string bytes, std::string origin);
  static Remains Whole(const File& file);
  static bool Unsynced(const File& file) { return file.synced < file.whole->bytes.size(); }
  void ApplyName(const DiskChange& change, Names* names) const;
  std::vector<Names> PossibleNames() const;
  std::vector<Remains> AllRemains(const File& file);
  void AddCuts(const File& file, std::vector<Remains>* remains);
  void AddTorn(const File& file, size_t sector, std::vector<Remains>* remains);
  void AddStale(const File& file, std::vector<Remains>* remains) const;
  void VisitNames(const Names& names, const std::function<void(const DiskImage&)>& visit);

  std::mt19937_64 random_;
  std::map<uint64_t, File> files_;  // by number
  Names names_;
  Names synced_names_;
  std::vector<DiskChange> unsynced_names_;  // their `bytes` are empty
};

}  // namespace shadowreel
