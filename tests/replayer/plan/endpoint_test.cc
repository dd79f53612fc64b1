#include "replayer/plan/endpoint.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace shadowreel {
namespace {

std::string NameOf(std::string_view method, std::string_view target) {
  return EndpointNamer().NameOf(method, target);
}

std::vector<PathTemplate> Templates(const std::vector<std::string>& texts) {
  std::vector<PathTemplate> templates;
  for (const std::string& text : texts) templates.push_back(*ParsePathTemplate(text));
  return templates;
}

TEST(EndpointTest, IsMethodAndPathWithoutQuery) {
  EXPECT_EQ(NameOf("GET", "/cart"), "GET /cart");
  EXPECT_EQ(NameOf("GET", "/cart?id=1"), "GET /cart");
  EXPECT_EQ(NameOf("GET", "/a#b"), "GET /a");
  EXPECT_EQ(NameOf("GET", "/a://b?c"), "GET /a://b");
  EXPECT_EQ(NameOf("OPTIONS", "*"), "OPTIONS *");
}

TEST(EndpointTest, LeavesTheAuthorityOfAnAbsoluteTargetOut) {
  EXPECT_EQ(NameOf("GET", "http://shop.example:80/cart?x"), "GET /cart");
  EXPECT_EQ(NameOf("GET", "http://shop.example"), "GET /");
  EXPECT_EQ(NameOf("GET", "http://shop.example?x"), "GET /");
}

TEST(EndpointTest, EscapesWhatIsNotPrintable) {
  EXPECT_EQ(NameOf("GET", "/\xc3\xbc\x01"), "GET /\\xc3\\xbc\\x01");
}

TEST(EndpointTest, CutsWhatIsTooLong) {
  const std::string fits(kMaxEndpointBytes - 5, 'a');
  EXPECT_EQ(NameOf("GET", "/" + fits), "GET /" + fits);
  const std::string cut = NameOf("GET", "/" + fits + "a");
  EXPECT_EQ(cut.size(), kMaxEndpointBytes);
  EXPECT_TRUE(cut.ends_with("a..."));
  EXPECT_EQ(NameOf(std::string(100'000, 'M'), "/").size(), kMaxEndpointBytes);
}

TEST(EndpointTest, FoldsWhatLooksLikeAnId) {
  EXPECT_EQ(NameOf("GET", "/cart/42?x=1"), "GET /cart/{number}");
  EXPECT_EQ(NameOf("GET", "http://shop.example:80/cart/42/"), "GET /cart/{number}/");
  EXPECT_EQ(NameOf("GET", "/v1/orders/order-12345/lines//7"),
            "GET /v1/orders/{id}/lines//{number}");
  EXPECT_EQ(NameOf("GET", "/a/01234567-89ab-cdef-0123-456789ABCDEF/\xc3"), "GET /a/{uuid}/\\xc3");
  EXPECT_EQ(NameOf("CONNECT", "shop.example:443"), "CONNECT shop.example:443");
  EXPECT_EQ(EndpointNamer({}, false).NameOf("GET", "/cart/42"), "GET /cart/42");
}

TEST(EndpointTest, AFoldedPathIsCutWhenItIsTooLong) {
  const std::string name = NameOf("GET", "/1/" + std::string(100'000, 'a') + "/2");
  EXPECT_EQ(name.size(), kMaxEndpointBytes);
  EXPECT_TRUE(name.starts_with("GET /{number}/aaa"));
  EXPECT_TRUE(name.ends_with("a..."));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "/1";
  EXPECT_EQ(NameOf("GET", deep).size(), kMaxEndpointBytes);
}

TEST(EndpointTest, OwnTemplatesComeFirstAndInTheirOrder) {
  const EndpointNamer namer(
      Templates({"GET /product/{name}", "/product/{any...}", "/cart/7", "/long/{rest...}"}), true);
  EXPECT_EQ(namer.NameOf("GET", "/product/shoe?size=9"), "GET /product/{name}");
  EXPECT_EQ(namer.NameOf("GET", "/product/42"), "GET /product/{name}");
  EXPECT_EQ(namer.NameOf("PUT", "/product/42"), "PUT /product/{any...}");
  EXPECT_EQ(namer.NameOf("GET", "http://a/product/42/red"), "GET /product/{any...}");
  EXPECT_EQ(namer.NameOf("GET", "/cart/7"), "GET /cart/7");
  EXPECT_EQ(namer.NameOf("GET", "/cart/8"), "GET /cart/{number}");
  EXPECT_EQ(namer.NameOf("GET", "/long/" + std::string(1000, 'x')), "GET /long/{rest...}");
}

}  // namespace
}  // namespace shadowreel
