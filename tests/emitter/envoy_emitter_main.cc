// Sends what Envoy sends to a mirror cluster, in the place of Envoy, which Debian does not have.

#include <fmt/format.h>
#include <gflags/gflags.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/flags.h"
#include "base/status.h"
#include "base/units.h"
#include "tests/emitter/emitter.h"
#include "tests/emitter/sent_log.h"

DEFINE_string(target, "", "HOST:PORT to send to");
DEFINE_string(protocol, "h1", "h1, or h2c: HTTP/2 in clear with prior knowledge");
DEFINE_string(suffix, "port", "port (host-shadow:80), plain (host:80-shadow) or none");
DEFINE_int32(requests, 1000, "how many, the reset ones included");
DEFINE_int32(clients, 200, "simulated, each with an address of its own");
DEFINE_int32(connections, 4, "that carry all of them");
DEFINE_int32(streams, 32, "at once on one h2c connection");
DEFINE_string(rate, "0", "requests/s; 0: as fast as they are answered");
DEFINE_uint64(seed, 1, "of the contents");
DEFINE_string(streaming_percent, "20", "of the bodies, without Content-Length");
DEFINE_string(reset_percent, "0", "of the requests, reset in the middle of the body");
DEFINE_int32(reset_burst, 0, "so many of the first requests are reset, too");
DEFINE_string(deadline, "60s", "ends the run");
DEFINE_string(sent, "", "FILE for what was sent, as `reel cat --format=jsonl` shows records");

namespace shadowreel {
namespace {

const Program& EmitterProgram() {
  static const Program* const program =
      new Program{"envoy_emitter",
                  "envoy_emitter --target=HOST:PORT [--protocol=h2c] ...",
                  "Sends shadow requests as Envoy does. Exits 0 when each was answered with 2xx or "
                  "reset by it.",
                  {{"Shape",
                    {"target", "protocol", "suffix", "seed", "streaming_percent", "reset_percent",
                     "reset_burst"}},
                   {"Load", {"requests", "clients", "connections", "streams", "rate", "deadline"}},
                   {"Output", {"sent"}}}};
  return *program;
}

template <typename Value>
absl::Status Parse(const char* flag, absl::StatusOr<Value> parsed, Value* value) {
  if (!parsed.ok()) return FlagError(flag, parsed.status());
  *value = *std::move(parsed);
  return absl::OkStatus();
}

absl::Status ReadCount(const char* flag, int32_t given, int32_t least, uint64_t* value) {
  if (given < least) return UsageError("--{}={}: at least {}", flag, given, least);
  *value = static_cast<uint64_t>(given);
  return absl::OkStatus();
}

absl::Status ReadSuffix(ShadowSuffix* suffix) {
  if (FLAGS_suffix == "port") {
    *suffix = ShadowSuffix::kBeforePort;
  } else if (FLAGS_suffix == "plain") {
    *suffix = ShadowSuffix::kPlain;
  } else if (FLAGS_suffix == "none") {
    *suffix = ShadowSuffix::kNone;
  } else {
    return UsageError("--suffix={}: port, plain or none", FLAGS_suffix);
  }
  return absl::OkStatus();
}

absl::Status ReadMix(MixOptions* mix) {
  if (FLAGS_protocol != "h1" && FLAGS_protocol != "h2c") {
    return UsageError("--protocol={}: h1 or h2c", FLAGS_protocol);
  }
  mix->version = FLAGS_protocol == "h1" ? HttpVersion::kHttp11 : HttpVersion::kHttp2;
  mix->seed = FLAGS_seed;
  RETURN_IF_ERROR(ReadSuffix(&mix->suffix));
  RETURN_IF_ERROR(ReadCount("clients", FLAGS_clients, 1, &mix->clients));
  RETURN_IF_ERROR(ReadCount("reset_burst", FLAGS_reset_burst, 0, &mix->reset_burst));
  RETURN_IF_ERROR(
      Parse("streaming_percent", ParsePercent(FLAGS_streaming_percent), &mix->streaming_percent));
  return Parse("reset_percent", ParsePercent(FLAGS_reset_percent), &mix->reset_percent);
}

absl::Status ReadFlags(const std::vector<std::string>& arguments, EmitterOptions* options) {
  if (!arguments.empty()) return UsageError("unexpected argument '{}'", arguments.front());
  if (FLAGS_target.empty()) return UsageError("--target=HOST:PORT is needed");
  options->target = FLAGS_target;
  RETURN_IF_ERROR(ReadMix(&options->mix));
  RETURN_IF_ERROR(ReadCount("requests", FLAGS_requests, 1, &options->requests));
  RETURN_IF_ERROR(ReadCount("connections", FLAGS_connections, 1, &options->connections));
  RETURN_IF_ERROR(ReadCount("streams", FLAGS_streams, 1, &options->streams));
  RETURN_IF_ERROR(Parse("rate", ParseNumber(FLAGS_rate), &options->rate));
  if (options->rate < 0) return UsageError("--rate={}: at least 0", FLAGS_rate);
  return Parse("deadline", ParseDuration(FLAGS_deadline), &options->deadline);
}

void PrintTally(const EmitterTally& tally) {
  const double seconds = std::chrono::duration<double>(tally.duration).count();
  fmt::print("sent {}, answered {} ({} not with 2xx), reset {}, in {:.3f} s, {:.0f}/s\n",
             tally.sent, tally.answered, tally.refused, tally.reset, seconds,
             static_cast<double>(tally.sent) / seconds);
}

absl::Status Emit(const EmitterOptions& options) {
  std::unique_ptr<SentLog> log;
  if (!FLAGS_sent.empty()) {
    ASSIGN_OR_RETURN(log, SentLog::Create(FLAGS_sent));
  }
  const SystemClock clock;
  ASSIGN_OR_RETURN(const std::unique_ptr<Emitter> emitter,
                   Emitter::Create(options, clock, [&log](const ShadowRequest& request) {
                     if (log != nullptr) log->Add(request);
                   }));
  absl::Status status = emitter->Run();
  PrintTally(emitter->tally());
  if (log != nullptr) status.Update(log->Close());
  return status;
}

ExitCode Main(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  if (const auto ended = ParseFlags(EmitterProgram(), argc, argv, &arguments)) return *ended;
  EmitterOptions options;
  absl::Status status = ReadFlags(arguments, &options);
  if (status.ok()) status = Emit(options);
  if (status.ok()) return ExitCode::kPass;
  const ExitCode code = ReportError(EmitterProgram(), status);
  return code == ExitCode::kUsage ? code : ExitCode::kFailed;
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) { return static_cast<int>(shadowreel::Main(argc, argv)); }
