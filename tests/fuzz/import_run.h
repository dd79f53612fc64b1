#pragma once

#include <string_view>

#include "formats/exchange/exchange_format.h"

namespace shadowreel {

// Imports `input` as a file of the format, whole and in small pieces, and sees that both come to
// the same, that what is imported can be written to a segment and read back, and that the tally
// adds up.
void FuzzImport(const ExchangeFormat& format, std::string_view input);

}  // namespace shadowreel
