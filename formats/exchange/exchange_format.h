#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "formats/exchange/arrival_sequence.h"
#include "formats/exchange/byte_source.h"
#include "formats/exchange/exporter.h"
#include "formats/exchange/importer.h"
#include "formats/exchange/tally.h"

namespace shadowreel {

// What the formats leave to whoever imports.
struct ImportChoices {
  std::string authority{};      // access logs: of requests whose line names no host; "": none
  uint64_t seed = 0;            // access logs: of where within their second requests go
  bool keep_truncated = false;  // Envoy's taps: import cut bodies, marked truncated
};

// What an importer reads and where it counts. `arrivals` and `tally` outlive the importer and serve
// all files of one import, which come one after the other.
struct ImportInput {
  std::string path;  // for places: "PATH: line 7"
  std::unique_ptr<ByteSource> source;
  ArrivalSequence* arrivals = nullptr;  // for requests without a time
  Tally* tally = nullptr;
  ImportChoices choices{};
};

// A format of other tools. The list of them is in formats.cc.
struct ExchangeFormat {
  std::string name;  // as --format takes it: "gor"

  // Null where only the other direction exists.
  absl::StatusOr<std::unique_ptr<Importer>> (*make_importer)(ImportInput input) = nullptr;
  std::unique_ptr<Exporter> (*make_exporter)(Tally* tally) = nullptr;  // `tally` outlives it

  // Whether a file may be of this format, by its path and its first kBeginning (decompressed)
  // bytes. Not null with make_importer. Two formats must not both take the same file.
  bool (*looks_like)(std::string_view path, std::string_view beginning) = nullptr;

  // It holds no times: requests arrive as ImportInput::arrivals says.
  bool lacks_times = false;
};
inline constexpr size_t kBeginning = 4 << 10;

}  // namespace shadowreel
