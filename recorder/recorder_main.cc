// The recorder: writes the shadow requests that a mirror sends to segment files.

#include <gflags/gflags.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "base/flags.h"
#include "base/posix_file_system.h"
#include "base/say.h"
#include "base/status.h"
#include "base/text.h"
#include "base/units.h"
#include "formats/redaction/key_path.h"
#include "formats/redaction/redactor.h"
#include "formats/segment/segment_format.h"
#include "recorder/run.h"
#include "scenarios/loader/apply_scenario.h"
#include "scenarios/manifests/load_mesh.h"
#include "scenarios/manifests/mirrored_share.h"

DEFINE_string(scenario, "", "YAML FILE whose section 'capture' sets flags; those given here win");
DEFINE_string(listen, "", "HOST:PORT[,...] to take shadow requests on; port 0 is any");
DEFINE_int32(max_connections, 4096, "more are closed at once");
DEFINE_string(max_body, "1MiB", "kept of each body; the rest is counted");
DEFINE_string(uploads, "64MiB", "of requests being received, over all connections; more is shed");
DEFINE_string(reset_burst, "10000",
              "HTTP/2 streams that one peer address may reset at once; more cuts the connection");
DEFINE_string(reset_rate, "1000", "and a second, in the long run");

DEFINE_string(ack, "accepted",
              "accepted|durable: 202 when a request is in memory, or 204 once it is on the disk");
DEFINE_string(ack_deadline, "1s", "of --ack=durable: after it 202; at most 60s");

DEFINE_string(out, "", "directory of the recording; made when only this level is missing");
DEFINE_string(percent, "100", "of the requests, kept by hash");
DEFINE_uint64(seed, 0, "of --percent");
DEFINE_string(queue, "64MiB", "of requests in memory, waiting for the disk");
DEFINE_string(segment_bytes, "256MiB", "a file is sealed and the next begun at this size");
DEFINE_int32(compression, 1, "zstd level, 1 to 19; 0 stores plain");
DEFINE_string(mirrored_percent, "",
              "of its requests that the mirror sends; kept as the records' weight");
DEFINE_string(manifests, "", "YAML files of the mesh's objects, to learn --mirrored_percent from");
DEFINE_string(mirror_host, "", "of --manifests: the mirrors to this host alone");
DEFINE_string(ledger, "", "FILE for the closing ledger as JSON");

DEFINE_string(redact, "credentials", "credentials|off: what becomes a pseudonym before the disk");
DEFINE_string(redaction_key, "", "FILE with the pseudonyms' key, made when missing; else OUT.key");

DEFINE_string(for, "2h", "how long the capture lasts, restarts included; at most 72h");
DEFINE_string(max_bytes, "64GiB", "the capture ends when it takes that much disk");
DEFINE_string(min_free, "256MiB", "with less free disk nothing is written");
DEFINE_string(after_end, "exit", "exit|discard: discard goes on answering, and counts");

