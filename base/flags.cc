#include "base/flags.h"

#include <gflags/gflags.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string_view>

#include "base/check.h"
#include "base/nearest_name.h"
#include "base/say.h"
#include "base/status.h"
#include "base/terminal_text.h"
#include "base/version.h"

namespace shadowreel {
namespace {

using gflags::CommandLineFlagInfo;

// Where the flags come from that were set from a file, by name.
std::map<std::string, std::string>& Origins() {
  static auto* const origins = new std::map<std::string, std::string>;
  return *origins;
}

bool Knows(const Program& program, const std::string& name) {
  return std::any_of(program.groups.begin(), program.groups.end(), [&](const FlagGroup& group) {
    return std::find(group.flags.begin(), group.flags.end(), name) != group.flags.end();
  });
}

bool IsBoolean(const std::string& name) {
  CommandLineFlagInfo info;
  return gflags::GetCommandLineFlagInfo(name.c_str(), &info) && info.type == "bool";
}

void PrintHelp(const Program& program) {
  Say(stdout, "usage: {}\n\n{}\n", program.usage, program.purpose);
  for (const FlagGroup& group : program.groups) {
    Say(stdout, "\n{}:\n", group.title);
    for (const std::string& name : group.flags) {
      CommandLineFlagInfo info;
      CHECK(gflags::GetCommandLineFlagInfo(name.c_str(), &info));
      const std::string shown = info.default_value.empty()
                                    ? "--" + name
                                    : fmt::format("--{}={}", name, info.default_value);
      Say(stdout, "  {:<30} {}\n", shown, info.description);
    }
  }
  Say(stdout, "\nOther:\n  {:<30} {}\n  {:<30} {}\n", "--help", "this text", "--version",
      "the program's version");
}

absl::Status UnknownFlag(const Program& program, const std::string& name) {
  std::vector<std::string> known;
  for (const FlagGroup& group : program.groups) {
    known.insert(known.end(), group.flags.begin(), group.flags.end());
  }
  const std::string nearest = NearestName(name, known);
  if (nearest.empty()) return UsageError("unknown flag --{}; see {} --help", name, program.name);
  return UsageError("unknown flag --{}; did you mean --{}?", name, nearest);
}

absl::Status SetFlag(const std::string& name, const std::string& value) {
  CommandLineFlagInfo info;
  CHECK(gflags::GetCommandLineFlagInfo(name.c_str(), &info));
  // gflags takes "nan" and "inf", which pass through every comparison with a limit.
  const bool finite = info.type != "double" || std::isfinite(std::strtod(value.c_str(), nullptr));
  if (!finite || gflags::SetCommandLineOption(name.c_str(), value.c_str()).empty()) {
    return UsageError("--{}={}: not a valid {}", name, value, info.type);
  }
  return absl::OkStatus();
}

bool IsIn(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

absl::Status SetOnce(const std::string& name, const std::string& value) {
  if (value.empty()) return UsageError("--{} needs a value", name);
  if (FlagWasSet(name.c_str())) return UsageError("--{} is given twice; it takes one value", name);
  return SetFlag(name, value);
}

// Adds to a repeatable flag.
absl::Status AddLine(const std::string& name, const std::string& value) {
  if (value.empty()) return UsageError("--{} needs a value", name);
  if (value.find('\n') != std::string::npos) {
    return UsageError("--{}: a line end in the value; give the flag once for each", name);
  }
  const std::string before = FlagWasSet(name.c_str()) ? FlagText(name.c_str()) + '\n' : "";
  return SetFlag(name, before + value);
}

// Sets the flag at argv[*index], taking the next argument as its value where it needs one.
absl::Status ParseOne(const Program& program, int argc, const char* const* argv, int* index) {
  std::string name = argv[*index];
  name.erase(0, name.starts_with("--") ? 2 : 1);
  std::optional<std::string> value;
  if (const size_t equals = name.find('='); equals != std::string::npos) {
    value = name.substr(equals + 1);
    name.resize(equals);
  }
  if (!value && name.starts_with("no") && !Knows(program, name) && Knows(program, name.substr(2)) &&
      IsBoolean(name.substr(2))) {
    name.erase(0, 2);
    value = "false";
  }
  if (!Knows(program, name)) return UnknownFlag(program, name);
  if (!value && IsBoolean(name)) value = "true";
  if (!value) {
    if (*index + 1 >= argc) return UsageError("--{} needs a value", name);
    value = argv[++*index];
  }
  if (IsIn(program.once, name)) return SetOnce(name, *value);
  return IsIn(program.repeatable, name) ? AddLine(name, *value) : SetFlag(name, *value);
}

// Whether `message` names the flag: "--rate", but not "--rate_limit".
bool Names(const std::string& message, const std::string& flag) {
  const std::string name = "--" + flag;
  for (size_t at = message.find(name); at != std::string::npos; at = message.find(name, at + 1)) {
    const size_t end = at + name.size();
    const bool goes_on = end < message.size() && (std::isalnum(message[end]) != 0 ||
                                                  message[end] == '_' || message[end] == '-');
    if (!goes_on) return true;
  }
  return false;
}

// " (--rate is at perf_ci.yaml:7:12)" for the flags that the message names without their place.
std::string PlacesFor(const std::string& message) {
  std::string places;
  for (const auto& [flag, origin] : Origins()) {
    if (!Names(message, flag) || message.find(origin) != std::string::npos) continue;
    places += fmt::format("{}--{} is at {}", places.empty() ? " (" : ", ", flag, origin);
  }
  return places.empty() ? "" : places + ")";
}

}  // namespace

std::optional<ExitCode> ParseFlags(const Program& program, int argc, const char* const* argv,
                                   std::vector<std::string>* arguments) {
  KeepStandardStreams();
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") {
      arguments->insert(arguments->end(), argv + i + 1, argv + argc);
      break;
    }
    if (argument == "--help" || argument == "-help" || argument == "-h") {
      PrintHelp(program);
      return ExitCode::kPass;
    }
    if (argument == "--version" || argument == "-version") {
      Say(stdout, "{} {}\n", program.name, kVersion);
      return ExitCode::kPass;
    }
    if (argument.size() < 2 || argument.front() != '-') {
      arguments->emplace_back(argument);
      continue;
    }
    if (absl::Status status = ParseOne(program, argc, argv, &i); !status.ok()) {
      return ReportError(program, status);
    }
  }
  return std::nullopt;
}

