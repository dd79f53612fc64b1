#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "recorder/server/http2_session.h"
#include "tests/fakes/fake_clock.h"
#include "tests/recorder/server/http2_client.h"
#include "tests/recorder/server/record_notes.h"

namespace shadowreel {

// A session and its client, on a clock that stands still unless moved.
class Http2Peer {
 public:
  explicit Http2Peer(Http2SessionOptions options = {}, ResetLimits limits = {})
      : resets(limits), session(options, 7, "192.0.2.1:4711", sink, uploads, resets, Now()) {}

  Instant Now() const { return {clock.WallNow(), clock.SteadyNow()}; }

  // Bytes that the client knows nothing of.
  void Send(std::string_view bytes) {
    session.OnBytes(bytes, Now());
    Read();
  }

  void Read() {
    client.Receive(session.output());
    session.ConsumeOutput(session.output().size());
  }

  // Carries bytes until both sides are quiet.
  void Talk() {
    for (std::string bytes = client.Take(); !bytes.empty(); bytes = client.Take()) Send(bytes);
  }

  void End() {
    session.OnEnd(Now());
    Read();
  }

  void Wait(Nanos time) {
    clock.Advance(time);
    const auto deadline = session.deadline();
    if (deadline && Now().steady >= *deadline) session.OnDeadline(Now());
    Read();
  }

  // All that came of it, in an order that does not depend on when streams were closed.
  std::string Seen() const {
    std::vector<const Record*> records;
    for (const Record& record : sink.records) records.push_back(&record);
    std::sort(records.begin(), records.end(),
              [](const Record* a, const Record* b) { return a->stream < b->stream; });
    std::string seen = fmt::format("asked {} sheds {} ", sink.asked, sink.sheds);
    for (const Record* record : records) {
      seen += fmt::format("{}: {}\n", record->stream, RecordNotes::ToText(*record));
    }
    std::vector<Refusal> refusals = sink.refusals;
    std::sort(refusals.begin(), refusals.end());
    for (const Refusal refusal : refusals) seen += fmt::format("refused {} ", ToString(refusal));
    for (const auto& [id, answer] : client.answers()) seen += fmt::format("\n{}: {}", id, answer);
    return seen + (session.WantsClose() ? "[close]" : "");
  }

  FakeClock clock;
  RecordNotes sink;
  UploadBudget uploads{64 << 20};
  ResetLimiter resets;
  Http2Session session;
  Http2Client client;
};

}  // namespace shadowreel
