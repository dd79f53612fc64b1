#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shadowreel {

// Where Envoy's admin interface listens in an Istio pod.
inline constexpr uint16_t kSidecarAdminPort = 15000;

// Signs of a mesh sidecar, which routes by Host whatever address was dialled. `environment` holds
// "NAME=value"; signs are names that begin with ISTIO_META_ or ENVOY_, and PROXY_CONFIG.
// Returns what was seen ("the environment variable ISTIO_META_MESH_ID"), or nothing. Pure.
std::optional<std::string> SidecarSign(const std::vector<std::string_view>& environment,
                                       bool admin_port_listens);

// This process's environment. Views into it; valid until it changes.
std::vector<std::string_view> Environment();

// Whether something accepts TCP connections on 127.0.0.1. Waits at most 200 ms.
bool ListensOnLoopback(uint16_t port);

}  // namespace shadowreel