bool FlagWasSet(const char* name) {
  CommandLineFlagInfo info;
  CHECK(gflags::GetCommandLineFlagInfo(name, &info));
  return !info.is_default;
}

absl::Status SetFlagFrom(const char* name, const std::string& value, const std::string& origin) {
  CHECK(!FlagWasSet(name));
  Origins()[name] = origin;
  const absl::Status set = SetFlag(name, value);
  if (set.ok()) return set;
  return UsageError("{}: {}", origin, Message(set));
}

std::string FlagText(const char* name) {
  std::string text;
  CHECK(gflags::GetCommandLineOption(name, &text));
  return text;
}

int64_t FlagInteger(const char* name) { return std::strtoll(FlagText(name).c_str(), nullptr, 10); }

uint64_t FlagUnsigned(const char* name) {
  return std::strtoull(FlagText(name).c_str(), nullptr, 10);
}

bool FlagIsOn(const char* name) { return FlagText(name) == "true"; }

std::vector<std::string> FlagLines(const char* name) {
  std::vector<std::string> lines;
  const std::string text = FlagText(name);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

ExitCode ReportError(const Program& program, const absl::Status& status) {
  std::fflush(stdout);
  const std::string message = Message(status);
  Say(stderr, "{}: {}\n", program.name, WithoutControls(message + PlacesFor(message)));
  return ExitCodeFor(status);
}

absl::Status FlagError(const char* flag, const absl::Status& status) {
  const auto origin = Origins().find(flag);
  const std::string place = origin == Origins().end() ? "" : origin->second + ": ";
  return absl::Status(status.code(), fmt::format("{}--{}: {}", place, flag, Message(status)));
}

}  // namespace shadowreel
