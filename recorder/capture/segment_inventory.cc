#include "recorder/capture/segment_inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <set>

#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_reader.h"
#include "recorder/capture/uuid.h"

namespace shadowreel {
namespace {

// The number after the last record of a sealed segment. Records of one segment are consecutive;
// one that was recovered says itself, since some may be missing.
uint64_t NumberAfter(const SegmentReader& segment) {
  return std::max(segment.header().first_record_number() + segment.footer().statistics().records(),
                  segment.footer().recovery().next_record_number());
}

bool WasSetAside(std::string_view name) { return name.find(kDamagedSuffix) != name.npos; }

}  // namespace

std::string SegmentName(uint32_t sequence, const Uuid& uuid) {
  return fmt::format("{:06}-{}", sequence, ToString(uuid).substr(0, 8));
}

std::optional<uint32_t> SegmentSequence(std::string_view file_name) {
  if (!file_name.ends_with(kSealedSuffix) && !file_name.ends_with(kOpenSuffix) &&
      !WasSetAside(file_name)) {
    return std::nullopt;
  }
  uint32_t sequence = 0;
  const char* end_of_name = file_name.data() + file_name.size();
  const auto [end, error] = std::from_chars(file_name.data(), end_of_name, sequence);
  if (error != std::errc() || end == end_of_name || *end != '-') return std::nullopt;
  return sequence;
}

std::vector<std::string> SegmentNames(const std::vector<std::string>& names) {
  std::vector<std::string> segments;
  for (const std::string& name : names) {
    if (SegmentSequence(name)) segments.push_back(name);
  }
  return segments;
}

absl::StatusOr<SegmentInventory> TakeSegmentInventory(FileSystem& files,
                                                      const std::string& directory,
                                                      const std::vector<std::string>& names,
                                                      const Uuid& recording) {
  SegmentInventory inventory;
  std::set<uint32_t> sequences;
  for (const std::string& name : SegmentNames(names)) {
    const std::string path = JoinPath(directory, name);
    sequences.insert(*SegmentSequence(name));
    ASSIGN_OR_RETURN(const std::unique_ptr<RandomAccessFile> file, files.Open(path));
    inventory.bytes += file->size();
    if (WasSetAside(name)) continue;
    if (!name.ends_with(kSealedSuffix)) {
      inventory.unreadable.push_back(path);
      continue;
    }
    const auto segment = SegmentReader::Open(files, path);
    if (!segment.ok()) {
      inventory.unreadable.push_back(path);
    } else if ((*segment)->header().recording_uuid() == UuidBytes(recording)) {
      inventory.sealed.push_back({path, (*segment)->records(), NumberAfter(**segment)});
      inventory.next_record_number =
          std::max(inventory.next_record_number, inventory.sealed.back().next_record_number);
    }
  }
  if (!sequences.empty()) inventory.next_sequence = *sequences.rbegin() + 1;
  inventory.complete = inventory.unreadable.empty() && !inventory.sealed.empty() &&
                       sequences.size() + 1 == inventory.next_sequence;
  return inventory;
}

}  // namespace shadowreel
