#include "replayer/options/reports.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/file_system.h"
#include "base/flags.h"
#include "base/status.h"

namespace shadowreel {
namespace {

// The same for every spelling of a path. A link as last part stays one: a report replaces it, and
// not what it points to.
std::filesystem::path Location(const std::string& path) {
  const std::filesystem::path absolute = std::filesystem::absolute(path);
  std::error_code error;
  const auto directory = std::filesystem::weakly_canonical(absolute.parent_path(), error);
  return (error ? absolute.parent_path() : directory) / absolute.filename();
}

bool IsSame(const std::string& a, const std::string& b) {
  return !a.empty() && !b.empty() && Location(a) == Location(b);
}

// A report replaces what has its name.
absl::Status CheckLosesNothing(const char* flag, const std::string& path) {
  const std::string out = FlagText("out");
  if (path.ends_with(".seg")) {
    return UsageError("--{}={}: recordings are called so; name the report otherwise", flag, path);
  }
  if (IsSame(path, FlagText("scenario"))) {
    return UsageError("--{}={}: is the scenario, which the report would replace", flag, path);
  }
  if (!out.empty() && IsSame(path, JoinPath(out, "summary.json"))) {
    return UsageError("--{}={}: is the run's summary, which would replace the report", flag, path);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadReports(ReplayOptions* options) {
  ReportFiles& reports = options->reports;
  reports.junit = FlagText("junit");
  reports.markdown = FlagText("markdown");
  if (IsSame(reports.junit, reports.markdown)) {
    return UsageError("--junit and --markdown both name {}: one would replace the other",
                      reports.junit);
  }
  RETURN_IF_ERROR(CheckLosesNothing("junit", reports.junit));
  RETURN_IF_ERROR(CheckLosesNothing("markdown", reports.markdown));
  const std::string out = FlagText("out");
  for (const std::string& path : {reports.junit, reports.markdown}) {
    if (!out.empty() &&
        IsSame(JoinPath(DirectoryOf(path), "summary.json"), JoinPath(out, "summary.json"))) {
      reports.directory = out;
    }
  }
  const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
  reports.append_markdown = summary != nullptr && IsSame(reports.markdown, summary);
  return absl::OkStatus();
}

}  // namespace shadowreel
