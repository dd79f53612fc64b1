// reel import and reel export: from a recording to a file and back.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"
#include "formats/reel/diff.h"
#include "formats/reel/export.h"
#include "formats/reel/import.h"
#include "formats/reel/recording_access.h"
#include "tests/fakes/fake_clock.h"
#include "tests/formats/exchange/hostile_records.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

const char kGor[] =
    "1 a 1700000000000000000 5000\nGET /a?token=x HTTP/1.1\r\nHost: shop\r\n"
    "Authorization: Bearer abc\r\n\r\n\n\xF0\x9F\x90\xB5\xF0\x9F\x99\x88\xF0\x9F\x99\x89\n"
    "2 a 1700000000000100000 1000\nHTTP/1.1 200 OK\r\nSet-Cookie: sid=abc\r\n"
    "Content-Length: 2\r\n\r\nok\n\xF0\x9F\x90\xB5\xF0\x9F\x99\x88\xF0\x9F\x99\x89\n";

class ExchangeTest : public ::testing::Test {
 protected:
  Ran Import(const std::vector<std::string>& paths, const std::string& out,
             RedactionMode redaction = RedactionMode::kOff, const std::string& format = "") {
    ImportOptions options;
    options.paths = paths;
    options.format = format;
    options.out = directory_ + "/" + out;
    options.redaction = redaction;
    return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
      return ImportFiles(files, FakeClock(), options, output, notices);
    });
  }

  Ran Export(const std::string& recording, const std::string& format, const std::string& out = "",
             RecoveryMode recovery = RecoveryMode::kStrict) {
    return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
      return ExportRecords(files, {{recording}, format, out, recovery}, output, notices);
    });
  }

  Ran Differ(const std::string& a, const std::string& b, bool across_versions = false) {
    DiffOptions options{a, b, {}};
    options.tolerances.across_versions = across_versions;
    return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
      return Diff(files, options, output, notices);
    });
  }

  std::string Path(const std::string& name) const { return directory_ + "/" + name; }
  std::string File(const std::string& name, std::string_view text) const {
    WriteText(Path(name), text);
    return Path(name);
  }

  const std::string directory_ = NewDirectory("exchange");
};

TEST_F(ExchangeTest, WhatAFormatHoldsComesBackWithoutADifference) {
  const std::string original = WriteRecording("original", PlainRecords());
  for (const std::string format : {"gor", "vegeta"}) {
    const Ran written = Export(original, format, Path(format));
    ASSERT_EQ(*written.result, ExitCode::kPass) << written.warned;
    const Ran read = Import({Path(format)}, format + ".rec", RedactionMode::kOff, format);
    ASSERT_TRUE(read.result.ok()) << read.result.status();
    EXPECT_EQ(read.printed, "imported 12 requests, 0 responses\n");
    const Ran differ = Differ(original, Path(format + ".rec"));
    EXPECT_EQ(*differ.result, ExitCode::kPass) << format << differ.printed;
  }
}

TEST_F(ExchangeTest, Http2ComesBackAcrossVersions) {
  std::vector<Record> records = {Http2Record()};
  Number(&records);
  const std::string original = WriteRecording("original", records);
  const Ran written = Export(original, "gor", Path("a.gor"));
  EXPECT_NE(written.warned.find("1  HTTP/2 request written as HTTP/1.1 (record 1)"),
            std::string::npos)
      << written.warned;
  ASSERT_TRUE(Import({Path("a.gor")}, "b").result.ok());
  EXPECT_EQ(*Differ(original, Path("b")).result, ExitCode::kFailed);
  const Ran differ = Differ(original, Path("b"), true);
  EXPECT_EQ(*differ.result, ExitCode::kPass) << differ.printed;
}

TEST_F(ExchangeTest, SecretsNeverReachTheRecording) {
  const Ran ran = Import({File("a.gor", kGor)}, "a", RedactionMode::kCredentials);
  ASSERT_TRUE(ran.result.ok()) << ran.result.status();
  EXPECT_EQ(ran.printed, "imported 1 requests, 1 responses\n");
  EXPECT_TRUE(std::filesystem::exists(Path("a.key")));
  const Ran text = Export(Path("a"), "gor");
  EXPECT_EQ(text.printed.find("abc"), std::string::npos) << text.printed;
  EXPECT_EQ(text.printed.find("token=x"), std::string::npos) << text.printed;
  EXPECT_NE(text.printed.find("Bearer sr1a"), std::string::npos) << text.printed;
  EXPECT_NE(text.printed.find("sid=sr1c"), std::string::npos) << text.printed;
  // Exported and imported again, tokens stay.
  ASSERT_TRUE(Import({File("b.gor", text.printed)}, "b", RedactionMode::kCredentials).result.ok());
  EXPECT_EQ(*Differ(Path("a"), Path("b")).result, ExitCode::kPass);
}

