#include "scenarios/manifests/host_names.h"

#include <gtest/gtest.h>

namespace shadowreel {
namespace {

TEST(FullHostTest, ShortNamesAreServicesOfTheNamespace) {
  EXPECT_EQ(FullHost("reviews", "prod"), "reviews.prod.svc.cluster.local");
  EXPECT_EQ(FullHost("serviceB", "default"), "serviceb.default.svc.cluster.local");
  EXPECT_EQ(FullHost("reviews.prod.svc", "default"), "reviews.prod.svc.cluster.local");
  EXPECT_EQ(FullHost("reviews.prod.svc.cluster.local.", "default"),
            "reviews.prod.svc.cluster.local");
}

TEST(FullHostTest, NamesWithDotsAreFull) {
  EXPECT_EQ(FullHost("reviews.prod", "default"), "reviews.prod");
  EXPECT_EQ(FullHost("Recorder.Example.com", "default"), "recorder.example.com");
  EXPECT_EQ(FullHost("192.0.2.7", "default"), "192.0.2.7");
  EXPECT_EQ(FullHost("2001:db8::7", "default"), "2001:db8::7");
  EXPECT_EQ(FullHost("*", "default"), "*");
  EXPECT_EQ(FullHost("*-eu", "default"), "*-eu");
  EXPECT_EQ(FullHost("${URL}", "default"), "${URL}");
}

TEST(HostCoversTest, WildcardsCoverSubdomainsAlone) {
  EXPECT_TRUE(HostCovers("a.example.com", "a.example.com"));
  EXPECT_FALSE(HostCovers("a.example.com", "b.example.com"));
  EXPECT_TRUE(HostCovers("*.example.com", "b.a.example.com"));
  EXPECT_FALSE(HostCovers("*.example.com", "example.com"));
  EXPECT_FALSE(HostCovers("*.example.com", "badexample.com"));
  EXPECT_TRUE(HostCovers("*-eu.example.com", "shop-eu.example.com"));
  EXPECT_FALSE(HostCovers("*-eu.example.com", "-eu.example.com"));
  EXPECT_TRUE(HostCovers("*", "example.com"));
}

TEST(IsClusterHostTest, GoesByTheClusterDomain) {
  EXPECT_TRUE(IsClusterHost("reviews.prod.svc.cluster.local"));
  EXPECT_FALSE(IsClusterHost("reviews.prod.svc.example.com"));
}

}  // namespace
}  // namespace shadowreel
