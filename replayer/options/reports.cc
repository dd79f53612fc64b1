#include "replayer/options/reports.h"

#include <cstdlib>

#include "base/flags.h"
#include "base/status.h"

namespace shadowreel {

absl::Status ReadReports(ReplayOptions* options) {
  ReportFiles& reports = options->reports;
  reports.junit = FlagText("junit");
  reports.markdown = FlagText("markdown");
  if (!reports.junit.empty() && reports.junit == reports.markdown) {
    return UsageError("--junit and --markdown both name {}: one would replace the other",
                      reports.junit);
  }
  const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
  reports.append_markdown = summary != nullptr && reports.markdown == summary;
  return absl::OkStatus();
}

}  // namespace shadowreel
