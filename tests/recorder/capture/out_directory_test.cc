#include "recorder/capture/out_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/exit_code.h"
#include "base/posix_file_system.h"
#include "base/status.h"

namespace shadowreel {
namespace {

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

class OutDirectoryTest : public ::testing::Test {
 protected:
  OutDirectoryTest() {
    std::string pattern = ::testing::TempDir() + "/out_XXXXXX";
    root_ = mkdtemp(pattern.data());
    out_ = root_ + "/out";
  }

  PosixFileSystem files_;
  std::string root_;
  std::string out_;
  std::vector<std::string> warnings_;
};

TEST_F(OutDirectoryTest, OneMissingLevelIsMadeWhateverTheUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{0777}}) {
    const mode_t before = umask(mask);
    const auto directory = OutDirectory::Claim(files_, out_, &warnings_);
    umask(before);
    // Without root's rights a directory of mode 0 cannot be opened; it is refused then.
    if (mask != 0 && geteuid() != 0) continue;
    ASSERT_TRUE(directory.ok()) << directory.status();
    EXPECT_EQ(ModeOf(out_), 0700u);
    ASSERT_EQ(rmdir(out_.c_str()), 0);
  }
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(OutDirectoryTest, AMissingParentIsRefusedAndNothingIsMade) {
  const auto directory = OutDirectory::Claim(files_, root_ + "/a/b", &warnings_);
  EXPECT_EQ(ExitCodeFor(directory.status()), ExitCode::kUnusable);
  EXPECT_EQ(files_.Kind(root_ + "/a"), FileKind::kMissing);
}

TEST_F(OutDirectoryTest, AnOpenDirectoryIsTightenedWithAWarning) {
  ASSERT_EQ(mkdir(out_.c_str(), 0700), 0);
  ASSERT_EQ(chmod(out_.c_str(), 0755), 0);
  ASSERT_TRUE(OutDirectory::Claim(files_, out_, &warnings_).ok());
  EXPECT_EQ(ModeOf(out_), 0700u);
  EXPECT_EQ(warnings_.size(), 1u);
}

TEST_F(OutDirectoryTest, ADirectoryThatOthersUseIsRefusedAndLeftAsItIs) {
  ASSERT_EQ(mkdir(out_.c_str(), 0700), 0);
  ASSERT_EQ(chmod(out_.c_str(), 01777), 0);
  for (const char* name : {"000001-5126cbb5.seg", "capture.json", "lost+found"}) {
    ASSERT_TRUE(files_.Create(out_ + "/" + name).ok());
  }
  ASSERT_TRUE(files_.Create(out_ + "/other").ok());
  const auto refused = OutDirectory::Claim(files_, out_, &warnings_);
  EXPECT_EQ(ExitCodeFor(refused.status()), ExitCode::kUnusable);
  EXPECT_EQ(ModeOf(out_), 01777u);
  ASSERT_TRUE(files_.Remove(out_ + "/other").ok());
  EXPECT_TRUE(OutDirectory::Claim(files_, out_, &warnings_).ok());
  EXPECT_EQ(ModeOf(out_), 0700u);
}

TEST_F(OutDirectoryTest, OneRecorderAtATime) {
  auto first = OutDirectory::Claim(files_, out_, &warnings_);
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(OutDirectory::Claim(files_, out_, &warnings_).ok());
  first->reset();
  EXPECT_TRUE(OutDirectory::Claim(files_, out_, &warnings_).ok());
}

TEST_F(OutDirectoryTest, AFileIsNoDirectory) {
  ASSERT_TRUE(files_.Create(out_).ok());
  EXPECT_FALSE(OutDirectory::Claim(files_, out_, &warnings_).ok());
}

}  // namespace
}  // namespace shadowreel
