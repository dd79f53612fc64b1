// The tool for recordings. Each verb is an entry of kVerbs: what it takes, its flags, its
// function.

#include <gflags/gflags.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/flags.h"
#include "base/posix_file_system.h"
#include "base/say.h"
#include "base/status.h"
#include "formats/redaction/redactor.h"
#include "formats/reel/cat.h"
#include "formats/reel/cut.h"
#include "formats/reel/diff.h"
#include "formats/reel/export.h"
#include "formats/reel/import.h"
#include "formats/reel/inspect.h"
#include "formats/reel/interrupt.h"
#include "formats/reel/merge.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"
#include "formats/reel/recover.h"
#include "formats/reel/tolerance.h"
#include "formats/reel/verify.h"
#include "formats/segment/recovery_report.h"

DEFINE_bool(json, false, "one JSON object instead of a table");
DEFINE_string(
    format, "text",
    "cat: text, jsonl (one JSON object a record) or curl; export: gor, vegeta, har or curl; "
    "import: gor, vegeta, har, envoy_tap, envoy_tap_delimited or access_log, else told by the "
    "files");
DEFINE_uint64(first, 0, "stop after so many records; 0: all");
DEFINE_string(tolerate, "", "curl: do not count what libcurl forces on a replay: Host first");
DEFINE_bool(across_versions, false,
            "do not count what translating between HTTP/1 and HTTP/2 forces");
DEFINE_string(recovery, "strict",
              "of segments that were cut or damaged, read what is left: tail (up to the last whole "
              "chunk) or salvage (every whole chunk)");
DEFINE_string(secrets, "", "a file with one secret a line: fail if a record holds one");
DEFINE_string(out, "",
              "the directory to write; it must not exist. export: the file, stdout when not given");
DEFINE_string(from, "", "records from 2026-11-23T19:42:00Z on, or from 10m after the start");
DEFINE_string(to, "", "records before then");
DEFINE_string(busiest, "", "the window so long (10m) with the most records");
DEFINE_string(method, "", "GET,POST: records with one of these");
DEFINE_string(host, "", "shop.example,*.internal: for one of these, without -shadow");
DEFINE_string(path, "", "whose path begins so; re:EXPRESSION: matches this RE2 expression");
DEFINE_string(header, "", "with this header; NAME:VALUE: with this value");
DEFINE_string(percent, "", "0 to 100: this share of the records, the same every time");
DEFINE_uint64(seed, 0,
              "cut: another seed chooses other records; import: other places within the second of "
              "an access log's times");

DEFINE_string(redact, "credentials", "credentials: replace them by pseudonyms; off");
DEFINE_string(redaction_key, "", "FILE with the pseudonyms' key, made when missing; else OUT.key");
DEFINE_string(start, "2000-01-01T00:00:00Z", "the first arrival, where the files hold no times");
DEFINE_double(rate, 100, "and how many requests a second from then on");
DEFINE_string(authority, "", "the host of requests where an access log names none");
DEFINE_string(truncated, "", "keep: import bodies that Envoy cut, marked; else left out");

