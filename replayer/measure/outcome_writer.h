#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "formats/record.h"
#include "replayer/measure/outcome.h"

namespace shadowreel {

// Which run a file of outcomes belongs to; goes into its header.
struct OutcomeOrigin {
  // Offsets count from here. Read just before the run, because chunks are written during it; good
  // to some milliseconds.
  WallTime run_start;
  std::string made_by;           // the command: "replayer --speed=2 ..."
  std::vector<Uuid> recordings;  // that were replayed
};

// Writes every outcome to `DIRECTORY/outcomes.seg` (formats/outcome.proto, segment_format.md).
// OnOutcome only copies (it never waits for the disk): a thread of its own encodes and writes
// whole batches. When the disk falls kQueueBytes behind, outcomes are lost, and Seal() says so.
// Owner: the pacing thread.
class OutcomeWriter final : public OutcomeSink {
 public:
  static constexpr size_t kQueueBytes = size_t{16} << 20;

  // Creates `DIRECTORY/outcomes.seg.open`; the directory exists. `files` and `clock` outlive it.
  static absl::StatusOr<std::unique_ptr<OutcomeWriter>> Create(FileSystem& files,
                                                               const Clock& clock,
                                                               std::string directory,
                                                               const OutcomeOrigin& origin);
  // Without Seal() the file stays under its open name.
  ~OutcomeWriter() override;

  void OnOutcome(const Outcome& outcome, std::string_view endpoint,
                 std::string_view error) override;

  // Writes what is left, syncs and gives the file its sealed name. `plan_digest`
  // (PlanDigest::Value) goes into the footer. The first error of the file's life, or kUnavailable
  // when outcomes were lost. Called once, after the last outcome.
  absl::Status Seal(const std::string& plan_digest);

 private:
  class Impl;
  explicit OutcomeWriter(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace shadowreel
