#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "recorder/server/protocol_session.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fuzz/steering.h"
#include "tests/recorder/server/record_notes.h"

namespace shadowreel {

struct ConnectionOptions {
  Http1SessionOptions http1;
  Http2SessionOptions http2;
  size_t upload_bytes = size_t{64} << 20;
  ResetLimits resets;
  bool durable = false;  // whether answers wait for the disk
};

// One connection to a recorder, which sees that its session keeps the contract of ServerSession.
class FuzzedConnection {
 public:
  explicit FuzzedConnection(const ConnectionOptions& options = {})
      : options_(options), uploads_(options.upload_bytes), resets_(options.resets) {
    sink_.durable = options.durable;
  }

  void Feed(std::string_view bytes) {
    const size_t before = session_.output().size();
    const bool closing = session_.WantsClose();
    const size_t outcomes = Outcomes();
    session_.OnBytes(bytes, Now());
    const size_t after = session_.output().size();
    if (closing) {
      CHECK(after == before && Outcomes() == outcomes);
    } else if (before > MaxOutput()) {
      CHECK(after == 0 && session_.WantsClose());
    } else {
      CHECK(after <= before + 4 * bytes.size() + 512);
    }
    CheckDeadline();
  }

  // The peer takes up to so many bytes of what it is sent.
  void Read(size_t most = SIZE_MAX) {
    const std::string_view output = session_.output().substr(0, most);
    answers_ += output;
    session_.ConsumeOutput(output.size());
  }

  void Wait(Nanos time) {
    clock_.Advance(time);
    const auto deadline = session_.deadline();
    if (!deadline || Now().steady < *deadline) return;
    session_.OnDeadline(Now());
    // Else the listener would call it without end.
    CHECK(!session_.deadline() || *session_.deadline() > Now().steady);
    CheckDeadline();
  }

  // The disk has up to so many more records; or, when it is `full`, the newest will not be stored.
  void Settle(Ticket count, bool full) {
    Settled settled;
    if (full && shed_ < sink_.last_ticket && durable_ < sink_.last_ticket) {
      shed_ = sink_.last_ticket;
      settled.AddShed(shed_);
    } else {
      durable_ += std::min(count, sink_.last_ticket - durable_);
      settled.AddDurable(durable_);
    }
    session_.OnSettled(settled, Now());
    CheckDeadline();
  }

  // The last call: every request has had its one outcome by then.
  void End() {
    cut_ = session_.WantsClose();
    session_.OnEnd(Now());
    Settle(sink_.last_ticket, /*full=*/false);
    Read();
    CHECK(session_.WantsClose() && session_.awaited() == 0);
    CHECK(sink_.outcomes.size() <= sink_.last_ticket);
    CHECK(sink_.asked == sink_.not_admitted + sink_.records.size() + sink_.sheds);
    CHECK(uploads_.used() == 0);
    for (const Record& record : sink_.records) CheckRecord(record);
  }

  void set_admitting(bool admitting) { sink_.admitting = admitting; }

  const RecordNotes& sink() const { return sink_; }
  const std::string& answers() const { return answers_; }
  // Whether the session ended the connection, not the peer.
  bool cut() const { return cut_; }

  // What came of the requests, in an order that does not depend on when streams were closed.
  std::string Outcome() const {
    std::vector<std::string> outcomes;
    for (Record record : sink_.records) {
      // How much of a body comes before nghttp2 sees that it is longer than was promised depends
      // on how much it is given at a time.
      if (record.stream > 0 && !record.complete) {
        record.wire_body_bytes = 0;
        record.body.clear();
      }
      outcomes.push_back(fmt::format("{}: {}\n", record.stream, RecordNotes::ToText(record)));
    }
    for (const Refusal refusal : sink_.refusals) {
      outcomes.push_back(fmt::format("refused {}\n", ToString(refusal)));
    }
    std::sort(outcomes.begin(), outcomes.end());
    std::string text = fmt::format("asked {} sheds {}\n", sink_.asked, sink_.sheds);
    for (const std::string& outcome : outcomes) text += outcome;
    return text;
  }

