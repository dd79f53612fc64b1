#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "replayer/measure/latency_histogram.h"
#include "replayer/measure/ledger.h"
#include "replayer/measure/outcome.h"

namespace shadowreel {

// What stands for texts and endpoints past their bound.
inline constexpr std::string_view kOther = "(other)";

// Of one endpoint.
struct EndpointTotals {
  uint64_t sent = 0;
  uint64_t errors = 0;           // of these: failed, timed out, abandoned, or answered with 5xx
  LatencyHistogram latency;      // of completed and timed out
  std::vector<size_t> groups{};  // that it belongs to, by place in OutcomeTotals::groups
};

// Endpoints whose outcomes are also taken together, because somebody wants to know of them.
struct EndpointGroups {
  std::vector<std::string> names;
  // To which of `names` an endpoint belongs, by place. Called on the pacing thread: for each
  // endpoint once, and for each request to one past kMaxEndpoints.
  std::function<std::vector<size_t>(std::string_view endpoint)> of;
};

// Of one group. Times are taken as in OutcomeTotals.
struct GroupTotals {
  std::string name;
  uint64_t sent = 0;
  uint64_t errors = 0;  // as EndpointTotals'
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t timed_out = 0;
  LatencyHistogram latency;
  LatencyHistogram service_time;
  LatencyHistogram send_lag;
  std::map<uint16_t, uint64_t> status;  // of completed
};

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using EndpointTable = std::unordered_map<std::string, EndpointTotals, TextHash, std::equal_to<>>;

// All outcomes of a run in bounded memory.
//
// Latency (done - intended) and service time (done - sent) are taken of completed and of timed out
// requests; a time-out counts at its elapsed time. Failed requests count in neither: a refusal
// that comes quickly must not look like a fast answer; they are counted apart. Send lag
// (sent - intended) is taken of everything that was sent.
struct OutcomeTotals {
  std::array<uint64_t, kOutcomeKinds> kinds{};  // by OutcomeKind
  LatencyHistogram latency;
  LatencyHistogram service_time;
  LatencyHistogram send_lag;
  std::map<uint16_t, uint64_t> status;  // of completed
  uint64_t response_bytes = 0;          // bodies of completed
  CountsByText shed_by;
  CountsByText unsent_by;
  CountsByText failed_by;
  EndpointTable endpoints;
  std::vector<GroupTotals> groups;

  // Offsets from the run's start; meaningful when something was planned, or sent.
  Nanos first_intended = Nanos::max();
  Nanos last_intended = Nanos::min();
  Nanos first_sent = Nanos::max();
  Nanos last_sent = Nanos::min();
  std::vector<uint32_t> sent_per_second;  // index: whole seconds from the run's start

  uint64_t count(OutcomeKind kind) const { return kinds[static_cast<size_t>(kind)]; }
};

// Fills the part of a ledger that comes from outcomes: shed, cancelled, unsent, sent and what
// became of them.
void AddOutcomes(const OutcomeTotals& totals, ReplayLedger* ledger);

// n requests over n - 1 intervals, requests/s; 0 under two of them or without a span.
double RateOf(uint64_t count, Nanos first, Nanos last);

// Sums outcomes up as they come. Allocates only for an endpoint, a text or a power of two of
// time seen for the first time, and for the run's seconds.
// Bounds: kMaxEndpoints endpoints and kMaxTexts texts of a kind, then "(other)"; seconds past
// kMaxSeconds are left out of sent_per_second. Owner: the pacing thread; totals() after the run.
class OutcomeLog final : public OutcomeSink {
 public:
  static constexpr size_t kMaxEndpoints = 1000;
  static constexpr size_t kMaxTexts = 64;
  static constexpr size_t kMaxTextBytes =
      160;  // longer error texts are cut; unprintable bytes become '?'
  static constexpr size_t kMaxSeconds = 7 * 24 * 3600;

  explicit OutcomeLog(EndpointGroups groups = {});

  // Besides the sink's contract: `endpoint` is printable.
  void OnOutcome(const Outcome& outcome, std::string_view endpoint,
                 std::string_view error) override;

  const OutcomeTotals& totals() const { return totals_; }

 private:
  void CountSent(const Outcome& outcome, std::string_view endpoint);
  void CountEndpoint(const Outcome& outcome, std::string_view endpoint);
  EndpointTotals& EndpointFor(std::string_view endpoint);
  std::vector<size_t> GroupsOf(std::string_view endpoint) const;

  const EndpointGroups groups_;
  OutcomeTotals totals_;
};

}  // namespace shadowreel
