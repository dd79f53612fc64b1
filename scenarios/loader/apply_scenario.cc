#include "scenarios/loader/apply_scenario.h"

#include <algorithm>
#include <vector>

#include "base/flags.h"
#include "base/status.h"
#include "scenarios/loader/load_scenario.h"
#include "scenarios/loader/rules.h"

namespace shadowreel {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

bool IsOf(ScenarioProgram program, const FieldDescriptor& field) {
  const bool of_recorder = field.containing_type() == scenario::Capture::descriptor();
  return !FlagOf(field).empty() && of_recorder == (program == ScenarioProgram::kRecorder);
}

// Whether the command line set this field's flag or one that excludes it.
bool CommandLineDecides(const FieldDescriptor& field) {
  const OneofDescriptor* const oneof = field.containing_oneof();
  if (oneof == nullptr) return FlagWasSet(FlagOf(field).c_str());
  for (int i = 0; i < oneof->field_count(); ++i) {
    if (FlagWasSet(FlagOf(*oneof->field(i)).c_str())) return true;
  }
  return false;
}

absl::Status CheckSection(const LoadedScenario& loaded, const std::string& path,
                          ScenarioProgram program) {
  const bool is_recorder = program == ScenarioProgram::kRecorder;
  const std::string section = is_recorder ? "capture" : "replay";
  if (loaded.origins.count(section) > 0) return absl::OkStatus();
  return UsageError("{} has no section '{}', which says what the {} does", path, section,
                    is_recorder ? "recorder" : "replayer");
}

}  // namespace

absl::Status ApplyScenario(FileSystem& files, const std::string& path, ScenarioProgram program) {
  ASSIGN_OR_RETURN(const LoadedScenario loaded, LoadScenario(files, path, ProcessEnvironment()));
  RETURN_IF_ERROR(CheckSection(loaded, path, program));
  for (const Setting& setting : SettingsOf(loaded)) {
    if (!IsOf(program, *setting.field) || CommandLineDecides(*setting.field)) continue;
    RETURN_IF_ERROR(SetFlagFrom(FlagOf(*setting.field).c_str(), FlagTextOf(setting),
                                setting.origin.place.Text()));
  }
  return absl::OkStatus();
}

}  // namespace shadowreel
