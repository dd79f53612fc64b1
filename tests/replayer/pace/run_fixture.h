#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/posix_file_system.h"
#include "replayer/pace/run.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/scripted_transport.h"

namespace shadowreel {

struct KeptOutcome {
  Outcome outcome;
  std::string endpoint;
  std::string error;
};

class KeepingOutcomes final : public OutcomeSink {
 public:
  void OnOutcome(const Outcome& outcome, std::string_view endpoint,
                 std::string_view error) override {
    kept.push_back({outcome, std::string(endpoint), std::string(error)});
    ++counts[static_cast<size_t>(outcome.kind)];
  }
  uint64_t Count(OutcomeKind kind) const { return counts[static_cast<size_t>(kind)]; }

  std::vector<KeptOutcome> kept;
  std::array<uint64_t, kOutcomeKinds> counts{};
};

// Runs on fake time.
class RunTest : public ::testing::Test {
 protected:
  using PlanQueue = BoundedQueue<PlannedRequest>;

  void Plan(uint64_t index, Nanos intended) {
    PlannedRequest planned;
    planned.index = index;
    planned.intended = intended;
    planned.endpoint = "GET /" + std::to_string(index % 3);
    planned.request.method = "GET";
    planned.request.target = "/" + std::to_string(index);
    EXPECT_TRUE(queue_.TryPush(std::move(planned), 1));
  }

  // `count` requests, `apart` from each other.
  void PlanEvery(Nanos apart, uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) Plan(i, apart * static_cast<int64_t>(i));
  }

  void Script(ScriptedTransport::Script script) {
    transport_ = std::make_unique<ScriptedTransport>(&clock_, &sink_, std::move(script));
  }
  void ScriptService(Nanos service) {
    Script([service](size_t, const OutboundRequest&) { return ScriptedExchange{.done = service}; });
  }

  // Runs the plan as it stands.
  RunTimes RunAll() {
    queue_.Close();
    return RunOn();
  }
  RunTimes RunOn() {
    return shadowreel::Run(options_,
                           {queue_, *transport_, sink_, clock_, files_, outcomes_, stop_});
  }

  SteadyTime start() const { return start_; }
  Nanos SinceStart() const { return clock_.SteadyNow() - start_; }

  FakeClock clock_;
  const SteadyTime start_ = clock_.SteadyNow();
  PosixFileSystem files_;
  PlanQueue queue_{{.bytes = size_t{1} << 30, .items = 1'000'000}};
  RunSink sink_;
  StopSource stop_;
  KeepingOutcomes outcomes_;
  RunOptions options_;
  std::unique_ptr<ScriptedTransport> transport_;
};

}  // namespace shadowreel