TEST_F(ExchangeTest, ARecordingSaysHowItWasMade) {
  ASSERT_TRUE(Import({File("v.json", R"({"method":"GET","url":"http://a/"})")}, "v").result.ok());
  PosixFileSystem files;
  const auto segment = SegmentReader::Open(files, Path("v") + "/000001.seg");
  ASSERT_TRUE(segment.ok()) << segment.status();
  EXPECT_EQ((*segment)->header().lineage().made_by(),
            "reel import --format=vegeta --start=2000-01-01T00:00:00Z --rate=100");
  EXPECT_EQ((*segment)->header().redaction_mode(), "off");
}

TEST_F(ExchangeTest, ACutResponseSwallowsNoRecordThatFollows) {
  std::string har = R"({"log":{"entries":[)";
  constexpr int kLengths = 400;  // some end where a later record does
  for (int length = 1; length <= kLengths; ++length) {
    har += fmt::format(
        R"({}{{"startedDateTime":"2023-11-14T22:13:20.5Z","request":{{"method":"GET",)"
        R"("url":"http://shop/x","httpVersion":"HTTP/1.1"}},"response":{{"status":200,)"
        R"("headers":[{{"name":"Content-Length","value":"{}"}}],"content":{{"size":9}}}}}})",
        length == 1 ? "" : ",", length);
  }
  ASSERT_TRUE(Import({File("cut.har", har + "]}}")}, "a").result.ok());
  ASSERT_TRUE(Export(Path("a"), "gor", Path("a.gor")).result.ok());
  const Ran ran = Import({Path("a.gor")}, "b");
  EXPECT_TRUE(ran.printed.starts_with("imported 400 requests, 400 responses\n")) << ran.printed;
}

TEST_F(ExchangeTest, AnExportNeverReplacesASegment) {
  const std::string original = WriteRecording("original", PlainRecords());
  const std::string renamed = Path("backup.json");
  std::filesystem::copy(original + "/000001.seg", renamed);
  for (const std::string& out :
       {original + "/000001.seg", original + "/new.seg", original + "/new.seg.open", renamed}) {
    const Ran ran = Export(original, "vegeta", out);
    EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUsage) << out;
  }
  EXPECT_EQ(*Differ(original, renamed).result, ExitCode::kPass);
  EXPECT_FALSE(std::filesystem::exists(original + "/new.seg"));
  // Any other file is replaced.
  EXPECT_TRUE(Export(original, "vegeta", File("old.json", "old")).result.ok());
}

TEST_F(ExchangeTest, FilesGoOnWhereOneIsBroken) {
  const std::string broken = File("broken.gor", std::string("\x1f\x8b\x08 no gzip", 11));
  const std::string odd = File("odd.gor", "odd");
  const Ran ran = Import({broken, odd, File("a.gor", kGor)}, "a");
  ASSERT_TRUE(ran.result.ok()) << ran.result.status();
  EXPECT_EQ(*ran.result, ExitCode::kPass);
  const std::vector<std::string> lines = Lines(ran.printed);
  ASSERT_EQ(lines.size(), 4u) << ran.printed;
  EXPECT_EQ(lines[0], "imported 1 requests, 1 responses");
  EXPECT_EQ(lines[1], "left out 2:");
  EXPECT_EQ(lines[2],
            "           1  record with fewer than three meta fields (" + odd + ": offset 0)");
  EXPECT_TRUE(lines[3].starts_with("           1  rest of a file (" + broken + ": ")) << lines[3];
}

TEST_F(ExchangeTest, NothingImportedIsAnErrorAndLeavesNoRecording) {
  for (const std::string format : {"gor", "vegeta"}) {
    for (const std::string& content : {std::string(), AllBytes(), std::string(1 << 20, '\0')}) {
      const Ran ran = Import({File("file", content)}, "x", RedactionMode::kOff, format);
      EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUnusable);
      EXPECT_FALSE(std::filesystem::exists(Path("x")));
      EXPECT_FALSE(std::filesystem::exists(Path("x.partial")));
    }
  }
  const Ran missing = Import({File("a.gor", kGor), Path("none.gor")}, "y");
  EXPECT_EQ(ExitCodeFor(missing.result.status()), ExitCode::kUnusable);
  EXPECT_FALSE(std::filesystem::exists(Path("y")));
}

TEST_F(ExchangeTest, AKeyStaysOnlyBesideARecording) {
  const std::string nothing = File("nothing.gor", "odd");
  EXPECT_FALSE(Import({nothing}, "x", RedactionMode::kCredentials, "gor").result.ok());
  EXPECT_FALSE(std::filesystem::exists(Path("x.key")));
  ASSERT_TRUE(Import({File("a.gor", kGor)}, "x", RedactionMode::kCredentials).result.ok());
  EXPECT_TRUE(std::filesystem::exists(Path("x.key")));
  // What was there before the import is not its own to remove.
  EXPECT_FALSE(Import({nothing}, "x", RedactionMode::kCredentials, "gor").result.ok());
  EXPECT_TRUE(std::filesystem::exists(Path("x.key")));
}

TEST_F(ExchangeTest, WhatACrashLeftIsExportedWhenAskedFor) {
  const std::string directory = NewDirectory("crashed");
  WriteSegment(directory, {SampleRecord(0)}, {.sealed = false});
  EXPECT_FALSE(Export(directory, "gor").result.ok());
  const Ran ran = Export(directory, "gor", "", RecoveryMode::kTail);
  ASSERT_TRUE(ran.result.ok()) << ran.result.status();
  EXPECT_NE(ran.printed.find("/cart/0"), std::string::npos) << ran.printed;
}

TEST_F(ExchangeTest, AnUnclearFormatIsAnError) {
  const auto expect = [&](const std::vector<std::string>& paths, std::string_view part,
                          const std::string& format = "") {
    const Ran ran = Import(paths, "out", RedactionMode::kOff, format);
    EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUsage);
    EXPECT_NE(Message(ran.result.status()).find(part), std::string::npos) << ran.result.status();
  };
  expect({File("odd", "odd")}, "cannot tell its format; name it with --format=");
  expect({File("a.gor", kGor), File("v", R"({"method":"GET","url":"http://a/"})")},
         "import one format at a time");
  expect({Path("a.gor")}, "--format: 'curl' is not a format", "curl");
}

TEST_F(ExchangeTest, OddTimesAreErrors) {
  const std::string file = File("a.gor", kGor);
  for (const std::string start : {"", "10m", "yesterday"}) {
    ImportOptions options{{file}, "", Path("o"), RedactionMode::kOff};
    options.start = start;
    const Ran ran = RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
      return ImportFiles(files, FakeClock(), options, output, notices);
    });
    EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUsage) << start;
  }
  for (const double rate : {0.0, -1.0, 2e6}) {
    ImportOptions options{{file}, "", Path("o"), RedactionMode::kOff};
    options.rate = rate;
    const Ran ran = RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
      return ImportFiles(files, FakeClock(), options, output, notices);
    });
    EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUsage) << rate;
  }
}

