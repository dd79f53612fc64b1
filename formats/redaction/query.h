#pragma once

#include <string_view>

#include "formats/redaction/finding.h"

namespace shadowreel {

// Appends the secrets that a request target or URL holds by its form: the userinfo of an authority
// after "scheme://" (RFC 3986, 3.2.1), and the values of secret keys in query and fragment.
void FindUrlSecrets(std::string_view url, Findings* findings);

}  // namespace shadowreel