 private:
  Instant Now() const { return {clock_.WallNow(), clock_.SteadyNow()}; }
  size_t Outcomes() const { return sink_.asked + sink_.records.size() + sink_.refusals.size(); }
  size_t MaxOutput() const {
    return std::max(options_.http1.max_output_bytes, options_.http2.max_output_bytes);
  }

  void CheckDeadline() const {
    // A closing connection that has nothing to say is gone; any other cannot be held for ever.
    const bool gone = session_.WantsClose() && session_.output().empty() && session_.awaited() == 0;
    CHECK(session_.deadline().has_value() != gone);
  }

  void CheckRecord(const Record& record) const {
    CHECK(record.connection == 7 && record.peer == "192.0.2.1:4711");
    CHECK(record.body.size() <= options_.http1.max_body_bytes);
    CHECK(record.truncated == (record.wire_body_bytes > record.body.size()));
    CHECK(record.arrival <= record.completed && record.completed <= clock_.WallNow());
    CHECK(!record.method.empty() && record.redactions.empty() && record.weight == 1);
  }

  const ConnectionOptions options_;
  FakeClock clock_;
  RecordNotes sink_;
  UploadBudget uploads_;
  ResetLimiter resets_;
  Ticket durable_ = kNoTicket;
  Ticket shed_ = kNoTicket;
  std::string answers_;
  bool cut_ = false;
  ProtocolSession session_{
      {options_.http1, options_.http2, sink_, uploads_, resets_}, 7, "192.0.2.1:4711", Now()};
};

// What comes of the traffic of a peer that reads all.
inline std::unique_ptr<FuzzedConnection> ConverseWhole(std::string_view traffic,
                                                       const ConnectionOptions& options = {}) {
  auto connection = std::make_unique<FuzzedConnection>(options);
  connection->Feed(traffic);
  connection->Read();
  connection->End();
  return connection;
}

// The same, cut as `steering` says.
inline std::unique_ptr<FuzzedConnection> ConverseInPieces(std::string_view traffic,
                                                          Steering steering) {
  auto connection = std::make_unique<FuzzedConnection>();
  while (!traffic.empty()) {
    connection->Feed(steering.Cut(&traffic));
    connection->Read();
  }
  connection->End();
  return connection;
}

// The same under limits, waits, slow reading and sampling as `steering` says. Whatever comes of it,
// the connection keeps its contract.
inline void ConverseInAdversity(std::string_view traffic, Steering steering) {
  const uint8_t limits = steering.Next();
  ConnectionOptions options;
  options.durable = steering.Next() % 2 == 1;
  if ((limits & 1) != 0) options.http1.max_body_bytes = options.http2.max_body_bytes = 4;
  if ((limits & 2) != 0) options.http1.max_output_bytes = options.http2.max_output_bytes = 100;
  if ((limits & 4) != 0) options.http1.limits.max_head_bytes = 200;
  if ((limits & 4) != 0) options.http2.limits.max_head_bytes = 200;
  if ((limits & 8) != 0) options.http1.limits.max_fields = options.http2.limits.max_fields = 3;
  if ((limits & 16) != 0) options.upload_bytes = 700;
  if ((limits & 32) != 0) options.resets = {.burst = 2, .rate = 1};
  if ((limits & 64) != 0) options.http2.max_streams = 2;
  if ((limits & 128) != 0) options.http2.stream_window = options.http2.connection_window = 70'000;
  constexpr Nanos kWaits[] = {Nanos(0), std::chrono::seconds(1), std::chrono::seconds(6),
                              std::chrono::minutes(6)};
  constexpr size_t kReads[] = {SIZE_MAX, 0, 1, 50};
  FuzzedConnection connection(options);
  while (!traffic.empty()) {
    const uint8_t choice = steering.Next();
    connection.set_admitting((choice & 16) == 0);
    connection.Feed(steering.Cut(&traffic));
    if ((choice & 32) != 0) connection.Settle(choice >> 6, (choice & 64) != 0);
    connection.Read(kReads[choice / 4 % 4]);
    connection.Wait(kWaits[choice % 4]);
  }
  connection.End();
}

}  // namespace shadowreel
