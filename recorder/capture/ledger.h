#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/record.h"
#include "formats/trace.pb.h"
#include "recorder/capture/record_sink.h"

namespace shadowreel {

// Why an admitted request was not stored.
enum class ShedReason {
  kQueueFull,  // the disk was slower than the mirror
  kDiskFull,   // no space, or less than what is to be kept free
  kDiskError,  // the disk failed in another way
  kBudget,     // it was queued when the capture's byte budget was spent
  kCrash,      // an earlier run died before it was known to be stored
  kTooLarge,   // no segment can hold it
  kUploads,    // too much was being received at the same time
};
inline constexpr size_t kShedReasons = 7;
std::string_view ToString(ShedReason reason);

// What became of the requests of a capture, over all its runs. A value.
struct LedgerCounts {
  uint64_t received = 0;  // all that follow, and those still on their way
  uint64_t after_end = 0;
  uint64_t sampled_out = 0;
  uint64_t written = 0;  // stored, and the disk confirmed it
  std::array<uint64_t, kRefusals> refused_by{};
  std::array<uint64_t, kShedReasons> shed_by{};

  // Of the written: cut short by the peer; body longer than the bound; their content in bytes
  // (ContentBytes).
  uint64_t incomplete = 0;
  uint64_t truncated = 0;
  uint64_t bytes = 0;

  // Of the requests that were to be answered once they are stored (--ack=durable): those answered
  // so, and those whose deadline came first.
  uint64_t acked_durable = 0;
  uint64_t ack_late = 0;
  // The last record number that a sync has covered: all below it are stored or lost. 0: none.
  uint64_t durable_record_number = 0;

  uint64_t refused() const;
  uint64_t shed() const;
  // received - (refused + after_end + sampled_out + shed + written): being received or queued.
  // 0 when a capture is closed; below 0 never.
  int64_t on_the_way() const;
  friend bool operator==(const LedgerCounts&, const LedgerCounts&) = default;
};

// The bytes of a record that were written: method, target, names and values of headers and
// trailers, body; after redaction, before compression, without separators.
uint64_t ContentBytes(const Record& record);

// The counters of a running capture. Thread-safe: the listener's and the roller's thread count,
// any thread takes a snapshot. A snapshot never shows more outcomes than requests received.
class Ledger {
 public:
  explicit Ledger(const LedgerCounts& start)
      : start_(start), durable_record_number_(start.durable_record_number) {}

  // Counts a request and returns its ordinal in the capture, from 0.
  uint64_t Received() { return start_.received + received_++; }
  void Refused(Refusal refusal) { ++refused_by_[static_cast<size_t>(refusal)]; }
  void AfterEnd() { ++after_end_; }
  void SampledOut() { ++sampled_out_; }
  void Shed(ShedReason reason) { ++shed_by_[static_cast<size_t>(reason)]; }
  void Written(const Record& record);
  // A sync has covered the records up to `number`.
  void DurableThrough(uint64_t number) { durable_record_number_ = number; }
  void Answered(TicketOutcome outcome);

  LedgerCounts Snapshot() const;

 private:
  const LedgerCounts start_;
  std::atomic<uint64_t> received_ = 0;
  std::atomic<uint64_t> after_end_ = 0;
  std::atomic<uint64_t> sampled_out_ = 0;
  std::atomic<uint64_t> written_ = 0;
  std::array<std::atomic<uint64_t>, kRefusals> refused_by_{};
  std::array<std::atomic<uint64_t>, kShedReasons> shed_by_{};
  std::atomic<uint64_t> incomplete_ = 0;
  std::atomic<uint64_t> truncated_ = 0;
  std::atomic<uint64_t> bytes_ = 0;
  std::atomic<uint64_t> acked_durable_ = 0;
  std::atomic<uint64_t> ack_late_ = 0;
  std::atomic<uint64_t> durable_record_number_;
};

// One JSON object with schema_version; ledger.cc names the keys.
std::string LedgerToJson(const LedgerCounts& counts);
// Nothing when `json` is not what LedgerToJson writes, or wrote before there were as many reasons
// and counts of acknowledgements.
std::optional<LedgerCounts> LedgerFromJson(std::string_view json);

// Lines for people; each ends in a newline. That of acknowledgements stands where there were any.
std::string LedgerToText(const LedgerCounts& counts);

// As a segment's footer carries it.
trace::CaptureLedger LedgerToProto(const LedgerCounts& counts);

}  // namespace shadowreel
