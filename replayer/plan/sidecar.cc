#include "replayer/plan/sidecar.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace shadowreel {
namespace {

constexpr int kProbeMillis = 200;

bool IsSidecarVariable(std::string_view name) {
  return name.starts_with("ISTIO_META_") || name.starts_with("ENVOY_") || name == "PROXY_CONFIG";
}

bool Connects(int fd, const sockaddr_in& address) {
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return true;
  if (errno != EINPROGRESS) return false;
  pollfd waiting{fd, POLLOUT, 0};
  if (poll(&waiting, 1, kProbeMillis) != 1) return false;
  int error = 0;
  socklen_t length = sizeof(error);
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
}

}  // namespace

std::optional<std::string> SidecarSign(const std::vector<std::string_view>& environment,
                                       bool admin_port_listens) {
  for (const std::string_view variable : environment) {
    const std::string_view name = variable.substr(0, variable.find('='));
    if (IsSidecarVariable(name)) return fmt::format("the environment variable {}", name);
  }
  if (admin_port_listens) {
    return fmt::format("something listening on 127.0.0.1:{}", kSidecarAdminPort);
  }
  return std::nullopt;
}

std::vector<std::string_view> Environment() {
  std::vector<std::string_view> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

bool ListensOnLoopback(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool connected = Connects(fd, address);
  close(fd);
  return connected;
}

}  // namespace shadowreel
