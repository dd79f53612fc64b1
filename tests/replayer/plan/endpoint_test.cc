#include "replayer/plan/endpoint.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

TEST(EndpointTest, IsMethodAndPathWithoutQuery) {
  EXPECT_EQ(EndpointOf("GET", "/cart"), "GET /cart");
  EXPECT_EQ(EndpointOf("GET", "/cart?id=1"), "GET /cart");
  EXPECT_EQ(EndpointOf("GET", "/a#b"), "GET /a");
  EXPECT_EQ(EndpointOf("GET", "/a://b?c"), "GET /a://b");
  EXPECT_EQ(EndpointOf("OPTIONS", "*"), "OPTIONS *");
}

TEST(EndpointTest, LeavesTheAuthorityOfAnAbsoluteTargetOut) {
  EXPECT_EQ(EndpointOf("GET", "http://shop.example:80/cart?x"), "GET /cart");
  EXPECT_EQ(EndpointOf("GET", "http://shop.example"), "GET /");
  EXPECT_EQ(EndpointOf("GET", "http://shop.example?x"), "GET /");
}

TEST(EndpointTest, EscapesWhatIsNotPrintable) {
  EXPECT_EQ(EndpointOf("GET", "/\xc3\xbc\x01"), "GET /\\xc3\\xbc\\x01");
}

TEST(EndpointTest, CutsWhatIsTooLong) {
  const std::string fits(kMaxEndpointBytes - 5, 'a');
  EXPECT_EQ(EndpointOf("GET", "/" + fits), "GET /" + fits);
  const std::string cut = EndpointOf("GET", "/" + fits + "a");
  EXPECT_EQ(cut.size(), kMaxEndpointBytes);
  EXPECT_TRUE(cut.ends_with("a..."));
  EXPECT_EQ(EndpointOf(std::string(100'000, 'M'), "/").size(), kMaxEndpointBytes);
}

}  // namespace
}  // namespace shadowreel
