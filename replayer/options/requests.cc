#include "replayer/options/requests.h"

#include "base/status.h"
#include "replayer/options/flag_values.h"
#include "scenarios/terms/authority_choice.h"

namespace shadowreel {
absl::Status ReadRequests(ReplayOptions* options) {
  RewriterOptions& rewriter = options->rewriter;
  ASSIGN_OR_RETURN(const AuthorityChoice authority,
                   Named("authority", ParseAuthorityChoice(FlagText("authority"))));
  rewriter.authority = authority.mode;
  rewriter.literal_authority = authority.literal;
  rewriter.target_authority = options->target.authority;
  if (FlagText("strip") != "mesh" && FlagText("strip") != "none") {
    return UsageError("--strip={}: write mesh or none", FlagText("strip"));
  }
  rewriter.strip = FlagText("strip") == "none" ? StripMode::kNone : StripMode::kMesh;
  if (FlagText("side_effects") != "refuse" && FlagText("side_effects") != "allow") {
    return UsageError("--side_effects={}: write refuse or allow", FlagText("side_effects"));
  }
  options->planner.allow_side_effects = FlagText("side_effects") == "allow";
  rewriter.drop_conditional = FlagIsOn("drop_conditional");
  rewriter.marker_name = FlagText("marker") == "off" ? "" : FlagText("marker");
  rewriter.marker_value = options->run_id;
  if (!rewriter.marker_name.empty() && !IsMarkerName(rewriter.marker_name)) {
    return UsageError("--marker: not a name that the marker's header can have");
  }
  return absl::OkStatus();
}

}  // namespace shadowreel
