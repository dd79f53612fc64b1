#pragma once

#include <absl/status/status.h>

namespace shadowreel {

// Exit codes of every program; scripts rely on them.
enum class ExitCode : int {
  kPass = 0,
  kFailed = 1,   // a threshold failed, verify found damage, diff a difference
  kUsage = 2,    // wrong flags or configuration
  kInvalid = 3,  // generator-limited or incomplete: the run measures nothing
  kInconclusive = 4,
  kSafety = 5,    // refused or stopped by a safety rule
  kUnusable = 6,  // input, target, port or disk unusable
};

// The exit code of an error that ends a program (base/status.h names the classes).
[[nodiscard]] inline ExitCode ExitCodeFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kPass;
    case absl::StatusCode::kInvalidArgument:
      return ExitCode::kUsage;
    case absl::StatusCode::kPermissionDenied:
      return ExitCode::kSafety;
    default:
      return ExitCode::kUnusable;
  }
}

}  // namespace shadowreel
