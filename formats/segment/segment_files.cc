#include "formats/segment/segment_files.h"

#include <algorithm>
#include <tuple>

#include "base/status.h"
#include "formats/segment/chunk_scan.h"
#include "formats/segment/segment_format.h"

namespace shadowreel {

absl::StatusOr<std::vector<SegmentFile>> ListSegmentFiles(FileSystem& files,
                                                          const std::string& directory) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(directory));
  std::vector<SegmentFile> found;
  for (const std::string& name : names) {
    const bool sealed = std::string_view(name).ends_with(kSealedSuffix);
    if (!sealed && !std::string_view(name).ends_with(kOpenSuffix)) continue;
    SegmentFile file{JoinPath(directory, name), sealed};
    absl::StatusOr<trace::SegmentHeader> header = ReadSegmentHeader(files, file.path);
    if (header.ok()) file.header = *std::move(header);
    found.push_back(std::move(file));
  }
  const auto rank = [](const SegmentFile& file) {
    return std::tuple(file.header ? file.header->sequence() : 0, std::string_view(file.path));
  };
  std::sort(found.begin(), found.end(),
            [&](const SegmentFile& a, const SegmentFile& b) { return rank(a) < rank(b); });
  return found;
}

uint64_t RecoveryLimit(const trace::SegmentHeader& header,
                       const std::vector<const trace::SegmentHeader*>& all) {
  uint64_t limit = UINT64_MAX;
  for (const trace::SegmentHeader* other : all) {
    if (other->recording_uuid() != header.recording_uuid()) continue;
    if (other->sequence() <= header.sequence()) continue;
    limit = std::min(limit, other->first_record_number());
  }
  return limit;
}

uint64_t RecoveryLimit(const trace::SegmentHeader& header, const std::vector<SegmentFile>& all) {
  std::vector<const trace::SegmentHeader*> headers;
  for (const SegmentFile& file : all) {
    if (file.header) headers.push_back(&*file.header);
  }
  return RecoveryLimit(header, headers);
}

}  // namespace shadowreel
