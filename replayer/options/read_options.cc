#include "replayer/options/read_options.h"

#include <fmt/format.h>

#include <charconv>
#include <random>
#include <string>
#include <system_error>

#include "base/flags.h"
#include "base/status.h"
#include "replayer/options/load.h"
#include "replayer/options/manifests.h"
#include "replayer/options/reports.h"
#include "replayer/options/requests.h"
#include "replayer/options/rewriting.h"
#include "replayer/options/sending.h"
#include "replayer/options/target.h"
#include "replayer/options/thresholds.h"

namespace shadowreel {
namespace {

// 64 random bits: enough to tell runs apart in a target's log.
std::string NewRunId() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

}  // namespace

absl::StatusOr<ReplayOptions> ReadOptions(FileSystem& files) {
  ReplayOptions options;
  options.run_id = NewRunId();
  RETURN_IF_ERROR(ReadTarget(&options));
  RETURN_IF_ERROR(ReadSchedule(&options));
  RETURN_IF_ERROR(ReadSelection(&options.planner));
  RETURN_IF_ERROR(ReadSending(&options));
  RETURN_IF_ERROR(ReadRequests(&options));
  RETURN_IF_ERROR(ReadRewriting(&options.rewriter));
  RETURN_IF_ERROR(ReadBounds(&options));
  RETURN_IF_ERROR(ReadReports(&options));
  RETURN_IF_ERROR(ReadThresholds(&options));
  RETURN_IF_ERROR(ReadSubset(files, &options));
  RETURN_IF_ERROR(ReadManifests(files, &options));
  return options;
}

absl::StatusOr<uint64_t> ReadDryRun() {
  const std::string text = FlagText("dry_run");
  uint64_t shown = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), shown);
  if (error == std::errc() && end == text.data() + text.size()) return shown;
  return UsageError("--dry_run={}: write how many requests it shows, 0 or more", text);
}

}  // namespace shadowreel