TEST_F(ExchangeTest, RequestsThatAreNotWholeAreLeftOut) {
  std::vector<Record> records = {SampleRecord(0), SampleRecord(1), SampleRecord(2)};
  records[0].complete = false;
  records[1].truncated = true;
  records[2].weight = 2;
  const Ran ran = Export(WriteRecording("parts", records), "gor");
  EXPECT_EQ(*ran.result, ExitCode::kPass);
  EXPECT_EQ(ran.warned,
            "reel: left out 2:\n"
            "reel:            2  request that is not whole (record 1; record 2)\n"
            "reel: not as it was 1:\n"
            "reel:            1  weight of a sampled request (record 3)\n");
  records.resize(2);
  const Ran none = Export(WriteRecording("none", records), "gor", Path("none.gor"));
  EXPECT_EQ(ExitCodeFor(none.result.status()), ExitCode::kUnusable);
  EXPECT_FALSE(std::filesystem::exists(Path("none.gor")));
  EXPECT_FALSE(std::filesystem::exists(Path("none.gor.partial")));
}

TEST_F(ExchangeTest, AFileIsReplacedWholeOrNotAtAll) {
  const std::string recording = WriteRecording("one", {SampleRecord(0)});
  const std::string out = File("out.gor", "older");
  File("out.gor.partial", "another's");
  EXPECT_EQ(ExitCodeFor(Export(recording, "gor", out).result.status()), ExitCode::kUnusable);
  PosixFileSystem files;
  EXPECT_EQ(*ReadFile(files, out, 100), "older");
  EXPECT_EQ(*ReadFile(files, out + ".partial", 100), "another's");
  std::filesystem::remove(out + ".partial");
  EXPECT_TRUE(Export(recording, "gor", out).result.ok());
  EXPECT_EQ(*ReadFile(files, out, 10'000), Export(recording, "gor").printed);
  EXPECT_FALSE(std::filesystem::exists(out + ".partial"));
  EXPECT_FALSE(Export(recording, "gor", directory_).result.ok());
  EXPECT_FALSE(Export(recording, "gor", "/dev/null").result.ok());
}

}  // namespace
}  // namespace shadowreel
