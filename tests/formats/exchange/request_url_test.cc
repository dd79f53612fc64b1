#include "formats/exchange/request_url.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

void ExpectSplit(std::string_view url, std::string_view authority, std::string_view target) {
  RequestUrl parts;
  ASSERT_EQ(SplitUrl(url, &parts), nullptr) << url;
  EXPECT_EQ(parts.authority, authority) << url;
  EXPECT_EQ(parts.target, target) << url;
}

std::string ProblemWith(std::string_view url) {
  RequestUrl parts;
  const char* const problem = SplitUrl(url, &parts);
  return problem == nullptr ? "" : problem;
}

TEST(RequestUrlTest, SplitsWhatARequestSends) {
  ExpectSplit("http://shop.example/a/b?x=1", "shop.example", "/a/b?x=1");
  ExpectSplit("HTTPS://shop.example:8443/", "shop.example:8443", "/");
  ExpectSplit("https://shop.example", "shop.example", "");
  ExpectSplit("https://shop.example?q", "shop.example", "/?q");
  ExpectSplit("https://user:pass@w:@shop.example/x", "shop.example", "/x");
  ExpectSplit("http://[2001:db8::1]:80/x#frag/ment?no", "[2001:db8::1]:80", "/x");
  ExpectSplit("http://shop.example/a b\tc\x7f", "shop.example", "/a%20b%09c%7F");
  ExpectSplit("http://shop.example/\xc3\xa4", "shop.example", "/\xc3\xa4");
}

TEST(RequestUrlTest, WhatIsNoWebAddressIsNamed) {
  EXPECT_EQ(ProblemWith(""), "no URL");
  EXPECT_EQ(ProblemWith("/path"), "URL without a scheme");
  EXPECT_EQ(ProblemWith("data:text/plain,x://y"), "URL of another scheme than http and https");
  EXPECT_EQ(ProblemWith("wss://shop/"), "URL of another scheme than http and https");
  EXPECT_EQ(ProblemWith("http:///path"), "URL without a host");
  EXPECT_EQ(ProblemWith("http://:80/path"), "URL without a host");
  EXPECT_EQ(ProblemWith("http://user@/path"), "URL without a host");
  EXPECT_EQ(ProblemWith("http://a b/path"), "URL with white space in its host");
}

TEST(RequestUrlTest, JoinedUrlsSplitIntoTheSame) {
  for (const char* const target : {"/", "/a%2fb?x=%20&y", "//double//slash", "/\xc3\xa4?\"<>`{}"}) {
    ExpectSplit(JoinUrl("shop:80", target), "shop:80", target);
  }
  ExpectSplit(JoinUrl("shop", "*"), "shop", "");
  EXPECT_EQ(JoinUrl("shop", "/a#b"), "http://shop/a%23b");
  EXPECT_EQ(JoinUrl("shop", "/\xff\xc3\xa4"), "http://shop/%FF\xc3\xa4");
  EXPECT_EQ(JoinUrl("shop", "http://other/x"), "http://other/x");
}

}  // namespace
}  // namespace shadowreel
