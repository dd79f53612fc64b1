#include "formats/record_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

using Reason = RecordFilter::Reason;
using ::testing::HasSubstr;

Record Cart() {
  Record record;
  record.method = "POST";
  record.target = "/cart/7?token=/search";
  record.authority = "eu.shop.example-shadow:8080";
  record.stripped_authority = "eu.shop.example:8080";
  record.headers.Add("X-Canary", " true ");
  record.headers.Add("x-canary", "also");
  return record;
}

bool Keeps(const RecordFilter::Options& options) {
  const auto filter = RecordFilter::Parse(options);
  EXPECT_TRUE(filter.ok()) << filter.status();
  return !filter->LeavesOut(Cart());
}

RecordFilter::Options Host(std::string host) {
  RecordFilter::Options options;
  options.host = std::move(host);
  return options;
}

RecordFilter::Options Path(std::string path) {
  RecordFilter::Options options;
  options.path = std::move(path);
  return options;
}

RecordFilter::Options Header(std::string header) {
  RecordFilter::Options options;
  options.header = std::move(header);
  return options;
}

TEST(RecordFilterTest, WithoutConditionsAllIsKept) { EXPECT_TRUE(Keeps({})); }

TEST(RecordFilterTest, ACopyKeepsWhatItsOriginalKeeps) {
  const auto parsed = RecordFilter::Parse(Path("re:^/cart/[0-9]$"));
  ASSERT_TRUE(parsed.ok());
  const RecordFilter copy = *parsed;
  EXPECT_FALSE(copy.LeavesOut(Cart()));
  Record other = Cart();
  other.target = "/";
  ASSERT_TRUE(copy.LeavesOut(other));
  EXPECT_EQ(NameOf(*copy.LeavesOut(other)), "path");
  EXPECT_FALSE(RecordFilter().LeavesOut(other));
}

TEST(RecordFilterTest, MethodsAreAListAndTheirCaseCounts) {
  RecordFilter::Options options;
  options.method = "GET,POST";
  EXPECT_TRUE(Keeps(options));
  options.method = "GET,post";
  EXPECT_FALSE(Keeps(options));
}

TEST(RecordFilterTest, HostsAreNamesOrSuffixes) {
  EXPECT_TRUE(Keeps(Host("EU.shop.example")));
  EXPECT_TRUE(Keeps(Host("eu.shop.example:8080")));
  EXPECT_TRUE(Keeps(Host("other,*.shop.example")));
  EXPECT_TRUE(Keeps(Host("*.example:8080")));
  EXPECT_FALSE(Keeps(Host("eu.shop.example:80")));
  EXPECT_FALSE(Keeps(Host("shop.example")));
  EXPECT_FALSE(Keeps(Host("*.eu.shop.example")));
  EXPECT_FALSE(Keeps(Host("*.op.example")));
}

TEST(RecordFilterTest, PathsArePrefixesOrExpressionsWithoutTheQuery) {
  EXPECT_TRUE(Keeps(Path("/cart")));
  EXPECT_TRUE(Keeps(Path("re:^/c.rt/[0-9]+$")));
  EXPECT_FALSE(Keeps(Path("cart")));
  EXPECT_FALSE(Keeps(Path("/cart/7?")));
  EXPECT_FALSE(Keeps(Path("re:search")));
}

TEST(RecordFilterTest, HeadersAreThereOrHaveAValue) {
  EXPECT_TRUE(Keeps(Header("X-CANARY")));
  EXPECT_TRUE(Keeps(Header("x-canary:true")));
  EXPECT_TRUE(Keeps(Header("x-canary: also ")));
  EXPECT_FALSE(Keeps(Header("x-canary:True")));
  EXPECT_FALSE(Keeps(Header("x-canary:")));
  EXPECT_FALSE(Keeps(Header("x-other")));
}

TEST(RecordFilterTest, AllMustHoldAndTheFirstThatDoesNotIsNamed) {
  RecordFilter::Options options{"GET", "other", "/none", "none"};
  EXPECT_EQ(RecordFilter::Parse(options)->LeavesOut(Cart()), Reason::kMethod);
  options.method = "POST";
  EXPECT_EQ(RecordFilter::Parse(options)->LeavesOut(Cart()), Reason::kHost);
  options.host = "eu.shop.example";
  EXPECT_EQ(RecordFilter::Parse(options)->LeavesOut(Cart()), Reason::kPath);
  options.path = "/";
  EXPECT_EQ(RecordFilter::Parse(options)->LeavesOut(Cart()), Reason::kHeader);
  options.header = "x-canary";
  EXPECT_EQ(RecordFilter::Parse(options)->LeavesOut(Cart()), std::nullopt);
}

TEST(RecordFilterTest, WordsLeaveHeaderValuesOut) {
  EXPECT_EQ(
      RecordFilter::Parse({"GET,PUT", "a,*.b", "re:x", "Authorization: Bearer s3cret"})->words(),
      " --method=GET,PUT --host=a,*.b --path=re:x --header=Authorization:...");
}

TEST(RecordFilterTest, WrongConditionsNameTheirFlag) {
  RecordFilter::Options options;
  options.method = "GET,,PUT";
  EXPECT_THAT(Message(RecordFilter::Parse(options).status()), HasSubstr("--method: an empty name"));
  options.method = "GET,";
  EXPECT_THAT(Message(RecordFilter::Parse(options).status()), HasSubstr("--method: an empty name"));
  for (const char* host : {"*.", "a*b", "*"}) {
    EXPECT_THAT(Message(RecordFilter::Parse(Host(host)).status()), HasSubstr("--host: '"));
  }
  EXPECT_THAT(Message(RecordFilter::Parse(Path("re:(")).status()),
              HasSubstr("--path: 're:(' is no RE2 expression: missing )"));
  EXPECT_THAT(Message(RecordFilter::Parse(Header(":x")).status()), HasSubstr("--header: no name"));
}

}  // namespace
}  // namespace shadowreel
