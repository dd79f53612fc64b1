#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string_view>

#include "formats/exchange/exchange_format.h"

namespace shadowreel {

// vegeta's JSON targets: one object a line, {"method", "url", "header": {name: [values]},
// "body": base64}. It holds no times, no HTTP version, no trailers.
//
// Import: arrivals are the input's sequence; HTTP/1.1; the fields come in the line's order, Host
// from the URL and first when the header has none, Content-Length last when a body has neither
// that nor "Transfer-Encoding: chunked". Other keys are ignored.
absl::StatusOr<std::unique_ptr<Importer>> MakeVegetaImporter(ImportInput input);

// Export: the URL is "http://", the stripped authority and the target; Host and the fields that
// frame the body stand in the header, where vegeta acts on the first and ignores the others.
std::unique_ptr<Exporter> MakeVegetaExporter(Tally* tally);

bool LooksLikeVegeta(std::string_view path, std::string_view beginning);

}  // namespace shadowreel
