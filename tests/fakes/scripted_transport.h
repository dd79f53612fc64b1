#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/transport/transport.h"
#include "tests/fakes/fake_clock.h"

namespace shadowreel {

// What a scripted target does with one request. Times count from its Submit.
struct ScriptedExchange {
  Nanos sent{0};
  Nanos done{0};
  ExchangeResult result = ExchangeResult::kCompleted;
  uint16_t status = 200;
  uint64_t response_bytes = 0;
  bool never_ends = false;
  std::string error{};
};

// A transport on fake time: Poll moves the clock to the earlier of `until` and the next end. One
// thread.
class ScriptedTransport final : public Transport {
 public:
  // `number` counts submitted requests from 0.
  using Script = std::function<ScriptedExchange(size_t number, const OutboundRequest& request)>;

  ScriptedTransport(FakeClock* clock, ExchangeSink* sink, Script script)
      : clock_(clock), sink_(sink), script_(std::move(script)) {}

  // Called at the start of every Poll: to stop, to push into a queue, to lose time.
  void set_on_poll(std::function<void()> on_poll) { on_poll_ = std::move(on_poll); }

  void Submit(uint64_t token, OutboundRequest&& request) override {
    const SteadyTime now = clock_->SteadyNow();
    const ScriptedExchange exchange = script_(submitted_.size(), request);
    submitted_.emplace_back(now, std::move(request));
    ++in_flight_;
    most_in_flight_ = std::max(most_in_flight_, in_flight_);
    if (exchange.never_ends) return;
    pending_.emplace(now + exchange.done, Pending{token, now + exchange.sent, exchange});
  }

  void Poll(SteadyTime until) override {
    ++polls_;
    if (on_poll_) on_poll_();
    if (ReportDue()) return;
    SteadyTime wake = until;
    if (!pending_.empty()) wake = std::min(wake, pending_.begin()->first);
    clock_->AdvanceTo(wake);
    ReportDue();
  }

  size_t in_flight() const override { return in_flight_; }

  void Abandon() override {
    pending_.clear();
    in_flight_ = 0;
  }

  std::string Describe() const override { return "scripted"; }

  // When each request was submitted, and what it was.
  const std::vector<std::pair<SteadyTime, OutboundRequest>>& submitted() const {
    return submitted_;
  }
  size_t most_in_flight() const { return most_in_flight_; }
  size_t polls() const { return polls_; }

 private:
  struct Pending {
    uint64_t token;
    SteadyTime sent;
    ScriptedExchange exchange;
  };

  bool ReportDue() {
    bool any = false;
    while (!pending_.empty() && pending_.begin()->first <= clock_->SteadyNow()) {
      const Pending pending = std::move(pending_.begin()->second);
      ExchangeEnd end;
      end.token = pending.token;
      end.result = pending.exchange.result;
      end.sent = pending.sent;
      end.done = pending_.begin()->first;
      end.status = pending.exchange.status;
      end.response_bytes = pending.exchange.response_bytes;
      end.error = pending.exchange.error;
      pending_.erase(pending_.begin());
      --in_flight_;
      sink_->OnExchangeEnd(end);
      any = true;
    }
    return any;
  }

  FakeClock* const clock_;
  ExchangeSink* const sink_;
  const Script script_;
  std::function<void()> on_poll_;
  std::multimap<SteadyTime, Pending> pending_;
  std::vector<std::pair<SteadyTime, OutboundRequest>> submitted_;
  size_t in_flight_ = 0;
  size_t most_in_flight_ = 0;
  size_t polls_ = 0;
};

}  // namespace shadowreel
