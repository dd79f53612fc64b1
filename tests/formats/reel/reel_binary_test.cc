#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
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

// Runs the program, sends it `signal` once `path` exists, and waits. Its wait status; its streams
// go to the file `log`.
int SignalledOnce(const std::string& path, const std::vector<std::string>& arguments, int signal,
                  const std::string& log) {
  std::vector<char*> argv = {const_cast<char*>("formats/reel")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    const int fd = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  while (!std::filesystem::exists(path)) {
    if (waitpid(child, &status, WNOHANG) != 0) return status;  // it ended too early
    usleep(200);
  }
  kill(child, signal);
  waitpid(child, &status, 0);
  return status;
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
  ExpectOneLine("", 2, "no verb; use inspect, cat, verify, ");
  ExpectOneLine("frobnicate " + recording_, 2, "unknown verb 'frobnicate'; use inspect, cat,");
  ExpectOneLine("cat", 2, "cat what? reel cat RECORDING...");
  ExpectOneLine("diff " + recording_, 2, "diff does not take 1 paths: reel diff A B");
  ExpectOneLine("cat --frmat=jsonl " + recording_, 2, "did you mean --format?");
  ExpectOneLine("cat --format=xml " + recording_, 2, "--format: 'xml' is not a format");
  ExpectOneLine("cat --first=-1 " + recording_, 2, "--first=-1");
  ExpectOneLine("verify --secrets= " + recording_, 2, "--secrets: empty; give it a value");
  ExpectOneLine("cut --percent= --out=unused " + recording_, 2, "--percent: empty");
  const std::string pair = recording_ + " " + recording_;
  ExpectOneLine("diff --tolerate=nginx " + pair, 2,
                "--tolerate: 'nginx' is not known; the one known value is curl");
  ExpectOneLine("cat --across_versions " + recording_, 2, "is a flag of diff, not of cat");
  ExpectOneLine("verify --json " + recording_, 2, "--json is a flag of inspect, not of verify");
}

TEST_F(ReelBinaryTest, UnsealedSegmentsAreReadWhenAskedForAndRecovered) {
  const std::string directory = NewDirectory("crashed");
  WriteSegment(directory, {SampleRecord(0)});
  WriteSegment(directory, {SampleRecord(1), SampleRecord(2)},
               {.name = "000002", .first_number = 2, .sequence = 2, .sealed = false});
  EXPECT_EQ(Lines(Reel("cat --format=jsonl " + directory + " 2>/dev/null").text).size(), 1u);
  const Ended tail = Reel("cat --recovery=tail --format=jsonl " + directory);
  EXPECT_EQ(tail.code, 0);
  EXPECT_EQ(Lines(tail.text).size(), 4u) << tail.text;
  EXPECT_NE(tail.text.find("000002.seg.open: not sealed"), std::string::npos) << tail.text;
  EXPECT_EQ(Reel("verify " + directory).code, 1);
  const Ended recovered = Reel("recover " + directory);
  EXPECT_EQ(recovered.code, 0) << recovered.text;
  EXPECT_NE(recovered.text.find("000002.seg: recovered, 2 records"), std::string::npos)
      << recovered.text;
  EXPECT_EQ(Reel("verify " + directory).code, 0);
  ExpectOneLine("cat --recovery=all " + directory, 2, "--recovery: 'all' is not a recovery mode");
}

TEST_F(ReelBinaryTest, MessagesThatNobodyTakesChangeNoExitCode) {
  EXPECT_EQ(Reel("inspect nowhere 2>/dev/full").code, 6);
  EXPECT_EQ(Reel("inspect nowhere 2>&-").code, 6);
  EXPECT_EQ(Reel("verify " + recording_ + " 2>&- <&-").code, 0);
  // What is written must not land where a closed stream was.
  const std::string out = NewDirectory("closed") + "/out";
  EXPECT_EQ(Reel("cut " + recording_ + " --out=" + out + " >&- 2>&- <&-").code, 6);
  EXPECT_EQ(Reel("verify " + out).code, 0);
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

TEST_F(ReelBinaryTest, CutAndMergeWriteRecordings) {
  const std::string out = NewDirectory("results");
  const Ended first = Reel("cut " + recording_ + " --first=1 --out=" + out + "/first/");
  EXPECT_EQ(first.code, 0) << first.text;
  EXPECT_TRUE(first.text.starts_with("kept 1 of 2 records")) << first.text;
  const Ended second =
      Reel("cut " + recording_ + " --from=1s --path=/cart --out " + out + "/second");
  EXPECT_EQ(second.code, 0) << second.text;
  const Ended merged = Reel("merge " + out + "/second " + out + "/first --out=" + out + "/both");
  EXPECT_EQ(merged.code, 0) << merged.text;
  EXPECT_TRUE(merged.text.starts_with("merged 2 records of 2 recordings")) << merged.text;
  EXPECT_EQ(Reel("verify " + out + "/both").code, 0);
  EXPECT_EQ(Reel("diff " + recording_ + " " + out + "/both").code, 0);
}

TEST_F(ReelBinaryTest, WrongCutsAreOneLineAndLeaveNothing) {
  const std::string results = NewDirectory("results");
  const std::string cut = "cut " + recording_ + " --out=" + results + "/out ";
  ExpectOneLine("cut " + recording_, 2, "--out: name the directory to write");
  ExpectOneLine("merge " + recording_ + " --out=" + results + "/out", 2,
                "merge does not take 1 paths");
  for (const char* percent : {"nan", "-1", "101", "inf"}) {
    ExpectOneLine(cut + "--percent=" + percent, 2, "--percent: '");
  }
  ExpectOneLine(cut + "--seed=-1", 2, "--seed=-1");
  ExpectOneLine(cut + "--first=nan", 2, "--first=nan");
  ExpectOneLine(cut + "--busiest=-5m", 2, "--busiest: '-5m' is not a duration");
  ExpectOneLine(cut + "--from=never", 2, "--from: 'never' is no time");
  ExpectOneLine(cut + "'--path=re:['", 2, "--path: 're:[' is no RE2 expression");
  ExpectOneLine(cut + "--methods=GET", 2, "did you mean --method?");
  ExpectOneLine("merge " + recording_ + " b --percent=5", 2, "is a flag of cut, not of merge");
  ExpectOneLine("merge " + recording_ + " " + recording_ + " --out=" + results + "/out", 2,
                "are the same segment");
  ExpectOneLine("cut " + recording_ + " --out=" + results, 2, "exists already");
  ExpectOneLine("cut " + recording_ + " --out=" + results + "/none/out", 6,
                "there is no directory");
  EXPECT_TRUE(std::filesystem::is_empty(results));
}

TEST_F(ReelBinaryTest, ADiskThatTakesNoMoreLeavesNothingAndExits6) {
  const std::string results = NewDirectory("results");
  // A limit of file size stands in for the disk's end; the signal it sends is ignored.
  const Ended ended = Reel("--version >/dev/null; trap '' XFSZ; ulimit -f 0; formats/reel cut " +
                           recording_ + " --out=" + results + "/out");
  EXPECT_EQ(ended.code, 6) << ended.text;
  EXPECT_EQ(Lines(ended.text).size(), 1u) << ended.text;
  EXPECT_NE(ended.text.find("File too large"), std::string::npos) << ended.text;
  EXPECT_TRUE(std::filesystem::is_empty(results));
}

TEST_F(ReelBinaryTest, AnInterruptLeavesNothingAndEndsItByTheSignal) {
  std::vector<Record> many;
  for (int i = 0; i < 100'000; ++i) many.push_back(SampleRecord(i));
  const std::string recording = WriteRecording("many", many);
  const std::string results = NewDirectory("results");
  const std::string log = NewDirectory("log") + "/text";
  const std::string out = results + "/out";
  for (const int signal : {SIGINT, SIGTERM}) {
    const int status = SignalledOnce(
        out + ".partial", {"cut", recording, "--busiest=100000s", "--out=" + out}, signal, log);
    PosixFileSystem files;
    const std::string text = *ReadFile(files, log, 1000);
    ASSERT_TRUE(WIFSIGNALED(status)) << text;
    EXPECT_EQ(WTERMSIG(status), signal);
    EXPECT_EQ(text, "reel: interrupted; nothing was written to " + out + "\n");
    EXPECT_TRUE(std::filesystem::is_empty(results));
  }
}

TEST_F(ReelBinaryTest, AFullDiskIsOneLineAndExit6) {
  ExpectOneLine("cat " + recording_ + " >/dev/full", 6, "No space left on device");
  ExpectOneLine("inspect " + recording_ + " >/dev/full", 6, "No space left on device");
}

}  // namespace
}  // namespace shadowreel
