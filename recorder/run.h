#pragma once

#include <absl/status/status.h>

#include <string>

#include "formats/redaction/redactor.h"
#include "recorder/capture/capture.h"
#include "recorder/server/http1_session.h"
#include "recorder/server/http2_session.h"
#include "recorder/server/listener.h"
#include "recorder/server/reset_limiter.h"

namespace shadowreel {

struct RunOptions {
  ListenerOptions listener;
  Http1SessionOptions http1;
  Http2SessionOptions http2;
  ResetLimits resets;
  CaptureOptions capture;
  size_t upload_bytes = size_t{64} << 20;  // of requests being received, over all connections
  RedactionMode redaction = RedactionMode::kCredentials;
  std::string redaction_key_path;  // empty: DefaultKeyPath of the out directory
  std::string ledger_path;         // empty: no JSON ledger
  bool durable = false;            // answers wait for the disk, until the sessions' ack_deadline
  bool discard_after_end = false;  // go on answering, storing nothing, until a signal
};

// The recorder from its listening sockets to its closing ledger, which goes to stdout. Ends at
// SIGTERM, SIGINT, SIGHUP or the capture's end; a capture that had ended before (of an earlier run)
// is only answered for, until a signal. A second signal while the queue is being stored ends the
// process at once, with exit code 6 and the segment unsealed.
absl::Status RunRecorder(const RunOptions& options);

}  // namespace shadowreel
