#include "net/transport/address_guard.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "base/status.h"
#include "net/transport/target_url.h"

namespace shadowreel {
namespace {

bool Allows(const AddressGuard& guard, const std::string& address, std::string_view host = "") {
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  if (inet_pton(AF_INET, address.c_str(), &ipv4.sin_addr) == 1) {
    return guard.Allows(reinterpret_cast<const sockaddr&>(ipv4), host);
  }
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, address.c_str(), &ipv6.sin6_addr), 1) << address;
  return guard.Allows(reinterpret_cast<const sockaddr&>(ipv6), host);
}

AddressGuard Guard(const std::vector<std::string>& entries) {
  auto guard = AddressGuard::Create(entries);
  EXPECT_TRUE(guard.ok()) << Message(guard.status());
  return *guard;
}

absl::Status Check(const AddressGuard& guard, std::string_view url) {
  const auto target = ParseTargetUrl(url);
  EXPECT_TRUE(target.ok());
  return guard.CheckHost("target", target->host);
}

TEST(AddressGuard, AllowsLoopbackAloneByDefault) {
  const AddressGuard guard;
  for (const char* address : {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(Allows(guard, address)) << address;
  }
  for (const char* address : {"126.255.255.255", "128.0.0.0", "0.0.0.0", "10.0.0.1", "192.168.1.1",
                              "169.254.169.254", "8.8.8.8", "::", "::2", "fe80::1", "fd00::1",
                              "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"}) {
    EXPECT_FALSE(Allows(guard, address)) << address;
  }
}

TEST(AddressGuard, AllowsWhatLiesInANamedBlock) {
  const AddressGuard guard = Guard({"10.1.128.0/17", "192.0.2.7", "fd00:1::/33", "[fd00:2::5]"});
  for (const char* address : {"10.1.128.0", "10.1.255.255", "::ffff:10.1.200.1", "192.0.2.7",
                              "fd00:1::", "fd00:1:7fff::1", "fd00:2::5"}) {
    EXPECT_TRUE(Allows(guard, address)) << address;
  }
  for (const char* address : {"10.1.127.255", "10.2.0.0", "192.0.2.6", "fd00:1:8000::", "fd00:2::6",
                              "::ffff:192.0.2.8"}) {
    EXPECT_FALSE(Allows(guard, address)) << address;
  }
}

TEST(AddressGuard, TakesAMappedBlockForTheIpv4Block) {
  EXPECT_TRUE(Allows(Guard({"::ffff:10.0.0.0/104"}), "10.200.0.1"));
  EXPECT_FALSE(Allows(Guard({"::ffff:10.0.0.0/104"}), "11.0.0.1"));
}

TEST(AddressGuard, AllowsEverythingOnlyWhenToldSo) {
  EXPECT_TRUE(Allows(Guard({"0.0.0.0/0"}), "8.8.8.8"));
  EXPECT_FALSE(Allows(Guard({"0.0.0.0/0"}), "2001:db8::1"));
  EXPECT_TRUE(Allows(Guard({"::/0"}), "2001:db8::1"));
}

TEST(AddressGuard, ANamedHostMayResolveToAnything) {
  const AddressGuard guard = Guard({"Staging.Example"});
  EXPECT_TRUE(Allows(guard, "10.0.0.1", "staging.example"));
  EXPECT_FALSE(Allows(guard, "10.0.0.1", "production.example"));
  EXPECT_FALSE(Allows(guard, "10.0.0.1", "a.staging.example"));
}

TEST(AddressGuard, RefusesOtherFamilies) {
  sockaddr address{};
  address.sa_family = AF_UNIX;
  EXPECT_FALSE(AddressGuard().Allows(address, "localhost"));
}

TEST(AddressGuard, SaysWhatAnEntryShouldBe) {
  for (const char* entry : {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/x", "::/129",
                            "http://staging", "staging:8080", "staging/24", "a b", "10.0.0.1:80"}) {
    const auto guard = AddressGuard::Create({entry});
    ASSERT_FALSE(guard.ok()) << entry;
    EXPECT_EQ(guard.status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(AddressGuard, ChecksTheTargetBeforeTheStart) {
  EXPECT_TRUE(Check(AddressGuard(), "http://127.0.0.1:8080").ok());
  EXPECT_TRUE(Check(AddressGuard(), "http://[::1]:8080").ok());
  EXPECT_TRUE(Check(Guard({"10.0.0.0/8"}), "http://10.2.3.4").ok());
  EXPECT_EQ(Message(Check(AddressGuard(), "http://10.2.3.4")),
            "target 10.2.3.4 is not loopback and not named; if it is not production, add "
            "--allow_target=10.2.3.4");
  EXPECT_EQ(Check(AddressGuard(), "http://[::ffff:10.2.3.4]").code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Check(AddressGuard::WithoutLoopback(), "http://127.0.0.1").code(),
            absl::StatusCode::kPermissionDenied);
}

TEST(AddressGuard, ATargetThatDoesNotResolveIsUnusable) {
  EXPECT_EQ(Check(AddressGuard(), "http://does-not-exist.invalid").code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace shadowreel