namespace shadowreel {
namespace {

// A mirror's connection is held for so long.
constexpr Nanos kMaxAckDeadline = std::chrono::seconds(60);

const Program& RecorderProgram() {
  static const Program* const program = new Program{
      "recorder",
      "recorder --listen=HOST:PORT[,...] --out=DIR [--for=2h] ...\n"
      "       recorder --scenario=FILE [flags]",
      "Records the shadow requests that a mirror sends, until --for is over or SIGTERM.",
      {{"What", {"scenario"}},
       {"Listening",
        {"listen", "max_connections", "max_body", "uploads", "reset_burst", "reset_rate"}},
       {"Acknowledging", {"ack", "ack_deadline"}},
       {"Recording",
        {"out", "percent", "seed", "mirrored_percent", "manifests", "mirror_host", "queue",
         "segment_bytes", "compression", "ledger"}},
       {"Secrets", {"redact", "redaction_key"}},
       {"The end", {"for", "max_bytes", "min_free", "after_end"}}},
      {},
      {"scenario"}};
  return *program;
}

// Envoy's finest share: one in a million.
constexpr double kLeastMirroredPercent = 0.0001;

template <typename Value>
absl::Status Parse(const char* flag, absl::StatusOr<Value> parsed, Value* value) {
  if (!parsed.ok()) return FlagError(flag, parsed.status());
  *value = *std::move(parsed);
  return absl::OkStatus();
}

// A size of at least one byte.
absl::Status ParseSize(const char* flag, const std::string& text, uint64_t most, uint64_t* value) {
  RETURN_IF_ERROR(Parse(flag, ParseBytes(text), value));
  if (*value >= 1 && *value <= most) return absl::OkStatus();
  return UsageError("--{}={}: from 1 to {} bytes", flag, text, most);
}

// The parts of "a,b"; an empty part is kept, to be refused by name.
std::vector<std::string> SplitAtCommas(const std::string& list) {
  std::vector<std::string> parts(1);
  for (const char c : list) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

absl::Status ReadResets(ResetLimits* resets) {
  RETURN_IF_ERROR(Parse("reset_burst", ParseNumber(FLAGS_reset_burst), &resets->burst));
  RETURN_IF_ERROR(Parse("reset_rate", ParseNumber(FLAGS_reset_rate), &resets->rate));
  if (resets->burst < 1) return UsageError("--reset_burst={}: at least 1", FLAGS_reset_burst);
  if (resets->rate < 0) return UsageError("--reset_rate={}: at least 0", FLAGS_reset_rate);
  return absl::OkStatus();
}

absl::Status ReadListening(RunOptions* options) {
  if (FLAGS_listen.empty()) return UsageError("--listen=HOST:PORT is needed");
  options->listener.addresses = SplitAtCommas(FLAGS_listen);
  if (FLAGS_max_connections < 1) {
    return UsageError("--max_connections={}: at least 1", FLAGS_max_connections);
  }
  options->listener.max_connections = static_cast<size_t>(FLAGS_max_connections);
  RETURN_IF_ERROR(ParseSize("uploads", FLAGS_uploads, SIZE_MAX, &options->upload_bytes));
  RETURN_IF_ERROR(ReadResets(&options->resets));
  RETURN_IF_ERROR(ParseSize("max_body", FLAGS_max_body, kMaxBody, &options->http1.max_body_bytes));
  options->http2.max_body_bytes = options->http1.max_body_bytes;
  return absl::OkStatus();
}

absl::Status ReadAcknowledging(RunOptions* options) {
  if (FLAGS_ack != "accepted" && FLAGS_ack != "durable") {
    return UsageError("--ack={}: accepted or durable", FLAGS_ack);
  }
  options->durable = FLAGS_ack == "durable";
  Nanos& deadline = options->http1.ack_deadline;
  RETURN_IF_ERROR(Parse("ack_deadline", ParseDuration(FLAGS_ack_deadline), &deadline));
  if (deadline <= Nanos(0) || deadline > kMaxAckDeadline) {
    return UsageError("--ack_deadline={}: more than 0 and at most 60s", FLAGS_ack_deadline);
  }
  options->http2.ack_deadline = deadline;
  return absl::OkStatus();
}

absl::Status ReadDuration(Nanos* duration) {
  RETURN_IF_ERROR(Parse("for", ParseDuration(FLAGS_for), duration));
  if (*duration > Nanos(0) && *duration <= kMaxCaptureDuration) return absl::OkStatus();
  return UsageError("--for={}: more than 0 and at most 72h; every capture has an end", FLAGS_for);
}

// What --mirrored_percent says goes before what the manifests say.
absl::Status ReadMirroredPercent(double* percent) {
  if (!FLAGS_mirrored_percent.empty()) {
    RETURN_IF_ERROR(Parse("mirrored_percent", ParsePercent(FLAGS_mirrored_percent), percent));
    if (*percent >= kLeastMirroredPercent) return absl::OkStatus();
    return UsageError(
        "--mirrored_percent={}: from {} to 100; of a mirror that sends less, nothing "
        "comes",
        FLAGS_mirrored_percent, kLeastMirroredPercent);
  }
  if (FLAGS_manifests.empty() && FLAGS_mirror_host.empty()) return absl::OkStatus();
  if (FLAGS_manifests.empty()) {
    return UsageError("--mirror_host={} needs --manifests=FILES, which have its mirrors",
                      FLAGS_mirror_host);
  }
  PosixFileSystem files;
  std::vector<std::string> warnings;
  ASSIGN_OR_RETURN(const Mesh mesh, LoadMesh(files, SplitList(FLAGS_manifests), &warnings));
  for (const std::string& warning : warnings) Say(stderr, "recorder: {}\n", warning);
  MirroredShare share;
  RETURN_IF_ERROR(Parse("manifests", FindMirroredShare(mesh, FLAGS_mirror_host), &share));
  if (share.percent < kLeastMirroredPercent) {
    Say(stderr, "recorder: {} sends {} %: nothing will come from it\n", share.mirror,
        share.percent);
    return absl::OkStatus();
  }
  *percent = share.percent;
  Say(stderr, "recorder: {} sends {} %: a record stands for {} requests\n", share.mirror, *percent,
      100 / *percent);
  return absl::OkStatus();
}

absl::Status ReadCapture(CaptureOptions* capture) {
  if (FLAGS_out.empty()) return UsageError("--out=DIR is needed");
  capture->roller.directory = FLAGS_out;
  capture->seed = FLAGS_seed;
  RETURN_IF_ERROR(ReadDuration(&capture->duration));
  RETURN_IF_ERROR(Parse("percent", ParsePercent(FLAGS_percent), &capture->percent));
  RETURN_IF_ERROR(ReadMirroredPercent(&capture->mirrored_percent));
  RETURN_IF_ERROR(ParseSize("queue", FLAGS_queue, SIZE_MAX, &capture->queue_bytes));
  RollerOptions& roller = capture->roller;
  RETURN_IF_ERROR(
      ParseSize("segment_bytes", FLAGS_segment_bytes, UINT64_MAX, &roller.segment_bytes));
  RETURN_IF_ERROR(ParseSize("max_bytes", FLAGS_max_bytes, UINT64_MAX, &roller.max_bytes));
  RETURN_IF_ERROR(Parse("min_free", ParseBytes(FLAGS_min_free), &roller.min_free));
  if (FLAGS_compression < 0 || FLAGS_compression > 19) {
    return UsageError("--compression={}: from 0 to 19", FLAGS_compression);
  }
  roller.writer.zstd_level = FLAGS_compression;
  return absl::OkStatus();
}

absl::Status ReadFlags(const std::vector<std::string>& arguments, RunOptions* options) {
  if (!arguments.empty()) return UsageError("unexpected argument '{}'", arguments.front());
  if (FlagWasSet("scenario")) {
    PosixFileSystem files;
    RETURN_IF_ERROR(ApplyScenario(files, FLAGS_scenario, ScenarioProgram::kRecorder));
  }
  RETURN_IF_ERROR(ReadListening(options));
  RETURN_IF_ERROR(ReadAcknowledging(options));
  RETURN_IF_ERROR(ReadCapture(&options->capture));
  RETURN_IF_ERROR(Parse("redact", ParseRedactionMode(FLAGS_redact), &options->redaction));
  options->redaction_key_path =
      FLAGS_redaction_key.empty() ? DefaultKeyPath(FLAGS_out) : FLAGS_redaction_key;
  options->ledger_path = FLAGS_ledger;
  if (FLAGS_after_end != "exit" && FLAGS_after_end != "discard") {
    return UsageError("--after_end={}: exit or discard", FLAGS_after_end);
  }
  options->discard_after_end = FLAGS_after_end == "discard";
  return absl::OkStatus();
}

ExitCode Main(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  if (const std::optional<ExitCode> code = ParseFlags(RecorderProgram(), argc, argv, &arguments)) {
    return *code;
  }
  RunOptions options;
  absl::Status status = ReadFlags(arguments, &options);
  if (status.ok()) status = RunRecorder(options);
  return status.ok() ? ExitCode::kPass : ReportError(RecorderProgram(), status);
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) { return static_cast<int>(shadowreel::Main(argc, argv)); }
