#include <algorithm>

#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/trace_reader.h"

namespace shadowreel {
namespace {

// Those that are not sealed among them.
absl::Status ListAll(const std::string& directory, const std::vector<std::string>& names,
                     std::vector<std::string>* segments) {
  const size_t before = segments->size();
  for (const std::string& name : names) {
    const bool open = std::string_view(name).ends_with(kOpenSuffix);
    if (!open && !std::string_view(name).ends_with(kSealedSuffix)) continue;
    const std::string sealed =
        open ? name.substr(0, name.size() - kOpenSuffix.size()).append(kSealedSuffix) : "";
    // A recovery that a crash cut short leaves both.
    if (open && std::binary_search(names.begin(), names.end(), sealed)) continue;
    segments->push_back(JoinPath(directory, name));
  }
  if (segments->size() > before) return absl::OkStatus();
  return UnusableError("{}: no segment (*{}, *{}) in this directory", directory, kSealedSuffix,
                       kOpenSuffix);
}

// Appends a directory's segments.
absl::Status ListDirectory(FileSystem& files, const std::string& directory, RecoveryMode mode,
                           std::vector<std::string>* segments, std::vector<std::string>* unsealed) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(directory));
  if (mode != RecoveryMode::kStrict) return ListAll(directory, names, segments);
  size_t found = 0;
  size_t open = 0;
  for (const std::string& name : names) {
    if (std::string_view(name).ends_with(kSealedSuffix)) {
      segments->push_back(JoinPath(directory, name));
      ++found;
    } else if (std::string_view(name).ends_with(kOpenSuffix)) {
      unsealed->push_back(JoinPath(directory, name));
      ++open;
    }
  }
  if (found > 0) return absl::OkStatus();
  if (open > 0) {
    return UnusableError(
        "{}: no sealed segment, only {} unsealed (*{}): its recorder still writes, or was killed "
        "('reel recover' seals what it left)",
        directory, open, kOpenSuffix);
  }
  return UnusableError("{}: no segment (*{}) in this directory", directory, kSealedSuffix);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ListSegments(FileSystem& files,
                                                      const std::vector<std::string>& paths,
                                                      std::vector<std::string>* unsealed,
                                                      RecoveryMode mode) {
  std::vector<std::string> segments;
  for (const std::string& path : paths) {
    switch (files.Kind(path)) {
      case FileKind::kMissing:
        return UnusableError("{}: no such file or directory", path);
      case FileKind::kOther:
        return UnusableError("{}: neither a segment nor a directory", path);
      case FileKind::kFile:
        segments.push_back(path);
        break;
      case FileKind::kDirectory:
        RETURN_IF_ERROR(ListDirectory(files, path, mode, &segments, unsealed));
        break;
    }
  }
  return segments;
}

}  // namespace shadowreel
