#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "formats/record.h"
#include "formats/record_names.h"
#include "formats/reel/bounded_counter.h"
#include "formats/reel/rate_series.h"
#include "formats/reel/size_histogram.h"
#include "formats/segment/recovery_report.h"
#include "formats/segment/segment_reader.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// What `reel inspect` tells of a trace.
struct Inspection {
  struct Period {
    WallTime begin;  // a whole UTC second, minute or hour
    uint64_t records = 0;
  };
  // As the newest segment of a recording that has one gives it.
  struct Ledger {
    std::string recording;  // uuid, hexadecimal
    std::string segment;    // path
    uint32_t sequence = 0;
    trace::CaptureLedger counts;
  };

  // What a recording was made from, when it was not captured.
  struct Origin {
    std::string recording;             // uuid, hexadecimal
    std::vector<std::string> parents;  // likewise
    std::string made_by;
  };
  // What a recovery of a segment left out, as its footer says.
  struct Recovery {
    std::string segment;  // path
    RecoveryReport report;
  };
  // In bytes; percentiles as SizeHistogram gives them.
  struct Sizes {
    uint64_t p50 = 0;
    uint64_t p90 = 0;
    uint64_t p99 = 0;
    uint64_t max = 0;
  };

  std::vector<std::string> paths;  // as given
  uint64_t segments = 0;
  uint64_t recordings = 0;
  uint64_t records = 0;
  uint64_t responses = 0;
  WallTime first_arrival;  // these two only when there are records
  WallTime last_arrival;
  Period busiest_second;
  Period busiest_minute;
  Period busiest_hour;
  RateSeries rates;
  BoundedCounter::Summary methods;
  BoundedCounter::Summary versions;
  BoundedCounter::Summary authorities;  // stripped
  BoundedCounter::Summary endpoints;    // "GET /cart"
  uint64_t body_bytes = 0;              // stored
  uint64_t request_bytes = 0;           // method, target, fields, body: as HTTP/1.1 in the clear
  Sizes body_sizes;                     // of all records, those without a body included
  Sizes request_sizes;
  uint64_t stored_bytes = 0;  // of the segment files
  uint64_t incomplete = 0;
  uint64_t truncated = 0;
  std::set<std::string> redaction_modes;
  std::set<std::string> redaction_keys;  // ids
  std::array<std::array<uint64_t, kRedactionClasses>, kRedactionPlaces> redactions{};
  double min_weight = 1;
  double max_weight = 1;
  double total_weight = 0;
  std::vector<Ledger> ledgers;  // one a recording, by uuid
  std::vector<Origin> origins;  // likewise
  std::vector<Recovery> recoveries;

  Nanos Span() const { return last_arrival - first_arrival; }
};

// Collects an Inspection in bounded memory. Not thread-safe.
class Inspector {
 public:
  Inspector();
  void AddSegment(const SegmentReader& segment);
  // In order of arrival.
  void AddRecord(const Record& record);
  Inspection Finish(std::vector<std::string> paths);

 private:
  // Counts the records of one second or minute after the other.
  struct Rhythm {
    Nanos period;
    Inspection::Period now{};
    Inspection::Period busiest{};
    void Add(WallTime arrival);
  };

  Inspection result_;
  Rhythm seconds_;
  Rhythm minutes_;
  Rhythm hours_;
  SizeHistogram body_sizes_;
  SizeHistogram request_sizes_;
  BoundedCounter methods_;
  BoundedCounter versions_;
  BoundedCounter authorities_;
  BoundedCounter endpoints_;
  std::map<std::string, Inspection::Ledger> newest_;  // by recording uuid
  std::map<std::string, Inspection::Origin> origins_;
};

}  // namespace shadowreel
