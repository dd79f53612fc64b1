#include "formats/redaction/key_path.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/exit_code.h"

namespace shadowreel {
namespace {

TEST(KeyPathTest, TheKeyLiesBesideTheDirectoryHoweverItIsWritten) {
  EXPECT_EQ(DefaultKeyPath("/a/out"), "/a/out.key");
  EXPECT_EQ(DefaultKeyPath("/a/out/"), "/a/out.key");
  EXPECT_EQ(DefaultKeyPath("/a/b/../out/."), "/a/out.key");
}

TEST(KeyPathTest, AKeyInsideTheRecordingIsRefused) {
  const std::string root = ::testing::TempDir() + "/key_path_test";
  const std::string out = root + "/out";
  std::filesystem::remove_all(root);
  std::filesystem::create_directories(out);
  EXPECT_EQ(ExitCodeFor(CheckKeyOutside(out + "/key", out)), ExitCode::kUsage);
  EXPECT_FALSE(CheckKeyOutside(root + "/x/../out/key", out + "/").ok());
  std::filesystem::create_directory_symlink(out, root + "/link");
  EXPECT_FALSE(CheckKeyOutside(root + "/link/key", out).ok());
  EXPECT_TRUE(CheckKeyOutside(out + ".key", out).ok());
  EXPECT_TRUE(CheckKeyOutside(DefaultKeyPath(out), out).ok());
}

}  // namespace
}  // namespace shadowreel
