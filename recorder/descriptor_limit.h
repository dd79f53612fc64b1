#pragma once

#include <cstddef>

namespace shadowreel {

// Raises this process' soft limit of open files so far that `connections` may be open beside what
// else a recorder opens: segments above all, which must not fail because a mirror has taken every
// descriptor. Returns how many connections may be open then: fewer when the hard limit says so, at
// least 1.
size_t ReserveDescriptors(size_t connections);

}  // namespace shadowreel
