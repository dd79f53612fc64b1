#include "formats/reel/secret_search.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

using Finding = SecretSearch::Finding;
using Findings = std::vector<Finding>;

class SecretSearchTest : public ::testing::Test {
 protected:
  SecretSearch Load(std::string_view content) {
    const std::string path = NewDirectory("secrets") + "/secrets.txt";
    WriteText(path, content);
    absl::StatusOr<SecretSearch> search = SecretSearch::Load(files_, path);
    EXPECT_TRUE(search.ok());
    return *search;
  }

  PosixFileSystem files_;
};

TEST_F(SecretSearchTest, EveryPlaceIsSearched) {
  const SecretSearch search = Load("unused\r\n\r\nhunter2\r\n");
  const Record clean = SampleRecord(0);
  EXPECT_EQ(search.Search(clean), Findings{});

  const std::string secret = "<hunter2>";
  Record record = clean;
  record.method = secret;
  record.target = "/a?b=hunter2";
  record.authority = secret;
  record.stripped_authority = secret;
  record.headers.Add(secret, "");
  record.headers.Add("Cookie", "a=hunter2");
  record.body = secret;
  record.trailers.Add("Sum", secret);
  record.peer = secret;
  EXPECT_EQ(search.Search(record), (Findings{{3, "method"},
                                             {3, "target"},
                                             {3, "authority"},
                                             {3, "stripped authority"},
                                             {3, "name of header 4"},
                                             {3, "value of header 5 (Cookie)"},
                                             {3, "body"},
                                             {3, "value of trailer 1 (Sum)"},
                                             {3, "peer"}}));
}

TEST_F(SecretSearchTest, ASecretInANameIsNotPrintedWithTheValue) {
  const SecretSearch search = Load("hunter2");
  Record record = SampleRecord(0);
  record.headers.Add("hunter2", "hunter2");
  EXPECT_EQ(search.Search(record), (Findings{{1, "name of header 4"}, {1, "value of header 4"}}));
}

TEST_F(SecretSearchTest, PercentEncodingHidesNothing) {
  const SecretSearch search = Load("p@ss word\n100%\na+b");
  Record record = SampleRecord(0);
  record.target = "/?p=p%40ss%20word";
  EXPECT_EQ(search.Search(record), (Findings{{1, "target"}}));
  record.target = "/?p=p%40ss+word";
  EXPECT_EQ(search.Search(record), (Findings{{1, "target"}}));
  record.target = "/?p=%p%4";  // no escapes
  EXPECT_EQ(search.Search(record), Findings{});
  record.target = "/?p=100%&q=%61%2Bb";
  EXPECT_EQ(search.Search(record), (Findings{{2, "target"}, {3, "target"}}));
  record.target = "/?p=%61+b";
  EXPECT_EQ(search.Search(record), (Findings{{3, "target"}}));
}

TEST_F(SecretSearchTest, AFileWithoutSecretsProvesNothingAndIsRefused) {
  const std::string path = NewDirectory("secrets") + "/secrets.txt";
  WriteText(path, "\n\r\n");
  EXPECT_EQ(ExitCodeFor(SecretSearch::Load(files_, path).status()), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeFor(SecretSearch::Load(files_, path + ".none").status()), ExitCode::kUnusable);
}

}  // namespace
}  // namespace shadowreel
