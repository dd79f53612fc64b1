#include "tests/fakes/crash_images.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <set>

#include "base/check.h"

namespace shadowreel {
namespace {

// More names than that are not changed between two syncs of a directory.
constexpr size_t kMaxUnsyncedNames = 6;
// Sectors lost or written alone, of one file at one moment.
constexpr size_t kMaxSectors = 16;
constexpr size_t kRandomCuts = 8;
constexpr size_t kRandomPatterns = 6;

uint64_t HashOf(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace

void CrashImages::Apply(const DiskChange& change) {
  using Kind = DiskChange::Kind;
  switch (change.kind) {
    case Kind::kAppend: {
      File& file = files_.at(change.file);
      file.whole->bytes.append(change.bytes);
      file.hash = HashOf(file.whole->bytes);
      file.ends.push_back(file.whole->bytes.size());
      return;
    }
    case Kind::kSync: {
      File& file = files_.at(change.file);
      file.synced = file.whole->bytes.size();
      file.ends.clear();
      return;
    }
    case Kind::kSyncDirectory:
      // All files lie in one directory.
      synced_names_ = names_;
      unsynced_names_.clear();
      return;
    case Kind::kCreate:
      files_[change.file] = {std::make_shared<FaultyFileSystem::File>(), 0, {}, HashOf("")};
      break;
    case Kind::kRename:
    case Kind::kRemove:
      break;
  }
  DiskChange kept = change;
  if (change.kind != Kind::kCreate) kept.file = names_.at(change.path);
  ApplyName(kept, &names_);
  unsynced_names_.push_back(std::move(kept));
}

void CrashImages::ApplyName(const DiskChange& change, Names* names) const {
  const auto named = names->find(change.path);
  if (change.kind == DiskChange::Kind::kCreate) {
    (*names)[change.path] = change.file;
    return;
  }
  if (named != names->end() && named->second == change.file) names->erase(named);
  if (change.kind == DiskChange::Kind::kRename) (*names)[change.to] = change.file;
}

std::vector<CrashImages::Names> CrashImages::PossibleNames() const {
  CHECK(unsynced_names_.size() <= kMaxUnsyncedNames);
  std::set<Names> possible;
  for (uint32_t chosen = 0; chosen < 1u << unsynced_names_.size(); ++chosen) {
    Names names = synced_names_;
    for (size_t i = 0; i < unsynced_names_.size(); ++i) {
      if ((chosen >> i & 1) != 0) ApplyName(unsynced_names_[i], &names);
    }
    possible.insert(std::move(names));
  }
  return {possible.begin(), possible.end()};
}

CrashImages::Remains CrashImages::Make(std::string bytes, std::string origin) {
  auto file = std::make_shared<FaultyFileSystem::File>();
  const uint64_t hash = HashOf(bytes);
  file->bytes = std::move(bytes);
  return {std::move(file), hash, std::move(origin)};
}

CrashImages::Remains CrashImages::Whole(const File& file) { return {file.whole, file.hash, ""}; }

void CrashImages::AddCuts(const File& file, std::vector<Remains>* remains) {
  const std::string& bytes = file.whole->bytes;
  const size_t begin = file.synced;
  std::set<size_t> lengths{begin, begin + 1, bytes.size() - 1};
  for (const size_t end : file.ends) lengths.insert({end - 1, end, end + 1});
  for (const size_t sector : {size_t{512}, size_t{4096}}) {
    const size_t first = begin / sector + 1;
    for (size_t i = 0; i < kMaxSectors; ++i) lengths.insert((first + i) * sector);
  }
  for (size_t i = 0; i < kRandomCuts; ++i) {
    lengths.insert(begin + random_() % (bytes.size() - begin));
  }
  for (const size_t length : lengths) {
    if (length >= bytes.size()) break;
    remains->push_back(Make(bytes.substr(0, length), fmt::format("cut at {}", length)));
  }
}

void CrashImages::AddTorn(const File& file, size_t sector, std::vector<Remains>* remains) {
  const std::string& bytes = file.whole->bytes;
  const size_t begin = file.synced;
  const size_t first = begin / sector;
  const size_t count = (bytes.size() - 1) / sector - first + 1;
  const auto add = [&](std::string_view which, const std::function<bool(size_t)>& written) {
    std::string torn = bytes;
    for (size_t i = 0; i < count; ++i) {
      if (written(i)) continue;
      const size_t from = std::max(begin, (first + i) * sector);
      const size_t to = std::min(bytes.size(), (first + i + 1) * sector);
      std::fill(torn.begin() + static_cast<ptrdiff_t>(from),
                torn.begin() + static_cast<ptrdiff_t>(to), '\0');
    }
    remains->push_back(Make(std::move(torn), fmt::format("{} of {} sectors of {} from {}", which,
                                                         count, sector, begin)));
  };
  add("none", [](size_t) { return false; });
  if (count == 1) return;
  for (size_t i = 0; i < std::min(count, kMaxSectors); ++i) {
    const size_t one = count <= kMaxSectors ? i : random_() % count;
    add(fmt::format("all but {}", one), [one](size_t at) { return at != one; });
    add(fmt::format("only {}", one), [one](size_t at) { return at == one; });
  }
  add("only the last", [count](size_t at) { return at + 1 == count; });
  for (size_t i = 0; i < kRandomPatterns; ++i) {
    const uint64_t pattern = random_();
    add(fmt::format("those of {:#x}", pattern),
        [pattern](size_t at) { return (pattern >> at % 64 & 1) != 0; });
  }
}

// Blocks given to the file, but not yet written, show what stood in them.
void CrashImages::AddStale(const File& file, std::vector<Remains>* remains) const {
  const size_t begin = file.synced;
  for (auto other = files_.rbegin(); other != files_.rend(); ++other) {
    const std::string& stale = other->second.whole->bytes;
    if (begin == 0 || other->second.whole == file.whole || stale.size() <= begin) continue;
    std::string bytes = file.whole->bytes;
    bytes.replace(begin, std::string::npos, stale, begin, bytes.size() - begin);
    bytes.resize(file.whole->bytes.size());
    remains->push_back(Make(std::move(bytes), fmt::format("bytes of file {}", other->first)));
    return;
  }
}

std::vector<CrashImages::Remains> CrashImages::AllRemains(const File& file) {
  std::vector<Remains> remains{Whole(file)};
  AddCuts(file, &remains);
  AddTorn(file, 512, &remains);
  AddTorn(file, 4096, &remains);
  AddStale(file, &remains);
  return remains;
}

void CrashImages::VisitNames(const Names& names,
                             const std::function<void(const DiskImage&)>& visit) {
  std::vector<std::pair<std::string, uint64_t>> unsynced;
  for (const auto& name : names) {
    if (Unsynced(files_.at(name.second))) unsynced.push_back(name);
  }
  const auto build = [&](const std::map<std::string, Remains>& chosen) {
    DiskImage image;
    for (const auto& [path, number] : names) {
      const auto found = chosen.find(path);
      Remains remains = found != chosen.end() ? found->second : Whole(files_.at(number));
      image.hash = (image.hash ^ HashOf(path)) * 0x9e3779b97f4a7c15 + remains.hash;
      if (!remains.origin.empty()) image.origin += path + ": " + remains.origin + "; ";
      image.files[path] = std::move(remains.file);
    }
    visit(image);
  };
  if (unsynced.empty()) return build({});
  for (const auto& [path, number] : unsynced) {
    for (const Remains& remains : AllRemains(files_.at(number))) {
      std::map<std::string, Remains> chosen{{path, remains}};
      build(chosen);
      if (unsynced.size() == 1) continue;
      for (const auto& [other_path, other] : unsynced) {
        const File& file = files_.at(other);
        if (other_path == path) continue;
        chosen.insert({other_path, Make(file.whole->bytes.substr(0, file.synced), "gone")});
      }
      build(chosen);
    }
  }
}

void CrashImages::ForEach(const std::function<void(const DiskImage&)>& visit) {
  for (const Names& names : PossibleNames()) VisitNames(names, visit);
}

}  // namespace shadowreel
