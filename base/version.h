#pragma once

namespace shadowreel {

// The release, as `--version` prints it and as segments carry it.
inline constexpr char kVersion[] = "0.1.0";

}  // namespace shadowreel
