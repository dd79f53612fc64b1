#include "scenarios/terms/sample_key.h"

#include <gtest/gtest.h>

#include "base/exit_code.h"
#include "base/status.h"

namespace shadowreel {
namespace {

TEST(SampleKeyTest, IsOfRecordsOrOfAHeader) {
  EXPECT_EQ(ParseSampleKey("record").value(), "");
  EXPECT_EQ(ParseSampleKey("header:x-user").value(), "x-user");
}

TEST(SampleKeyTest, AnythingElseIsRefused) {
  for (const char* text :
       {"", "cookie", "Record", "header", "header:", "header:a b", "header:a:"}) {
    const auto key = ParseSampleKey(text);
    ASSERT_FALSE(key.ok()) << text;
    EXPECT_EQ(ExitCodeFor(key.status()), ExitCode::kUsage);
    EXPECT_EQ(Message(key.status()), "'" + std::string(text) + "': write record or header:NAME");
  }
}

}  // namespace
}  // namespace shadowreel
