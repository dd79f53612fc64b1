#include "formats/exchange/absolute_url.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

void ExpectParts(std::string_view url, std::string_view authority, std::string_view target) {
  const auto parts = SplitAbsoluteUrl(url);
  ASSERT_TRUE(parts) << url;
  EXPECT_EQ(parts->authority, authority);
  EXPECT_EQ(parts->target, target);
}

TEST(AbsoluteUrlTest, ItHasAnAuthorityAndATarget) {
  ExpectParts("http://shop:8080/cart?item=1", "shop:8080", "/cart?item=1");
  ExpectParts("HTTPS://[::1]", "[::1]", "/");
  ExpectParts("http://shop?a=http://other/@", "shop", "/?a=http://other/@");
  ExpectParts("http://shop//a/../b#part", "shop", "//a/../b");
}

TEST(AbsoluteUrlTest, WhatNoRequestHasIsRefused) {
  for (const char* url : {"", "/path", "ftp://shop/", "http:///path", "http://user@shop/",
                          "http://shop/a b", "http://shop/a\r\nX: y", "http://#", "://shop/"}) {
    EXPECT_FALSE(SplitAbsoluteUrl(url)) << url;
  }
}

}  // namespace
}  // namespace shadowreel
