#include "formats/reel/inspection.h"

#include <algorithm>
#include <utility>

#include "formats/byte_text.h"
#include "formats/reel/key_ids.h"
#include "formats/request_path.h"

namespace shadowreel {
namespace {

constexpr size_t kMethods = 100;
constexpr size_t kAuthorities = 1000;
constexpr size_t kEndpoints = 10000;
constexpr size_t kTop = 10;

uint64_t FieldBytes(const Fields& fields) {
  constexpr size_t kColonSpaceCrLf = 4;
  return fields.byte_size() + kColonSpaceCrLf * fields.size();
}

uint64_t RequestBytes(const Record& record) {
  constexpr size_t kLineAndEnd = sizeof("  HTTP/1.1\r\n\r\n") - 1;
  return record.method.size() + record.target.size() + kLineAndEnd + FieldBytes(record.headers) +
         record.body.size() + FieldBytes(record.trailers);
}

Inspection::Sizes SizesOf(const SizeHistogram& sizes) {
  return {sizes.Percentile(50), sizes.Percentile(90), sizes.Percentile(99), sizes.max()};
}

Inspection::Origin OriginOf(const trace::SegmentHeader& header) {
  Inspection::Origin origin{Hex(header.recording_uuid()), {}, header.lineage().made_by()};
  for (const std::string& parent : header.lineage().parent_recording_uuids()) {
    origin.parents.push_back(Hex(parent));
  }
  return origin;
}

}  // namespace

Inspector::Inspector()
    : seconds_{std::chrono::seconds(1)},
      minutes_{std::chrono::minutes(1)},
      hours_{std::chrono::hours(1)},
      methods_(kMethods),
      versions_(kMethods),
      authorities_(kAuthorities),
      endpoints_(kEndpoints) {}

void Inspector::Rhythm::Add(WallTime arrival) {
  Nanos rest = arrival.time_since_epoch() % period;
  if (rest < Nanos(0)) rest += period;
  if (const WallTime begin = arrival - rest; begin != now.begin) now = {begin, 0};
  ++now.records;
  if (now.records > busiest.records) busiest = now;
}

void Inspector::AddSegment(const SegmentReader& segment) {
  const trace::SegmentHeader& header = segment.header();
  ++result_.segments;
  result_.stored_bytes += segment.file_bytes();
  result_.redaction_modes.insert(header.redaction_mode());
  AddKeyIds(header.redaction_key_id(), &result_.redaction_keys);
  result_.responses += segment.footer().statistics().responses();
  if (segment.footer().has_recovery()) {
    result_.recoveries.push_back({segment.path(), RecoveryFromProto(segment.footer().recovery())});
  }
  if (header.has_lineage()) origins_.try_emplace(header.recording_uuid(), OriginOf(header));
  Inspection::Ledger& newest = newest_[header.recording_uuid()];
  if (segment.footer().has_ledger() && header.sequence() >= newest.sequence) {
    newest = {Hex(header.recording_uuid()), segment.path(), header.sequence(),
              segment.footer().ledger()};
  }
}

void Inspector::AddRecord(const Record& record) {
  if (result_.records == 0) {
    result_.first_arrival = record.arrival;
    result_.min_weight = result_.max_weight = record.weight;
  }
  ++result_.records;
  result_.last_arrival = record.arrival;
  seconds_.Add(record.arrival);
  minutes_.Add(record.arrival);
  hours_.Add(record.arrival);
  result_.rates.Add(record.arrival);
  methods_.Add(record.method);
  versions_.Add(std::string(NameOf(record.version)));
  authorities_.Add(record.stripped_authority);
  endpoints_.Add(record.method + ' ' + std::string(PathOf(record.target)));
  result_.body_bytes += record.body.size();
  const uint64_t request_bytes = RequestBytes(record);
  result_.request_bytes += request_bytes;
  body_sizes_.Add(record.body.size());
  request_sizes_.Add(request_bytes);
  result_.incomplete += record.complete ? 0 : 1;
  result_.truncated += record.truncated ? 1 : 0;
  for (const RedactionSpan& span : record.redactions) {
    ++result_.redactions[static_cast<size_t>(span.place)][static_cast<size_t>(span.kind)];
  }
  result_.min_weight = std::min(result_.min_weight, record.weight);
  result_.max_weight = std::max(result_.max_weight, record.weight);
  result_.total_weight += record.weight;
}

Inspection Inspector::Finish(std::vector<std::string> paths) {
  result_.paths = std::move(paths);
  result_.recordings = newest_.size();
  result_.busiest_second = seconds_.busiest;
  result_.busiest_minute = minutes_.busiest;
  result_.busiest_hour = hours_.busiest;
  result_.body_sizes = SizesOf(body_sizes_);
  result_.request_sizes = SizesOf(request_sizes_);
  result_.methods = methods_.Top(kTop);
  result_.versions = versions_.Top(kTop);
  result_.authorities = authorities_.Top(kTop);
  result_.endpoints = endpoints_.Top(kTop);
  for (auto& [uuid, ledger] : newest_) {
    if (!ledger.segment.empty()) result_.ledgers.push_back(std::move(ledger));
  }
  for (auto& [uuid, origin] : origins_) result_.origins.push_back(std::move(origin));
  return std::move(result_);
}

}  // namespace shadowreel
