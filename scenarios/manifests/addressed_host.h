#pragma once

#include <string_view>

namespace shadowreel {

// Whether a client that asks for `asked` may mean the host with the full name `full`
// (host_names.h): the name itself, or of a Service's the beginning that a resolver completes, up to
// its name (in its own namespace), its namespace or `svc`. Without case.
bool MayMean(std::string_view asked, std::string_view full);

}  // namespace shadowreel
