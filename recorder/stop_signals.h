#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>

#include "base/event_loop.h"

namespace shadowreel {

// SIGTERM, SIGINT and SIGHUP (unless it is ignored, as under nohup) as events of a loop. Owned by
// the loop's thread.
class StopSignals final : public EventHandler {
 public:
  // Blocks these signals for this thread and those it starts from now on; ignores SIGPIPE. `loop`
  // must outlive the object.
  static absl::StatusOr<std::unique_ptr<StopSignals>> Watch(EventLoop& loop);
  ~StopSignals() override;
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Signals that came so far; two that are pending at once may count as one.
  int count() const { return count_; }

  void OnEvents(uint32_t events) override;

 private:
  StopSignals(EventLoop& loop, int fd) : loop_(loop), fd_(fd) {}
  EventLoop& loop_;
  const int fd_;
  int count_ = 0;
};

}  // namespace shadowreel