namespace shadowreel {
namespace {

// What a verb works with.
struct Invocation {
  const std::vector<std::string>& paths;
  FileSystem& files;
  const Clock& clock;
  Output& output;
  Notices& notices;
};

struct Verb {
  std::string_view name;
  std::string_view takes;    // "RECORDING..."
  std::string_view purpose;  // one line of --help
  size_t min_paths;
  size_t max_paths;
  bool prints_while_reading;  // on one terminal, progress would mix with the output
  std::string_view flags;     // separated by spaces
  absl::StatusOr<ExitCode> (*run)(const Invocation&);
};

constexpr size_t kAnyNumber = SIZE_MAX;

// Decoration is for terminals that can show it, and people who want it (no-color.org).
bool DrawsUnicode() {
  if (!isatty(STDOUT_FILENO) || std::getenv("NO_COLOR") != nullptr) return false;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return strcasestr(value, "utf-8") != nullptr || strcasestr(value, "utf8") != nullptr;
  }
  return false;
}

absl::StatusOr<RecoveryMode> RecoveryFlag() {
  const absl::StatusOr<RecoveryMode> recovery = ParseRecoveryMode(FLAGS_recovery);
  if (!recovery.ok()) return FlagError("recovery", recovery.status());
  return *recovery;
}

absl::StatusOr<ExitCode> RunInspect(const Invocation& with) {
  ASSIGN_OR_RETURN(const RecoveryMode recovery, RecoveryFlag());
  return Inspect(with.files, {with.paths, FLAGS_json, DrawsUnicode(), recovery}, with.output,
                 with.notices);
}

absl::StatusOr<ExitCode> RunCut(const Invocation& with) {
  ASSIGN_OR_RETURN(const RecoveryMode recovery, RecoveryFlag());
  CutOptions options;
  options.paths = with.paths;
  options.out = FLAGS_out;
  options.from = FLAGS_from;
  options.to = FLAGS_to;
  options.busiest = FLAGS_busiest;
  options.filter = {FLAGS_method, FLAGS_host, FLAGS_path, FLAGS_header};
  options.percent = FLAGS_percent;
  options.seed = FLAGS_seed;
  options.first = FLAGS_first;
  options.recovery = recovery;
  return Cut(with.files, with.clock, options, with.output, with.notices);
}

absl::StatusOr<ExitCode> RunMerge(const Invocation& with) {
  ASSIGN_OR_RETURN(const RecoveryMode recovery, RecoveryFlag());
  return Merge(with.files, with.clock, {with.paths, FLAGS_out, recovery}, with.output,
               with.notices);
}

absl::StatusOr<ExitCode> RunCat(const Invocation& with) {
  const absl::StatusOr<CatFormat> format = ParseCatFormat(FLAGS_format);
  if (!format.ok()) return FlagError("format", format.status());
  ASSIGN_OR_RETURN(const RecoveryMode recovery, RecoveryFlag());
  return Cat(with.files, {with.paths, *format, FLAGS_first, recovery}, with.output, with.notices);
}

absl::StatusOr<ExitCode> RunVerify(const Invocation& with) {
  return Verify(with.files, {with.paths, FLAGS_secrets}, with.output, with.notices);
}

absl::StatusOr<ExitCode> RunDiff(const Invocation& with) {
  absl::StatusOr<Tolerances> tolerances = ParseTolerances(FLAGS_tolerate);
  if (!tolerances.ok()) return FlagError("tolerate", tolerances.status());
  tolerances->across_versions = FLAGS_across_versions;
  ASSIGN_OR_RETURN(const RecoveryMode recovery, RecoveryFlag());
  DiffOptions options{with.paths[0], with.paths[1], *tolerances};
  options.recovery = recovery;
  if (const char* directory = std::getenv("TMPDIR"); directory != nullptr && *directory != '\0') {
    options.temporary_directory = directory;
  }
  return Diff(with.files, options, with.output, with.notices);
}

absl::StatusOr<ExitCode> RunImport(const Invocation& with) {
  const absl::StatusOr<RedactionMode> redaction = ParseRedactionMode(FLAGS_redact);
  if (!redaction.ok()) return FlagError("redact", redaction.status());
  ImportOptions options;
  options.paths = with.paths;
  if (FlagWasSet("format")) options.format = FLAGS_format;
  options.out = FLAGS_out;
  options.redaction = *redaction;
  options.redaction_key = FLAGS_redaction_key;
  options.start = FLAGS_start;
  options.rate = FLAGS_rate;
  if (!FLAGS_truncated.empty() && FLAGS_truncated != "keep") {
    return UsageError("--truncated={}: write keep, or leave it out", FLAGS_truncated);
  }
  options.choices = {FLAGS_authority, FLAGS_seed, FLAGS_truncated == "keep"};
  return ImportFiles(with.files, with.clock, options, with.output, with.notices);
}

absl::StatusOr<ExitCode> RunExport(const Invocation& with) {
  ASSIGN_OR_RETURN(const RecoveryMode recovery, RecoveryFlag());
  return ExportRecords(with.files, {with.paths, FLAGS_format, FLAGS_out, recovery}, with.output,
                       with.notices);
}

absl::StatusOr<ExitCode> RunRecover(const Invocation& with) {
  return Recover(with.files, with.clock, {with.paths, FLAGS_json}, with.output, with.notices);
}

constexpr Verb kVerbs[] = {
    {"inspect", "RECORDING...", "what it holds: times, rates, endpoints, sizes, redactions", 1,
     kAnyNumber, false, "json recovery", RunInspect},
    {"cat", "RECORDING...", "its records, in order of arrival", 1, kAnyNumber, true,
     "format first recovery", RunCat},
    {"verify", "RECORDING...", "reads every byte; exits 1 when something is damaged", 1, kAnyNumber,
     false, "secrets", RunVerify},
    {"cut", "RECORDING...", "writes part of it: by time, filter, share, first N", 1, kAnyNumber,
     false, "out from to busiest method host path header percent seed first recovery", RunCut},
    {"merge", "A B...", "writes several, by arrival, as one recording", 2, kAnyNumber, false,
     "out recovery", RunMerge},
    {"diff", "A B", "compares two recordings; exits 1 when they differ", 2, 2, false,
     "tolerate across_versions recovery", RunDiff},
    {"import", "FILE...", "makes a recording of other tools' files", 1, kAnyNumber, false,
     "format out redact redaction_key start rate authority seed truncated", RunImport},
    {"export", "RECORDING...", "writes its records as another tool's file", 1, kAnyNumber, true,
     "format out recovery", RunExport},
    {"recover", "RECORDING...", "seals in place what can be read of unsealed and damaged segments",
     1, kAnyNumber, false, "json", RunRecover},
};

std::vector<std::string> FlagsOf(const Verb& verb) {
  std::istringstream words{std::string(verb.flags)};
  return {std::istream_iterator<std::string>(words), {}};
}

// "inspect, cat, verify or diff".
std::string VerbNames() {
  std::string names;
  for (const Verb& verb : kVerbs) {
    if (!names.empty()) names += &verb + 1 == std::end(kVerbs) ? " or " : ", ";
    names += verb.name;
  }
  return names;
}

Program ReelProgram() {
  Program program{"reel",
                  "reel VERB RECORDING... [FLAGS]",
                  "Looks into recordings: directories of segments, or single segments (*.seg).\n",
                  {}};
  for (const Verb& verb : kVerbs) {
    program.purpose +=
        fmt::format("\n  {:<22} {}", fmt::format("{} {}", verb.name, verb.takes), verb.purpose);
    program.groups.push_back({std::string(verb.name), FlagsOf(verb)});
  }
  return program;
}

bool WasSetEmpty(const std::string& flag) {
  gflags::CommandLineFlagInfo info;
  CHECK(gflags::GetCommandLineFlagInfo(flag.c_str(), &info));
  return info.type == "string" && info.current_value.empty() && !info.is_default;
}

// Refuses flags that only other verbs have, and empty values: --secrets=$UNSET must not pass.
absl::Status CheckFlags(const Verb& verb) {
  const std::vector<std::string> own = FlagsOf(verb);
  for (const Verb& other : kVerbs) {
    for (const std::string& flag : FlagsOf(other)) {
      if (std::find(own.begin(), own.end(), flag) != own.end() || !FlagWasSet(flag.c_str())) {
        continue;
      }
      return UsageError("--{} is a flag of {}, not of {}", flag, other.name, verb.name);
    }
  }
  for (const std::string& flag : own) {
    if (WasSetEmpty(flag)) return UsageError("--{}: empty; give it a value or leave it out", flag);
  }
  return absl::OkStatus();
}

absl::Status CheckPaths(const Verb& verb, const std::vector<std::string>& paths) {
  if (paths.size() >= verb.min_paths && paths.size() <= verb.max_paths) return absl::OkStatus();
  if (paths.empty()) return UsageError("{0} what? reel {0} {1}", verb.name, verb.takes);
  return UsageError("{0} does not take {1} paths: reel {0} {2}", verb.name, paths.size(),
                    verb.takes);
}

absl::StatusOr<ExitCode> RunVerb(const std::vector<std::string>& arguments, Output& output) {
  if (arguments.empty()) return UsageError("no verb; use {} (reel --help)", VerbNames());
  const Verb* const verb =
      std::find_if(std::begin(kVerbs), std::end(kVerbs),
                   [&](const Verb& each) { return each.name == arguments[0]; });
  if (verb == std::end(kVerbs)) {
    return UsageError("unknown verb '{}'; use {} (reel --help)", arguments[0], VerbNames());
  }
  RETURN_IF_ERROR(CheckFlags(*verb));
  const std::vector<std::string> paths(arguments.begin() + 1, arguments.end());
  RETURN_IF_ERROR(CheckPaths(*verb, paths));

  PosixFileSystem files;
  const SystemClock clock;
  const bool progress =
      isatty(STDERR_FILENO) && !(verb->prints_while_reading && isatty(STDOUT_FILENO));
  Notices notices(stderr, progress, clock);
  return verb->run({paths, files, clock, output, notices});
}

int Main(int argc, const char* const* argv) {
  std::signal(SIGPIPE, SIG_IGN);  // Output sees EPIPE instead
  CatchInterrupts();
  constexpr size_t kBuffer = 1 << 16;
  std::setvbuf(stdout, nullptr, _IOFBF, kBuffer);
  std::vector<std::string> arguments;
  if (const auto ended = ParseFlags(ReelProgram(), argc, argv, &arguments)) {
    return static_cast<int>(*ended);
  }
  Output output(stdout);
  absl::StatusOr<ExitCode> result = RunVerb(arguments, output);
  if (const absl::Status written = output.Finish(); result.ok() && !written.ok()) result = written;
  // Whatever failed after the signal most likely failed by it: a system call was broken off.
  if (!result.ok() && !CheckInterrupt().ok()) {
    Say(stderr, "reel: interrupted{}\n",
        FLAGS_out.empty() ? "" : "; nothing was written to " + FLAGS_out);
    EndAsInterrupted();
  }
  if (!result.ok()) return static_cast<int>(ReportError(ReelProgram(), result.status()));
  return static_cast<int>(*result);
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) { return shadowreel::Main(argc, argv); }
