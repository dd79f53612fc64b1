#include "replayer/options/load.h"

#include "base/status.h"
#include "base/units.h"
#include "replayer/options/flag_values.h"
#include "scenarios/terms/sample_key.h"

namespace shadowreel {
namespace {

absl::StatusOr<double> ParseFactor(const char* flag, const std::string& text) {
  ASSIGN_OR_RETURN(const double value, Named(flag, ParseNumber(text)));
  if (value < ScheduleOptions::kLeast || value > ScheduleOptions::kMost) {
    return UsageError("--{}={}: must be more than 0 (0.000001 to 1000000000)", flag, text);
  }
  return value;
}

}  // namespace

absl::Status ReadSchedule(ReplayOptions* options) {
  ScheduleOptions& schedule = options->schedule;
  if (FlagWasSet("speed") && !FlagText("rate").empty()) {
    return UsageError(
        "--speed and --rate exclude each other: one scales the recorded pace, the "
        "other replaces it");
  }
  ASSIGN_OR_RETURN(schedule.speed, ParseFactor("speed", FlagText("speed")));
  if (FlagText("rate") == "max") {
    schedule.pacing = Pacing::kClosedLoop;
  } else if (!FlagText("rate").empty()) {
    schedule.pacing = Pacing::kRate;
    ASSIGN_OR_RETURN(schedule.rate, ParseFactor("rate", FlagText("rate")));
  }
  if (schedule.pacing == Pacing::kRate && schedule.rate > FlagInteger("max_rate")) {
    return UsageError("--rate={} is above --max_rate={}; raise that, too", FlagText("rate"),
                      FlagInteger("max_rate"));
  }
  if (!FlagText("duration").empty()) {
    if (schedule.pacing == Pacing::kClosedLoop) {
      return UsageError("--duration ends a schedule, and --rate=max has none");
    }
    ASSIGN_OR_RETURN(schedule.duration, Named("duration", ParseDuration(FlagText("duration"))));
  }
  return absl::OkStatus();
}

absl::Status ReadSelection(PlannerOptions* planner) {
  ASSIGN_OR_RETURN(planner->filter, RecordFilter::Parse({.method = FlagText("method"),
                                                         .host = FlagText("host"),
                                                         .path = FlagText("path"),
                                                         .header = FlagText("header")}));
  ASSIGN_OR_RETURN(planner->percent, Named("percent", ParsePercent(FlagText("percent"))));
  planner->seed = FlagUnsigned("seed");
  ASSIGN_OR_RETURN(planner->sample_header,
                   Named("sample_key", ParseSampleKey(FlagText("sample_key"))));
  return absl::OkStatus();
}

}  // namespace shadowreel
