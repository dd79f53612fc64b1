#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace shadowreel {

// The classes of error that a user can cause; each has one exit code (exit_code.h).
// Messages are one line: what, where (file, offset, flag), what to do.

// A wrong flag or configuration.
template <typename... Args>
[[nodiscard]] absl::Status UsageError(fmt::format_string<Args...> format, Args&&... args) {
  return absl::InvalidArgumentError(fmt::format(format, std::forward<Args>(args)...));
}

// A safety rule refuses.
template <typename... Args>
[[nodiscard]] absl::Status SafetyError(fmt::format_string<Args...> format, Args&&... args) {
  return absl::PermissionDeniedError(fmt::format(format, std::forward<Args>(args)...));
}

// Stored bytes are not what was written.
template <typename... Args>
[[nodiscard]] absl::Status DamageError(fmt::format_string<Args...> format, Args&&... args) {
  return absl::DataLossError(fmt::format(format, std::forward<Args>(args)...));
}

// An input, target, port or disk cannot be used.
template <typename... Args>
[[nodiscard]] absl::Status UnusableError(fmt::format_string<Args...> format, Args&&... args) {
  return absl::UnavailableError(fmt::format(format, std::forward<Args>(args)...));
}

// As UnusableError, for a failed system call: "<what>: <strerror(error)>". ENOSPC keeps its own
// class (IsDiskFull), because a full disk is waited out and other errors are not.
[[nodiscard]] inline absl::Status ErrnoError(int error, const std::string& what) {
  std::string message = fmt::format("{}: {}", what, std::strerror(error));
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(message);
  return absl::UnavailableError(message);
}

[[nodiscard]] inline bool IsDiskFull(const absl::Status& status) {
  return status.code() == absl::StatusCode::kResourceExhausted;
}

// The message as a std::string (Debian's absl::string_view is not std::string_view).
[[nodiscard]] inline std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

}  // namespace shadowreel

#define SHADOWREEL_CONCAT_INNER(a, b) a##b
#define SHADOWREEL_CONCAT(a, b) SHADOWREEL_CONCAT_INNER(a, b)

// Returns from the enclosing function when `expression` is not OK.
#define RETURN_IF_ERROR(expression)                                     \
  do {                                                                  \
    if (absl::Status status_macro = (expression); !status_macro.ok()) { \
      return status_macro;                                              \
    }                                                                   \
  } while (false)

// `ASSIGN_OR_RETURN(auto file, Open(path));`
#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_INNER(SHADOWREEL_CONCAT(status_or_, __LINE__), target, expression)
#define ASSIGN_OR_RETURN_INNER(temporary, target, expression) \
  auto temporary = (expression);                              \
  if (!temporary.ok()) return temporary.status();             \
  target = std::move(temporary).value()
