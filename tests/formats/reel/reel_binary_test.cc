#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include "base/status.h"
#include "tests/formats/reel/recordings.h"

// The program itself: its exit codes and what reaches its streams.
namespace shadowreel {
namespace {

struct Ended {
  int code;
  std::string text;  // stdout and stderr, unless redirected
};

// `arguments` is a shell's text after the program's name.
Ended Reel(const std::string& arguments) {
  std::FILE* pipe = popen(("( formats/reel " + arguments + " ) 2>&1").c_str(), "r");
  Ended ended{-1, ""};
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    ended.text.append(buffer.data(), count);
  }
  ended.code = WEXITSTATUS(pclose(pipe));
  return ended;
}

class ReelBinaryTest : public ::testing::Test {
 protected:
  void ExpectOneLine(const std::string& arguments, int code, const std::string& part) {
    const Ended ended = Reel(arguments);
    EXPECT_EQ(ended.code, code) << arguments << '\n' << ended.text;
    EXPECT_EQ(Lines(ended.text).size(), 1u) << ended.text;
    EXPECT_TRUE(ended.text.starts_with("reel: ")) << ended.text;
    EXPECT_NE(ended.text.find(part), std::string::npos) << ended.text;
  }

  const std::string recording_ = WriteRecording("good", {SampleRecord(0), SampleRecord(1)});
};

TEST_F(ReelBinaryTest, EachVerbWorks) {
  EXPECT_EQ(Reel("inspect " + recording_).code, 0);
  EXPECT_EQ(Reel("inspect --json " + recording_).code, 0);
  EXPECT_EQ(Reel("verify " + recording_).code, 0);
  EXPECT_EQ(Reel("diff " + recording_ + " " + recording_).code, 0);
  const Ended cat = Reel("cat " + recording_ + " --format=jsonl --first=1");
  EXPECT_EQ(cat.code, 0);
  EXPECT_EQ(Lines(cat.text).size(), 1u) << cat.text;
  EXPECT_TRUE(cat.text.starts_with("{\"schema_version\":1,")) << cat.text;
}

TEST_F(ReelBinaryTest, WrongUseIsOneLineAndExit2) {
  ExpectOneLine("", 2, "no verb; use inspect, cat, verify or diff");
  ExpectOneLine("frobnicate " + recording_, 2, "unknown verb 'frobnicate'; use inspect, cat,");
  ExpectOneLine("cat", 2, "cat what? reel cat RECORDING...");
  ExpectOneLine("diff " + recording_, 2, "diff does not take 1 paths: reel diff A B");
  ExpectOneLine("cat --frmat=jsonl " + recording_, 2, "did you mean --format?");
  ExpectOneLine("cat --format=xml " + recording_, 2, "--format: 'xml' is not a format");
  ExpectOneLine("cat --first=-1 " + recording_, 2, "--first=-1");
  const std::string pair = recording_ + " " + recording_;
  ExpectOneLine("diff --tolerate=nginx " + pair, 2,
                "--tolerate: 'nginx' is not known; the one known value is curl");
  ExpectOneLine("cat --across_versions " + recording_, 2, "is a flag of diff, not of cat");
  ExpectOneLine("verify --json " + recording_, 2, "--json is a flag of inspect, not of verify");
}

TEST_F(ReelBinaryTest, HelpAndVersionExit0) {
  const Ended help = Reel("--help");
  EXPECT_EQ(help.code, 0);
  EXPECT_TRUE(help.text.starts_with("usage: reel VERB")) << help.text;
  EXPECT_NE(help.text.find("--secrets"), std::string::npos);
  EXPECT_EQ(Reel("--version").code, 0);
}

TEST_F(ReelBinaryTest, UnusableInputIsOneLineAndExit6) {
  const std::string empty = NewDirectory("empty");
  const std::string odd = NewDirectory("odd");
  WriteText(odd + "/text.seg", "some text that is not a segment at all");
  const std::string cut = WriteRecording("cut", {SampleRecord(0)}) + "/000001.seg";
  std::filesystem::resize_file(cut, FileSize(cut) / 2);
  const std::vector<std::string> verbs = {"inspect ", "cat ", "diff " + recording_ + " "};
  for (const std::string& verb : verbs) {
    ExpectOneLine(verb + empty, 6, empty);
    ExpectOneLine(verb + odd, 6, "text.seg");
    ExpectOneLine(verb + cut, 6, cut);
    ExpectOneLine(verb + empty + "/none", 6, "no such file");
  }
  ExpectOneLine("verify " + empty, 6, empty);
  ExpectOneLine("verify " + empty + "/none", 6, "no such file");
}

TEST_F(ReelBinaryTest, DamageAndDifferencesExit1) {
  const std::string other = WriteRecording("other", {SampleRecord(0)});
  EXPECT_EQ(Reel("diff " + recording_ + " " + other).code, 1);
  FlipByte(other + "/000001.seg", 200);
  EXPECT_EQ(Reel("verify " + other).code, 1);
}

TEST_F(ReelBinaryTest, DiffToleratesWhatItIsToldTo) {
  Record lower = SampleRecord(0);
  lower.headers.Clear();
  lower.headers.Add("Accept", "*/*");
  lower.headers.Add("host", "shop-shadow:8080");
  lower.headers.Add("Content-Length", "5");
  const std::string original = WriteRecording("original", {lower});
  const std::string replayed = WriteRecording("replayed", {SampleRecord(0)});
  const std::string pair = original + " " + replayed;
  EXPECT_EQ(Reel("diff " + pair).code, 1);
  EXPECT_EQ(Reel("diff --across_versions " + pair).code, 1);
  const Ended tolerant = Reel("diff --tolerate=curl --across_versions " + pair);
  EXPECT_EQ(tolerant.code, 0) << tolerant.text;
  EXPECT_NE(tolerant.text.find("host moved to the front 1; host spelled Host 1\n"),
            std::string::npos)
      << tolerant.text;
}

TEST_F(ReelBinaryTest, OneChangedByteExits1) {
  Record changed = SampleRecord(1);
  changed.body.back() ^= 1;
  const std::string other = WriteRecording("other", {SampleRecord(0), changed});
  for (const std::string flags : {"", "--tolerate=curl ", "--across_versions "}) {
    const Ended ended = Reel("diff " + flags + recording_ + " " + other);
    EXPECT_EQ(ended.code, 1) << ended.text;
    EXPECT_NE(ended.text.find("body: \"hello\" -> \"helln\" (byte 4;"), std::string::npos)
        << ended.text;
  }
}

TEST_F(ReelBinaryTest, AReaderThatLeavesEndsItQuietly) {
  std::vector<Record> many;
  for (int i = 0; i < 5000; ++i) many.push_back(SampleRecord(i));
  const std::string recording = WriteRecording("many", many);
  // The shell's own status file: a pipeline reports its last command only.
  const std::string status = NewDirectory("status") + "/code";
  const Ended ended = Reel("--version >/dev/null; ( formats/reel cat " + recording +
                           "; echo $? > " + status + " ) | head -n 1");
  EXPECT_EQ(Lines(ended.text).size(), 1u) << ended.text;
  PosixFileSystem files;
  EXPECT_EQ(*ReadFile(files, status, 10), "0\n");
}

TEST_F(ReelBinaryTest, AFullDiskIsOneLineAndExit6) {
  ExpectOneLine("cat " + recording_ + " >/dev/full", 6, "No space left on device");
  ExpectOneLine("inspect " + recording_ + " >/dev/full", 6, "No space left on device");
}

}  // namespace
}  // namespace shadowreel
