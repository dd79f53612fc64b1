#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "replayer/measure/outcome.h"

namespace shadowreel {

// Passes every outcome on to several sinks, in order; they outlive it. Owner: the pacing thread.
class OutcomeTee final : public OutcomeSink {
 public:
  explicit OutcomeTee(std::vector<OutcomeSink*> sinks) : sinks_(std::move(sinks)) {}

  void OnOutcome(const Outcome& outcome, std::string_view endpoint,
                 std::string_view error) override {
    for (OutcomeSink* sink : sinks_) sink->OnOutcome(outcome, endpoint, error);
  }

 private:
  const std::vector<OutcomeSink*> sinks_;
};

}  // namespace shadowreel
