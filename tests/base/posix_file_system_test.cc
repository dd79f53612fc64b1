#include "base/posix_file_system.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "base/status.h"

namespace shadowreel {
namespace {

using Names = std::vector<std::string>;

class PosixFileSystemTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = JoinPath(::testing::TempDir(), "posix_file_system_XXXXXX");
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }

  std::string Path(std::string_view name) const { return JoinPath(root_, name); }

  void Write(const std::string& path, std::string_view bytes) {
    auto file = files_.Create(path);
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_TRUE((*file)->Append(bytes).ok());
    ASSERT_TRUE((*file)->Close().ok());
  }

  std::string Content(const std::string& path) {
    const auto bytes = ReadFile(files_, path, 1000);
    return bytes.ok() ? *bytes : Message(bytes.status());
  }

  static mode_t Mode(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
  }

  PosixFileSystem files_;
  std::string root_;
};

TEST_F(PosixFileSystemTest, ACreatedFileIsItsOwnersAlone) {
  Write(Path("a"), "");
  EXPECT_EQ(Mode(Path("a")), 0600u);
}

TEST_F(PosixFileSystemTest, AnExistingFileIsNotCreatedAgain) {
  Write(Path("a"), "kept");
  const auto again = files_.Create(Path("a"));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(Message(again.status()), "cannot create " + Path("a") + ": File exists");
  EXPECT_EQ(Content(Path("a")), "kept");
}

TEST_F(PosixFileSystemTest, AFileOpenedToAppendIsWrittenAtItsEndWhoeverElseWrites) {
  const auto first = files_.OpenToAppend(Path("a"));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Mode(Path("a")), 0600u);
  const auto second = files_.OpenToAppend(Path("a"));
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_TRUE((*first)->Append("one ").ok());
  ASSERT_TRUE((*second)->Append("two ").ok());
  ASSERT_TRUE((*first)->Append("three").ok());
  EXPECT_EQ(Content(Path("a")), "one two three");
  EXPECT_EQ(Message(files_.OpenToAppend(root_).status()),
            "cannot append to " + root_ + ": Is a directory");
}

TEST_F(PosixFileSystemTest, AppendsFollowEachOther) {
  auto file = files_.Create(Path("a"));
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->Append("one").ok());
  EXPECT_TRUE((*file)->Append("").ok());
  EXPECT_TRUE((*file)->Append(std::string_view("\0two", 4)).ok());
  EXPECT_TRUE((*file)->Sync().ok());
  EXPECT_TRUE((*file)->Close().ok());
  EXPECT_EQ(Content(Path("a")), std::string("one\0two", 7));
}

TEST_F(PosixFileSystemTest, AFailedAppendNamesItsPath) {
  auto file = files_.Create(Path("a"));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Close().ok());
  EXPECT_EQ(Message((*file)->Append("x")), "cannot write " + Path("a") + ": Bad file descriptor");
}

TEST_F(PosixFileSystemTest, AFileThatWasRemovedCannotBeSynced) {
  const auto file = files_.Create(Path("a"));
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE((*file)->Sync().ok());
  ASSERT_TRUE(files_.Remove(Path("a")).ok());
  const absl::Status status = (*file)->Sync();
  EXPECT_EQ(Message(status), Path("a") + " was removed while it was written");
}

