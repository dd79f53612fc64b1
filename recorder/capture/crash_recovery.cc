#include "recorder/capture/crash_recovery.h"

#include <algorithm>
#include <memory>

#include "base/status.h"
#include "formats/segment/recovery.h"
#include "formats/segment/segment_files.h"
#include "formats/segment/segment_reader.h"
#include "recorder/capture/uuid.h"

namespace shadowreel {
namespace {

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// "recovered 000003-1a2b3c4d.seg: 1234 records; lost: torn tail of 512 bytes".
std::string Line(const RecoveredSegment& segment) {
  std::string line =
      fmt::format("recovered {}: {} records", NameOf(segment.path), segment.report.records);
  const std::string lost = LossText(segment.report);
  if (!lost.empty()) line += "; lost: " + lost;
  if (!segment.original.empty()) line += "; the original is " + NameOf(segment.original);
  return line;
}

// Whether all is well with the file from now on.
bool RecoverOne(FileSystem& files, const Clock& clock, const SegmentFile& file, uint64_t limit,
                std::vector<std::string>* warnings) {
  const auto recovered = RecoverSegment(files, clock, file.path, {.limit = limit});
  if (recovered.ok()) {
    warnings->push_back(Line(*recovered));
    return true;
  }
  absl::Status status = recovered.status();
  if (absl::IsDataLoss(status) && !file.header) {
    const auto set_aside = SetAsideUnreadable(files, file.path);
    if (set_aside.ok()) {
      warnings->push_back(fmt::format("{}; it is {} now", Message(status), *set_aside));
      return false;
    }
    status = set_aside.status();
  }
  warnings->push_back(fmt::format(
      "{} is not recovered: {}; its records are not lost: the next start tries again, and 'reel "
      "recover' can",
      file.path, Message(status)));
  return false;
}

// Counts the records of a segment that are numbered `from` or more.
absl::Status CountRecords(FileSystem& files, const std::string& path, uint64_t from,
                          LedgerCounts* counts) {
  ASSIGN_OR_RETURN(const auto segment, SegmentReader::Open(files, path));
  Record record;
  for (const ChunkInfo& chunk : segment->record_chunks()) {
    ASSIGN_OR_RETURN(const RecordChunkView view, segment->ReadChunk(chunk));
    for (const RecordChunkView::Key& key : view.keys()) {
      if (key.number < from) continue;
      RETURN_IF_ERROR(segment->DecodeRecord(view, key.index, &record));
      RETURN_IF_ERROR(segment->LoadBody(&record));
      ++counts->written;
      counts->bytes += ContentBytes(record);
      counts->incomplete += record.complete ? 0 : 1;
      counts->truncated += record.truncated ? 1 : 0;
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool RecoverLeftovers(FileSystem& files, const Clock& clock, const std::string& directory,
                      const Uuid& recording, uint64_t limit, std::vector<std::string>* warnings) {
  const auto all = ListSegmentFiles(files, directory);
  if (!all.ok()) {
    warnings->push_back(Message(all.status()));
    return false;
  }
  bool recovered = true;
  for (const SegmentFile& file : *all) {
    if (file.sealed || !SegmentSequence(NameOf(file.path))) continue;
    if (file.header && file.header->recording_uuid() != UuidBytes(recording)) {
      warnings->push_back(file.path + " is another recording's: it stays as it is");
      continue;
    }
    const uint64_t held_again = file.header ? RecoveryLimit(*file.header, *all) : UINT64_MAX;
    if (!RecoverOne(files, clock, file, std::min(limit, held_again), warnings)) recovered = false;
  }
  return recovered;
}

void CatchUpLedger(FileSystem& files, const SegmentInventory& inventory, uint64_t counted_below,
                   LedgerCounts* counts, std::vector<std::string>* warnings) {
  uint64_t held = 0;
  for (const SegmentInventory::Sealed& segment : inventory.sealed) {
    held += segment.records;
    if (segment.next_record_number <= counted_below) continue;
    const absl::Status counted = CountRecords(files, segment.path, counted_below, counts);
    if (!counted.ok()) warnings->push_back(Message(counted));
  }
  // Segments may have been moved away: then nobody knows what they hold.
  counts->written = inventory.complete ? held : std::max(counts->written, held);
  const int64_t unknown = counts->on_the_way();
  if (unknown < 0) counts->received += static_cast<uint64_t>(-unknown);
  if (unknown <= 0) return;
  counts->shed_by[static_cast<size_t>(ShedReason::kCrash)] += static_cast<uint64_t>(unknown);
  warnings->push_back(fmt::format(
      "the last run did not end cleanly: {} requests not known to be stored are counted as shed",
      unknown));
}

}  // namespace shadowreel
