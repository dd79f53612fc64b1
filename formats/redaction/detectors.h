#pragma once

#include <string_view>

#include "formats/redaction/finding.h"

namespace shadowreel {

// Appends what looks like a secret wherever it stands: each of the three parts of a JWT in its
// compact form (RFC 7519, 3), and card numbers (13 to 19 digits, perhaps grouped by single blanks
// or dashes, with a right Luhn digit, ISO/IEC 7812-1). Tokens are stepped over.
void DetectSecrets(std::string_view text, Findings* findings);

}  // namespace shadowreel
