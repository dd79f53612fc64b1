#pragma once

#include <absl/status/status.h>

namespace shadowreel {

// Ctrl-C (SIGINT) and SIGTERM: every long loop asks CheckInterrupt(), so that a verb ends in order
// and takes back what it was writing. The flag that the signal raises is the process's.

// From now on the first of these signals raises the flag and breaks off waiting system calls; the
// second ends the process as it would have without this.
void CatchInterrupts();

// kCancelled once a signal came. Cheap enough to ask for every record.
[[nodiscard]] absl::Status CheckInterrupt();

// Ends the process by the signal that came, so that a shell sees it (130, 143). One must have.
[[noreturn]] void EndAsInterrupted();

}  // namespace shadowreel
