#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "formats/redaction/redactor.h"
#include "recorder/capture/capture.h"
#include "recorder/capture/segment_roller.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"

namespace shadowreel {

// The records of a test's capture, by ordinal from 1. Each is like no other: some are late, some
// have bodies of many sectors that do not compress, one has a body in two pieces.
Record ScriptedRecord(uint64_t ordinal);
// The ordinal of a record that was read; 0: it is none of these.
uint64_t OrdinalOf(const Record& record);

// Durable acknowledgements, small segments, on the directory "out".
RollerOptions ScriptedOptions();

// A roller on a disk in memory, driven by hand as its thread does it. One thread.
class ScriptedCapture {
 public:
  // Begins as a capture does: with capture.json.
  explicit ScriptedCapture(const RollerOptions& options = ScriptedOptions());

  // Takes `records` more, a sync for one to four of them. While the disk is away, none is taken;
  // when it stays away, the rest is left out.
  void Run(uint64_t records);

  uint64_t offered() const { return offered_; }
  // How many, the first ones, were acknowledged as durable.
  uint64_t durable() const { return ledger.Snapshot().written; }

  FaultyFileSystem files{{"out"}};
  FakeClock clock;
  const Redactor redactor{RedactionMode::kOff, RedactionKey{}};
  CaptureState state;
  DiskCondition disk;
  Ledger ledger{{}};
  std::unique_ptr<SegmentRoller> roller;

 private:
  void Advance(Nanos by);
  uint64_t offered_ = 0;
};

// Starts the recorder's capture on a disk that a crash left, gives it one more record (`ordinal`)
// and ends it. An error: it did not start or did not end cleanly.
absl::Status StartAndEnd(FileSystem& files, uint64_t ordinal);

struct Stored {
  uint64_t ordinal;
  uint64_t number;
};

// What stands in one sealed segment, which must verify and hold scripted records only, as they were
// offered. Failures are GoogleTest's.
std::vector<Stored> ReadSegment(FileSystem& files, const std::string& path);

}  // namespace shadowreel
