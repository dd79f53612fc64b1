#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http/fields.h"
#include "replayer/plan/planned_request.h"

namespace shadowreel {

// A fingerprint of what was planned: equal for equal plans, whatever the machine, the target and
// the run. XXH3-128, in version 1 of what goes in: of each request its place, intended time,
// method, target, HTTP version, kind of framing, headers, body and trailers, every part with its
// length before it, so that none can run into the next; and of all, their order. The run's marker
// does not count. Of a request that carries the target's own authority, that authority does not, in
// Host and in an absolute target; where Host stands and how its name is spelled do. Values of
// headers that a user sets do: not a secret of few bits, then, since a digest tells a right guess.
// Owner: one thread.
class PlanDigest {
 public:
  using Hash = std::array<uint8_t, 16>;

  // Fields of that name are left out; empty: there is no marker.
  explicit PlanDigest(std::string marker_name);
  ~PlanDigest();

  // `names_target`: it carries the target's own authority (Rewriter::NamesTarget).
  Hash HashOf(const PlannedRequest& planned, bool names_target);

  // Counts one request as planned.
  void Add(const Hash& request);

  // Of all that was added so far: 32 hexadecimal digits, lower case.
  std::string Value() const;

 private:
  struct State;  // of XXH3
  // Each appends to `head_`.
  void AppendNumber(uint64_t number);
  void AppendBytes(std::string_view bytes);
  void AppendFields(const Fields& fields, bool names_target);

  const std::string marker_name_;
  const std::unique_ptr<State> state_;
  std::string head_;  // of one request: all but its body
  Hash chain_{};
};

}  // namespace shadowreel
