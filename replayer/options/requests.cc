#include "replayer/options/requests.h"

#include "base/flags.h"
#include "base/status.h"
#include "net/http/authority.h"

namespace shadowreel {
namespace {

absl::Status ReadAuthority(RewriterOptions* rewriter) {
  if (FlagText("authority") == "target") {
    rewriter->authority = AuthorityMode::kTarget;
  } else if (FlagText("authority") == "recorded") {
    rewriter->authority = AuthorityMode::kRecorded;
  } else if (FlagText("authority") == "stripped") {
    rewriter->authority = AuthorityMode::kStripped;
  } else if (FlagText("authority") == "shadow") {
    rewriter->authority = AuthorityMode::kShadow;
  } else if (IsAuthority(FlagText("authority"))) {
    rewriter->authority = AuthorityMode::kLiteral;
    rewriter->literal_authority = FlagText("authority");
  } else {
    return UsageError("--authority={}: write target, recorded, stripped, shadow, or HOST[:PORT]",
                      FlagText("authority"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadRequests(ReplayOptions* options) {
  RewriterOptions& rewriter = options->rewriter;
  RETURN_IF_ERROR(ReadAuthority(&rewriter));
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
