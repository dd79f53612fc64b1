#pragma once

#include <string>
#include <string_view>

#include "recorder/server/http1_session.h"
#include "tests/fakes/fake_clock.h"
#include "tests/recorder/server/record_notes.h"

namespace shadowreel {

// A session with a peer that reads everything, on a clock that stands still unless moved.
class Http1Peer {
 public:
  explicit Http1Peer(Http1SessionOptions options = {}, bool admitting = true)
      : session(options, 7, "192.0.2.1:4711", sink, uploads, Now()) {
    sink.admitting = admitting;
  }

  Instant Now() const { return {clock.WallNow(), clock.SteadyNow()}; }

  void Send(std::string_view bytes) {
    session.OnBytes(bytes, Now());
    Read();
  }

  void Read() {
    answers += session.output();
    session.ConsumeOutput(session.output().size());
  }

  void End() {
    session.OnEnd(Now());
    Read();
  }

  // The roller's word.
  void Settle(const Settled& settled) {
    session.OnSettled(settled, Now());
    Read();
  }
  void Durable(Ticket through) {
    Settled settled;
    settled.AddDurable(through);
    Settle(settled);
  }
  void Shed(Ticket ticket) {
    Settled settled;
    settled.AddShed(ticket);
    Settle(settled);
  }

  void Wait(Nanos time) {
    clock.Advance(time);
    const auto deadline = session.deadline();
    if (deadline && Now().steady >= *deadline) session.OnDeadline(Now());
    Read();
  }

  std::string Seen() const {
    return sink.text + "| " + answers + (session.WantsClose() ? "[close]" : "");
  }

  FakeClock clock;
  RecordNotes sink;
  UploadBudget uploads{1 << 20};
  Http1Session session;
  std::string answers;
};

}  // namespace shadowreel
