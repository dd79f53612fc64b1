#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_code.h"

namespace shadowreel {

// One titled group of flags in `--help`.
struct FlagGroup {
  std::string title;
  std::vector<std::string> flags;  // names as the main defines them
};

struct Program {
  std::string name;     // "replayer"
  std::string usage;    // one or more lines after "usage: "
  std::string purpose;  // one or two lines
  std::vector<FlagGroup> groups;
  // Flags that may be given more than once: each time adds a line to the value.
  std::vector<std::string> repeatable{};
  // Flags that mean nothing when empty, and of which a second one would take the first one's place
  // without a word: an error.
  std::vector<std::string> once{};
};

// Sets the program's gflags from the command line. gflags' own parser is not used: it exits with 1
// on errors and on --help; here these are 2 and 0. Accepts `--name=value`, `--name value`, one
// dash or two, and for booleans `--name` and `--noname`; `--` ends the flags. Arguments that are
// no flags are appended to `arguments`. Only flags named in `program.groups` exist. First of all it
// gives closed standard streams a descriptor (KeepStandardStreams), so it comes before all else.
// Returns the exit code when the program must end now (help, version, or an error, which is then
// already printed as one line), nothing when it goes on.
[[nodiscard]] std::optional<ExitCode> ParseFlags(const Program& program, int argc,
                                                 const char* const* argv,
                                                 std::vector<std::string>* arguments);

// Whether the command line or SetFlagFrom set this flag.
[[nodiscard]] bool FlagWasSet(const char* name);

// Sets a flag of the program to what a file says. `origin` is where it says so
// ("perf_ci.yaml:7:12", not empty): errors that name the flag then name that place, too. Lines of a
// repeatable flag are given at once. After ParseFlags, which it must not override: only when the
// flag was not set.
[[nodiscard]] absl::Status SetFlagFrom(const char* name, const std::string& value,
                                       const std::string& origin);

// A flag's value: as text, as a whole number, as a boolean, and the lines of a repeatable one.
// For code that reads options outside the main that defines the flags; `name` must be one of them.
[[nodiscard]] std::string FlagText(const char* name);
[[nodiscard]] int64_t FlagInteger(const char* name);
[[nodiscard]] uint64_t FlagUnsigned(const char* name);
[[nodiscard]] bool FlagIsOn(const char* name);
[[nodiscard]] std::vector<std::string> FlagLines(const char* name);

// Prints "NAME: MESSAGE" to stderr and returns the status' exit code. Flags that the message names
// and that SetFlagFrom set are given their place: "(--rate is at perf_ci.yaml:7:12)".
// Nothing in it acts on a terminal (WithoutControls).
[[nodiscard]] ExitCode ReportError(const Program& program, const absl::Status& status);

// As a wrong value of a flag: "--flag: message"; "perf_ci.yaml:7:12: --flag: message" when it was
// set from there.
[[nodiscard]] absl::Status FlagError(const char* flag, const absl::Status& status);

}  // namespace shadowreel
