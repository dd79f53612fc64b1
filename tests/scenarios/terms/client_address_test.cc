#include "scenarios/terms/client_address.h"

#include <gtest/gtest.h>

#include "base/exit_code.h"
#include "base/status.h"

namespace shadowreel {
namespace {

TEST(ClientAddressTest, IsOfEitherFamily) {
  for (const char* text : {"10.1.2.3", "::", "2001:db8::1", "::ffff:10.1.2.3"}) {
    EXPECT_TRUE(CheckClientAddress(text).ok()) << text;
  }
}

TEST(ClientAddressTest, NamesPortsAndBracketsAreRefused) {
  for (const char* text : {"", "localhost", "10.1.2", "10.1.2.3:80", "[::1]", "10.0.0.0/8"}) {
    const absl::Status status = CheckClientAddress(text);
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUsage) << text;
    EXPECT_EQ(Message(status),
              "'" + std::string(text) + "' is not an address like 10.1.2.3 or 2001:db8::1");
  }
}

}  // namespace
}  // namespace shadowreel
