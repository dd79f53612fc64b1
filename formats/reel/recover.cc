#include "formats/reel/recover.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/status.h"
#include "formats/byte_text.h"
#include "formats/reel/interrupt.h"
#include "formats/segment/directory_lock.h"
#include "formats/segment/recovery.h"
#include "formats/segment/segment_files.h"
#include "formats/segment/segment_format.h"

namespace shadowreel {
namespace {

using nlohmann::ordered_json;

constexpr int kSchemaVersion = 1;
constexpr size_t kShownPlaces = 8;

// A segment that is to be looked at.
struct Candidate {
  std::string path;
  RecoverOptions options;
};

std::string_view StateOf(const absl::StatusOr<RecoveredSegment>& result) {
  if (!result.ok()) return "unrecoverable";
  return result->changed ? "recovered" : "sound";
}

std::string Text(const Candidate& candidate, const absl::StatusOr<RecoveredSegment>& result) {
  if (!result.ok()) {
    return fmt::format("{}: not recovered: {}\n", EscapeForTerminal(candidate.path),
                       EscapeForTerminal(Message(result.status())));
  }
  const RecoveryReport& report = result->report;
  std::string text = fmt::format("{}: {}, {} records\n", EscapeForTerminal(result->path),
                                 StateOf(result), report.records);
  if (const std::string lost = LossText(report); !lost.empty()) text += "  lost: " + lost + "\n";
  for (size_t i = 0; i < std::min(report.damaged.size(), kShownPlaces); ++i) {
    text += fmt::format("  damaged: offsets {} to {}\n", report.damaged[i].begin,
                        report.damaged[i].end - 1);
  }
  if (!result->original.empty()) {
    text += fmt::format("  the original is {}\n", EscapeForTerminal(result->original));
  }
  return text;
}

ordered_json Json(const Candidate& candidate, const absl::StatusOr<RecoveredSegment>& result) {
  ordered_json object;
  object["path"] = BytesAsJson(result.ok() ? result->path : candidate.path);
  object["state"] = StateOf(result);
  if (!result.ok()) {
    object["error"] = BytesAsJson(Message(result.status()));
    return object;
  }
  const RecoveryReport& report = result->report;
  object["records"] = report.records;
  object["was_sealed"] = report.sealed;
  object["torn_bytes"] = report.torn_bytes;
  object["damaged_bytes"] = report.damaged_bytes;
  object["damaged"] = ordered_json::array();
  for (const ByteRange& range : report.damaged) {
    if (object["damaged"].size() == kMaxListed) break;
    object["damaged"].push_back({{"begin", range.begin}, {"end", range.end}});
  }
  object["lost_in_middle"] = report.lost_in_middle;
  object["lost_records"] = report.lost_records;
  object["lost"] = ordered_json::array();
  for (const NumberRange& range : report.lost) {
    object["lost"].push_back({{"first", range.first}, {"last", range.last}});
  }
  if (report.lost_from) object["lost_from"] = *report.lost_from;
  object["duplicates"] = report.duplicates;
  if (!result->original.empty()) object["original"] = BytesAsJson(result->original);
  return object;
}

// Appends the segments that `path` names and locks their directory, once each.
class Candidates {
 public:
  explicit Candidates(FileSystem& files) : files_(files) {}

  absl::Status Add(const std::string& path) {
    const FileKind kind = files_.Kind(path);
    if (kind == FileKind::kMissing) return UnusableError("{}: no such file or directory", path);
    const std::string directory = kind == FileKind::kDirectory ? path : DirectoryOf(path);
    // As the list spells it: "a.seg" is "./a.seg" there.
    const std::string file_path = JoinPath(directory, path.substr(path.rfind('/') + 1));
    RETURN_IF_ERROR(Lock(directory));
    ASSIGN_OR_RETURN(const std::vector<SegmentFile> all, ListSegmentFiles(files_, directory));
    const size_t before = list_.size();
    for (const SegmentFile& file : all) {
      if (kind == FileKind::kDirectory || file.path == file_path) AddFile(file, all);
    }
    if (list_.size() > before) return absl::OkStatus();
    return UnusableError("{}: no segment (*{}, *{})", path, kSealedSuffix, kOpenSuffix);
  }

  const std::vector<Candidate>& list() const { return list_; }

 private:
  absl::Status Lock(const std::string& directory) {
    if (!locked_.insert(directory).second) return absl::OkStatus();
    ASSIGN_OR_RETURN(auto lock, DirectoryLock::Take(directory));
    locks_.push_back(std::move(lock));
    return absl::OkStatus();
  }

  void AddFile(const SegmentFile& file, const std::vector<SegmentFile>& all) {
    Candidate candidate{file.path, {}};
    // What was sealed holds nothing twice.
    if (!file.sealed && file.header) candidate.options.limit = RecoveryLimit(*file.header, all);
    list_.push_back(std::move(candidate));
  }

  FileSystem& files_;
  std::vector<Candidate> list_;
  std::set<std::string> locked_;
  std::vector<std::unique_ptr<DirectoryLock>> locks_;
};

}  // namespace

absl::StatusOr<ExitCode> Recover(FileSystem& files, const Clock& clock,
                                 const RecoverVerbOptions& options, Output& output,
                                 Notices& notices) {
  Candidates candidates(files);
  for (const std::string& path : options.paths) RETURN_IF_ERROR(candidates.Add(path));
  ordered_json segments = ordered_json::array();
  ExitCode code = ExitCode::kPass;
  for (size_t i = 0; i < candidates.list().size(); ++i) {
    RETURN_IF_ERROR(CheckInterrupt());  // what is recovered stays so
    const Candidate& candidate = candidates.list()[i];
    notices.Progress("recovered", i, candidates.list().size());
    const auto result = RecoverSegment(files, clock, candidate.path, candidate.options);
    if (!result.ok()) {
      code = ExitCode::kUnusable;
    } else if (result->report.lost_in_middle && code == ExitCode::kPass) {
      code = ExitCode::kFailed;
    }
    notices.EndProgress();
    if (options.json) {
      segments.push_back(Json(candidate, result));
    } else {
      output.Write(Text(candidate, result));
    }
  }
  if (options.json) {
    ordered_json document{{"schema_version", kSchemaVersion}, {"segments", std::move(segments)}};
    output.Write(document.dump(2) + "\n");
  }
  return code;
}

}  // namespace shadowreel
