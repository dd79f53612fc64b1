#pragma once

#include <memory>

#include "formats/exchange/exchange_format.h"

namespace shadowreel {

// curl commands for a POSIX shell, one a record, for a human to try. They send to $TARGET (say
// http://127.0.0.1:8002) and fail when it is not set: nothing is sent to where it was recorded.
// Every byte of a request stands in quotes that it cannot leave, and none acts on a terminal. A
// body of plain text stands in the command, any other comes through base64 -d.
std::unique_ptr<Exporter> MakeCurlExporter(Tally* tally);

}  // namespace shadowreel
