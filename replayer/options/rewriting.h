#pragma once

#include <absl/status/status.h>

#include "replayer/plan/rewriter.h"

namespace shadowreel {

// How paths and headers are changed: --rewrite_path, --set_header, --add_header, --remove_header,
// --append_forwarded_for. After ReadRequests: no edit is of the marker's field. Errors do not show
// the values of headers.
absl::Status ReadRewriting(RewriterOptions* rewriter);

}  // namespace shadowreel
