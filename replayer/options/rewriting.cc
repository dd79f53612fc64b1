#include "replayer/options/rewriting.h"

#include <string>
#include <utility>
#include <vector>

#include "base/flags.h"
#include "base/status.h"
#include "replayer/options/flag_values.h"
#include "scenarios/terms/client_address.h"

namespace shadowreel {
namespace {

absl::StatusOr<std::vector<HeaderLine>> ReadLines(const char* flag, const std::string& marker) {
  std::vector<HeaderLine> lines;
  for (const std::string& text : FlagLines(flag)) {
    ASSIGN_OR_RETURN(HeaderLine line, Named(flag, ParseHeaderLine(text)));
    if (EqualsIgnoreCase(line.name, marker)) {
      return UsageError("--{}: {} carries the run's id; give that another name with --marker", flag,
                        line.name);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

absl::Status CheckDistinct(const std::vector<HeaderLine>& set) {
  for (size_t i = 0; i < set.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!EqualsIgnoreCase(set[i].name, set[j].name)) continue;
      return UsageError("--set_header: {} is set twice; a second field is --add_header",
                        set[i].name);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadRewriting(RewriterOptions* rewriter) {
  for (const std::string& text : FlagLines("rewrite_path")) {
    ASSIGN_OR_RETURN(PathRewrite rule, Named("rewrite_path", PathRewrite::Parse(text)));
    rewriter->path_rewrites.push_back(std::move(rule));
  }
  HeaderEdits& edits = rewriter->edits;
  for (const std::string& name : FlagLines("remove_header")) {
    if (absl::Status status = CheckHeaderName(name); !status.ok()) {
      return FlagError("remove_header", status);
    }
    edits.remove.push_back(name);
  }
  ASSIGN_OR_RETURN(edits.set, ReadLines("set_header", rewriter->marker_name));
  RETURN_IF_ERROR(CheckDistinct(edits.set));
  ASSIGN_OR_RETURN(edits.add, ReadLines("add_header", rewriter->marker_name));
  edits.forwarded_for = FlagText("append_forwarded_for");
  if (edits.forwarded_for.empty()) return absl::OkStatus();
  const absl::Status status = CheckClientAddress(edits.forwarded_for);
  return status.ok() ? status : FlagError("append_forwarded_for", status);
}

}  // namespace shadowreel
