#include "replayer/plan/sidecar.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace shadowreel {
namespace {

TEST(SidecarTest, IsSeenInTheEnvironment) {
  EXPECT_EQ(SidecarSign({"PATH=/bin", "ISTIO_META_MESH_ID=m"}, false),
            "the environment variable ISTIO_META_MESH_ID");
  EXPECT_EQ(SidecarSign({"ENVOY_UID=1"}, false), "the environment variable ENVOY_UID");
  EXPECT_EQ(SidecarSign({"PROXY_CONFIG={}"}, false), "the environment variable PROXY_CONFIG");
}

TEST(SidecarTest, IsSeenByItsAdminPort) {
  EXPECT_EQ(SidecarSign({}, true), "something listening on 127.0.0.1:15000");
}

TEST(SidecarTest, OrdinaryVariablesAreNoSign) {
  EXPECT_EQ(SidecarSign({"PATH=/bin", "http_proxy=x", "PROXY_CONFIGURATION=1", "MY_ENVOY_=1",
                         "LAST=ISTIO_META_=", "EMPTY"},
                        false),
            std::nullopt);
}

TEST(SidecarTest, TheEnvironmentIsThatOfTheProcess) {
  setenv("ENVOY_SEEN", "1", 1);
  EXPECT_EQ(SidecarSign(Environment(), false), "the environment variable ENVOY_SEEN");
  unsetenv("ENVOY_SEEN");
}

TEST(SidecarTest, AListenerIsFoundAndItsAbsenceToo) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length), 0);
  const uint16_t port = ntohs(address.sin_port);
  EXPECT_FALSE(ListensOnLoopback(port));  // bound, but not listening
  ASSERT_EQ(listen(fd, 1), 0);
  EXPECT_TRUE(ListensOnLoopback(port));
  close(fd);
}

}  // namespace
}  // namespace shadowreel
