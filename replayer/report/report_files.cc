#include "replayer/report/report_files.h"

#include <memory>

#include "base/flags.h"
#include "base/status.h"

namespace shadowreel {
namespace {

absl::Status Named(const char* flag, const absl::Status& status) {
  return status.ok() ? status : FlagError(flag, status);
}

absl::Status CheckAppend(const std::string& path, FileSystem& files) {
  if (files.Kind(path) == FileKind::kDirectory) return UnusableError("{} is a directory", path);
  ASSIGN_OR_RETURN(const auto file, files.OpenToAppend(path));
  return file->Close();
}

// A rename must be able to take its place: a device or a pipe would be lost to it.
absl::Status CheckReplace(const std::string& path, FileSystem& files) {
  const FileKind kind = files.Kind(path);
  if (kind == FileKind::kDirectory) return UnusableError("{} is a directory", path);
  if (kind == FileKind::kOther) {
    return UnusableError("{} is not a regular file, and would be replaced by one", path);
  }
  const std::string trial = path + ".tmp";  // the name that WriteFileAtomically takes
  if (files.Kind(trial) == FileKind::kFile) RETURN_IF_ERROR(files.Remove(trial));
  ASSIGN_OR_RETURN(const auto file, files.Create(trial));
  const absl::Status closed = file->Close();
  const absl::Status removed = files.Remove(trial);
  return closed.ok() ? removed : closed;
}

absl::Status Append(const std::string& path, std::string_view bytes, FileSystem& files) {
  ASSIGN_OR_RETURN(const auto file, files.OpenToAppend(path));
  // An earlier step's last line may have no end.
  const absl::Status status = file->Append("\n\n" + std::string(bytes));
  const absl::Status closed = file->Close();
  return status.ok() ? closed : status;
}

}  // namespace

absl::Status CheckReportFiles(const ReportFiles& reports, FileSystem& files) {
  if (!reports.directory.empty() && files.Kind(reports.directory) == FileKind::kMissing) {
    RETURN_IF_ERROR(Named("out", files.CreateDirectory(reports.directory)));
  }
  if (!reports.junit.empty()) {
    RETURN_IF_ERROR(Named("junit", CheckReplace(reports.junit, files)));
  }
  if (reports.markdown.empty()) return absl::OkStatus();
  return Named("markdown", reports.append_markdown ? CheckAppend(reports.markdown, files)
                                                   : CheckReplace(reports.markdown, files));
}

absl::Status WriteReportFiles(const ReportFiles& reports, std::string_view junit,
                              std::string_view markdown, FileSystem& files) {
  absl::Status first;
  if (!reports.junit.empty()) {
    first = Named("junit", WriteFileAtomically(files, reports.junit, junit));
  }
  if (reports.markdown.empty()) return first;
  const absl::Status second = Named(
      "markdown", reports.append_markdown ? Append(reports.markdown, markdown, files)
                                          : WriteFileAtomically(files, reports.markdown, markdown));
  return first.ok() ? second : first;
}

}  // namespace shadowreel
