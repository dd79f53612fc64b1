#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/record.h"
#include "formats/redaction/finding.h"

namespace shadowreel {

// Writes a token over every finding in `text` that is neither empty nor a pseudonym already.
// `spans` are this text's: they move with their bytes and stay ascending, and each token written
// adds one with the place and field of `where`. False when nothing was to write.
bool ReplaceFindings(std::string_view key, const RedactionSpan& where, Findings findings,
                     std::string* text, std::vector<RedactionSpan>* spans);

}  // namespace shadowreel