TEST_F(PosixFileSystemTest, ReadsAreShortOnlyAtTheEnd) {
  Write(Path("a"), "0123456789");
  const auto file = files_.Open(Path("a"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ((*file)->size(), 10u);
  std::string out = "replaced";
  EXPECT_TRUE((*file)->ReadAt(2, 3, &out).ok());
  EXPECT_EQ(out, "234");
  EXPECT_TRUE((*file)->ReadAt(8, 5, &out).ok());
  EXPECT_EQ(out, "89");
  EXPECT_TRUE((*file)->ReadAt(10, 5, &out).ok());
  EXPECT_EQ(out, "");
  EXPECT_TRUE((*file)->ReadAt(0, 0, &out).ok());
  EXPECT_EQ(out, "");
}

TEST_F(PosixFileSystemTest, OnlyRegularFilesAreOpened) {
  ASSERT_EQ(mkfifo(Path("fifo").c_str(), 0600), 0);
  for (const std::string& path : {root_, Path("fifo")}) {
    const auto file = files_.Open(path);
    ASSERT_FALSE(file.ok());
    EXPECT_EQ(Message(file.status()), "cannot open " + path + ": not a regular file");
  }
}

TEST_F(PosixFileSystemTest, RenameReplaces) {
  Write(Path("new"), "new");
  Write(Path("old"), "old");
  EXPECT_TRUE(files_.Rename(Path("new"), Path("old")).ok());
  EXPECT_EQ(Content(Path("old")), "new");
  EXPECT_EQ(files_.Kind(Path("new")), FileKind::kMissing);
}

TEST_F(PosixFileSystemTest, RemovedFilesAreGone) {
  Write(Path("a"), "x");
  EXPECT_TRUE(files_.Remove(Path("a")).ok());
  EXPECT_EQ(files_.Kind(Path("a")), FileKind::kMissing);
}

TEST_F(PosixFileSystemTest, ListsAreSorted) {
  for (const char* name : {"b", "a10", "c", "a9", ".hidden"}) Write(Path(name), "");
  ASSERT_TRUE(files_.CreateDirectory(Path("directory")).ok());
  const auto names = files_.List(root_);
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(*names, Names({".hidden", "a10", "a9", "b", "c", "directory"}));
  EXPECT_EQ(files_.List(Path("directory"))->size(), 0u);
}

TEST_F(PosixFileSystemTest, KindsAreToldApart) {
  Write(Path("file"), "");
  EXPECT_EQ(files_.Kind(Path("file")), FileKind::kFile);
  EXPECT_EQ(files_.Kind(root_), FileKind::kDirectory);
  EXPECT_EQ(files_.Kind(Path("none")), FileKind::kMissing);
  EXPECT_EQ(files_.Kind("/dev/null"), FileKind::kOther);
}

TEST_F(PosixFileSystemTest, DirectoriesAreTheirOwnersAndOneLevelDeep) {
  EXPECT_TRUE(files_.CreateDirectory(Path("d")).ok());
  EXPECT_EQ(Mode(Path("d")), 0700u);
  EXPECT_EQ(Message(files_.CreateDirectory(Path("d"))),
            "cannot create directory " + Path("d") + ": File exists");
  EXPECT_FALSE(files_.CreateDirectory(Path("x/y")).ok());
  EXPECT_TRUE(files_.SyncDirectory(Path("d")).ok());
}

TEST_F(PosixFileSystemTest, OnlyAnEmptyDirectoryIsRemoved) {
  ASSERT_TRUE(files_.CreateDirectory(Path("d")).ok());
  ASSERT_TRUE(files_.Create(Path("d/file")).ok());
  EXPECT_EQ(Message(files_.RemoveDirectory(Path("d"))),
            "cannot remove directory " + Path("d") + ": Directory not empty");
  ASSERT_TRUE(files_.Remove(Path("d/file")).ok());
  EXPECT_TRUE(files_.RemoveDirectory(Path("d")).ok());
  EXPECT_EQ(files_.Kind(Path("d")), FileKind::kMissing);
}

TEST_F(PosixFileSystemTest, ARenamedDirectoryTakesItsFilesAlong) {
  ASSERT_TRUE(files_.CreateDirectory(Path("d")).ok());
  ASSERT_TRUE(files_.Create(Path("d/file")).ok());
  ASSERT_TRUE(files_.Rename(Path("d"), Path("e")).ok());
  EXPECT_EQ(files_.Kind(Path("d")), FileKind::kMissing);
  EXPECT_EQ(files_.Kind(Path("e/file")), FileKind::kFile);
}

TEST_F(PosixFileSystemTest, AMissingFilesErrorNamesItsPath) {
  const std::string none = Path("none");
  const std::string end = ": No such file or directory";
  EXPECT_EQ(Message(files_.Open(none).status()), "cannot open " + none + end);
  EXPECT_EQ(Message(files_.Remove(none)), "cannot remove " + none + end);
  EXPECT_EQ(Message(files_.List(none).status()), "cannot list " + none + end);
  EXPECT_EQ(Message(files_.SyncDirectory(none)), "cannot open directory " + none + end);
  EXPECT_EQ(Message(files_.Rename(none, Path("b"))),
            "cannot rename " + none + " to " + Path("b") + end);
  EXPECT_EQ(Message(files_.FreeBytes(none).status()),
            "cannot ask for the free space of " + none + end);
  EXPECT_EQ(Message(files_.Create(Path("none/a")).status()),
            "cannot create " + Path("none/a") + end);
}

TEST_F(PosixFileSystemTest, AFileLargerThanTheLimitIsNotRead) {
  Write(Path("a"), "12345");
  EXPECT_EQ(*ReadFile(files_, Path("a"), 5), "12345");
  EXPECT_EQ(Message(ReadFile(files_, Path("a"), 4).status()),
            Path("a") + ": 5 bytes, more than the 4 expected");
}

TEST_F(PosixFileSystemTest, AnAtomicWriteReplacesAndLeavesNoTemporary) {
  EXPECT_TRUE(WriteFileAtomically(files_, Path("a"), "first, longer").ok());
  EXPECT_EQ(Content(Path("a")), "first, longer");
  EXPECT_TRUE(WriteFileAtomically(files_, Path("a"), "second").ok());
  EXPECT_EQ(Content(Path("a")), "second");
  EXPECT_EQ(*files_.List(root_), Names({"a"}));
}

TEST_F(PosixFileSystemTest, AnAtomicWriteReplacesTheTemporaryOfAnInterruptedOne) {
  Write(Path("a.tmp"), "torn");
  EXPECT_TRUE(WriteFileAtomically(files_, Path("a"), "whole").ok());
  EXPECT_EQ(Content(Path("a")), "whole");
  EXPECT_EQ(*files_.List(root_), Names({"a"}));
}

TEST_F(PosixFileSystemTest, AFailedAtomicWriteLeavesNoTemporary) {
  ASSERT_TRUE(files_.CreateDirectory(Path("a")).ok());
  EXPECT_FALSE(WriteFileAtomically(files_, Path("a"), "x").ok());
  EXPECT_EQ(*files_.List(root_), Names({"a"}));
}

TEST(PathTest, PathsAreJoinedWithOneSlash) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
}

TEST(PathTest, TheDirectoryOfAPathIsAllBeforeItsLastName) {
  EXPECT_EQ(DirectoryOf("a/b"), "a");
  EXPECT_EQ(DirectoryOf("/a/b/c"), "/a/b");
  EXPECT_EQ(DirectoryOf("a/b/"), "a");
  EXPECT_EQ(DirectoryOf("/a"), "/");
  EXPECT_EQ(DirectoryOf("/"), "/");
  EXPECT_EQ(DirectoryOf("a"), ".");
  EXPECT_EQ(DirectoryOf(""), ".");
}

}  // namespace
}  // namespace shadowreel
