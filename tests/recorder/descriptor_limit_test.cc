#include "recorder/descriptor_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace shadowreel {
namespace {

rlim_t SoftLimit() {
  rlimit files{};
  EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  return files.rlim_cur;
}

// Lowered, the hard limit stays so for the process: one test, from high to low.
TEST(DescriptorLimitTest, RaisesTheSoftLimitAsFarAsNeededAndAllowed) {
  const rlimit low{.rlim_cur = 100, .rlim_max = 200};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(ReserveDescriptors(30), 30u);
  EXPECT_EQ(SoftLimit(), 100u);
  EXPECT_EQ(ReserveDescriptors(50), 50u);
  EXPECT_EQ(SoftLimit(), 114u);
  EXPECT_EQ(ReserveDescriptors(4096), 136u);
  EXPECT_EQ(SoftLimit(), 200u);

  const rlimit none{.rlim_cur = 50, .rlim_max = 50};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  EXPECT_EQ(ReserveDescriptors(4096), 1u);
}

}  // namespace
}  // namespace shadowreel
