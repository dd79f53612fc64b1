#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "base/posix_file_system.h"
#include "base/status.h"
#include "formats/redaction/redactor.h"

namespace shadowreel {
namespace {

class RedactionKeyTest : public ::testing::Test {
 protected:
  std::string PathOf(const std::string& name) {
    const std::string path = JoinPath(::testing::TempDir(), "redaction_key_test_" + name);
    ::unlink(path.c_str());
    return path;
  }

  static std::string Content(const std::string& path) {
    std::ostringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    return content.str();
  }

  PosixFileSystem files_;
};

TEST_F(RedactionKeyTest, MissingFileIsMadeForItsOwnerOnly) {
  const std::string path = PathOf("made");
  auto key = LoadOrCreateRedactionKey(files_, path);
  ASSERT_TRUE(key.ok()) << Message(key.status());
  EXPECT_EQ(key->bytes.size(), 32u);
  struct stat status;
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  const std::string content = Content(path);
  ASSERT_EQ(content.size(), 65u);
  EXPECT_EQ(content.find_first_not_of("0123456789abcdef"), 64u);
  EXPECT_EQ(content.back(), '\n');
}

TEST_F(RedactionKeyTest, MadeKeyIsReadAgain) {
  const std::string path = PathOf("again");
  auto made = LoadOrCreateRedactionKey(files_, path);
  ASSERT_TRUE(made.ok()) << Message(made.status());
  const std::string content = Content(path);
  auto read = LoadOrCreateRedactionKey(files_, path);
  ASSERT_TRUE(read.ok()) << Message(read.status());
  EXPECT_EQ(read->bytes, made->bytes);
  EXPECT_EQ(read->id, made->id);
  EXPECT_EQ(Content(path), content);
}

TEST_F(RedactionKeyTest, EachMadeKeyIsAnother) {
  auto one = LoadOrCreateRedactionKey(files_, PathOf("one"));
  auto two = LoadOrCreateRedactionKey(files_, PathOf("two"));
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_NE(one->bytes, two->bytes);
  EXPECT_NE(one->id, two->id);
}

TEST_F(RedactionKeyTest, IdIsSixteenHexDigitsThatAreNotInTheFile) {
  const std::string path = PathOf("id");
  auto key = LoadOrCreateRedactionKey(files_, path);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->id.size(), 16u);
  EXPECT_EQ(key->id.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(Content(path).find(key->id), std::string::npos);
}

// HMAC-SHA-256 of "shadowreel key id" under 32 bytes 0xaa, its first 8 bytes.
TEST_F(RedactionKeyTest, IdOfAGivenKeyStays) {
  const std::string path = PathOf("given");
  std::ofstream(path, std::ios::binary) << std::string(64, 'a') << "\n";
  auto key = LoadOrCreateRedactionKey(files_, path);
  ASSERT_TRUE(key.ok()) << Message(key.status());
  EXPECT_EQ(key->bytes, std::string(32, '\xaa'));
  EXPECT_EQ(key->id, "3467d22e4bfaadde");
}

TEST_F(RedactionKeyTest, MalformedFileIsRefusedByNameAndKept) {
  const std::string digits(64, 'a');
  for (const std::string& content :
       {std::string(), digits, digits + "\n\n", digits.substr(1) + "\n", digits + "a\n",
        "g" + digits.substr(1) + "\n", std::string(5000, 'a')}) {
    const std::string path = PathOf("malformed");
    std::ofstream(path, std::ios::binary) << content;
    auto key = LoadOrCreateRedactionKey(files_, path);
    ASSERT_FALSE(key.ok()) << content;
    const std::string message = Message(key.status());
    EXPECT_NE(message.find(path), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_EQ(message.find("aaaa"), std::string::npos) << message;
    EXPECT_EQ(Content(path), content);
  }
}

TEST_F(RedactionKeyTest, DirectoryIsRefused) {
  auto key = LoadOrCreateRedactionKey(files_, ::testing::TempDir());
  ASSERT_FALSE(key.ok());
  EXPECT_EQ(key.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace shadowreel
