#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string_view>

#include "formats/exchange/exchange_format.h"

namespace shadowreel {

// GoReplay's files (.gor, .gor.gz), as GoReplay 1.3 writes and reads them.
//
// Import: a request's time is its first byte, its latency (when there) how long its upload took; of
// a response, the same for its download. A response goes with the oldest request of its id that
// has none, while that is among the last 65,536 requests and 64 MiB; replayed responses (type 3)
// are left out. Requests come in the file's order. A payload over GorCutter::kMaxPayload is kept
// truncated; one that ends before its message does is kept incomplete.
absl::StatusOr<std::unique_ptr<Importer>> MakeGorImporter(ImportInput input);

// Export: ids are the recording's first four bytes and the record's number, in hex.
std::unique_ptr<Exporter> MakeGorExporter(Tally* tally);

bool LooksLikeGor(std::string_view path, std::string_view beginning);

}  // namespace shadowreel
