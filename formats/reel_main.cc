#include <gflags/gflags.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/flags.h"
#include "base/posix_file_system.h"
#include "base/status.h"
#include "formats/reel/cat.h"
#include "formats/reel/diff.h"
#include "formats/reel/inspect.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"
#include "formats/reel/tolerance.h"
#include "formats/reel/verify.h"

DEFINE_bool(json, false, "one JSON object instead of a table");
DEFINE_string(format, "text", "text for people, or jsonl: one JSON object a record");
DEFINE_uint64(first, 0, "stop after so many records; 0 prints all");
DEFINE_string(tolerate, "", "curl: do not count what libcurl forces on a replay: Host first");
DEFINE_bool(across_versions, false,
            "do not count what translating between HTTP/1 and HTTP/2 forces");
DEFINE_string(secrets, "", "a file with one secret a line: fail if a record holds one");

namespace shadowreel {
namespace {

Program ReelProgram() {
  return {"reel",
          "reel VERB RECORDING... [FLAGS]",
          "Looks into recordings: directories of segments, or single segments (*.seg).\n\n"
          "  inspect RECORDING...   what it holds: times, rates, endpoints, sizes, redactions\n"
          "  cat RECORDING...       its records, in order of arrival\n"
          "  verify RECORDING...    reads every byte; exits 1 when something is damaged\n"
          "  diff A B               compares two recordings; exits 1 when they differ",
          {{"inspect", {"json"}},
           {"cat", {"format", "first"}},
           {"verify", {"secrets"}},
           {"diff", {"tolerate", "across_versions"}}}};
}

// The groups of flags are named after the verbs.
absl::Status CheckFlagsOf(const std::string& verb) {
  for (const FlagGroup& group : ReelProgram().groups) {
    for (const std::string& flag : group.flags) {
      if (group.title != verb && FlagWasSet(flag.c_str())) {
        return UsageError("--{} is a flag of {}, not of {}", flag, group.title, verb);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPaths(const std::string& verb, const std::vector<std::string>& paths) {
  if (verb == "diff" && paths.size() != 2) {
    return UsageError("diff takes two recordings, not {}: reel diff A B", paths.size());
  }
  if (paths.empty()) return UsageError("{} which recording? reel {} RECORDING...", verb, verb);
  return absl::OkStatus();
}

absl::StatusOr<ExitCode> RunCat(FileSystem& files, std::vector<std::string> paths, Output& output,
                                Notices& notices) {
  const absl::StatusOr<CatFormat> format = ParseCatFormat(FLAGS_format);
  if (!format.ok()) return FlagError("format", format.status());
  return Cat(files, {std::move(paths), *format, FLAGS_first}, output, notices);
}

absl::StatusOr<ExitCode> RunDiff(FileSystem& files, const std::vector<std::string>& paths,
                                 Output& output, Notices& notices) {
  absl::StatusOr<Tolerances> tolerances = ParseTolerances(FLAGS_tolerate);
  if (!tolerances.ok()) return FlagError("tolerate", tolerances.status());
  tolerances->across_versions = FLAGS_across_versions;
  return Diff(files, {paths[0], paths[1], *tolerances}, output, notices);
}

absl::StatusOr<ExitCode> RunVerb(const std::vector<std::string>& arguments, Output& output) {
  if (arguments.empty()) {
    return UsageError("no verb; use inspect, cat, verify or diff (reel --help)");
  }
  const std::string& verb = arguments.front();
  if (verb != "inspect" && verb != "cat" && verb != "verify" && verb != "diff") {
    return UsageError("unknown verb '{}'; use inspect, cat, verify or diff (reel --help)", verb);
  }
  RETURN_IF_ERROR(CheckFlagsOf(verb));
  const std::vector<std::string> paths(arguments.begin() + 1, arguments.end());
  RETURN_IF_ERROR(CheckPaths(verb, paths));

  PosixFileSystem files;
  const SystemClock clock;
  // cat prints while it reads: on one terminal the two would mix.
  const bool progress = isatty(STDERR_FILENO) && (verb != "cat" || !isatty(STDOUT_FILENO));
  Notices notices(stderr, progress, clock);
  if (verb == "inspect") return Inspect(files, {paths, FLAGS_json}, output, notices);
  if (verb == "cat") return RunCat(files, paths, output, notices);
  if (verb == "verify") return Verify(files, {paths, FLAGS_secrets}, output, notices);
  return RunDiff(files, paths, output, notices);
}

int Main(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);  // Output sees EPIPE instead
  constexpr size_t kBuffer = 1 << 16;
  std::setvbuf(stdout, nullptr, _IOFBF, kBuffer);
  std::vector<std::string> arguments;
  if (const auto ended = ParseFlags(ReelProgram(), argc, argv, &arguments)) {
    return static_cast<int>(*ended);
  }
  Output output(stdout);
  absl::StatusOr<ExitCode> result = RunVerb(arguments, output);
  if (const absl::Status written = output.Finish(); result.ok() && !written.ok()) result = written;
  if (!result.ok()) return static_cast<int>(ReportError(ReelProgram(), result.status()));
  return static_cast<int>(*result);
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) { return shadowreel::Main(argc, argv); }
