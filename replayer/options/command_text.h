#pragma once

#include <string>

namespace shadowreel {

// The command line as files and reports may show it: "replayer --set_header=authorization: ...".
// Values of headers (--set_header, --add_header, --header) may be credentials and are hidden.
std::string CommandText(int argc, const char* const* argv);

}  // namespace shadowreel
