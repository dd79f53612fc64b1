#pragma once

#include <absl/status/status.h>

#include "formats/segment/chunk_writer.h"
#include "formats/segment/segment_reader.h"

namespace shadowreel {

// Appends every chunk that `segment` still reads something of, in file order: as it is stored
// where all its records are read, else built anew without the others. Footers, header chunks and
// bodies of records that are not read stay behind. Holds two chunks.
absl::Status CopyReadable(const SegmentReader& segment, ChunkWriter* writer);

}  // namespace shadowreel
