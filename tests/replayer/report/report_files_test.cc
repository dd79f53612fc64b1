#include "replayer/report/report_files.h"

#include <gtest/gtest.h>

#include "base/exit_code.h"
#include "base/status.h"
#include "tests/fakes/faulty_file_system.h"

namespace shadowreel {
namespace {

constexpr ReportFiles kNone{};

ReportFiles Both() { return {.junit = "d/run.xml", .markdown = "d/run.md"}; }

ReportFiles Appended() { return {.junit = "", .markdown = "d/summary", .append_markdown = true}; }

TEST(ReportFilesTest, NothingAskedForIsNothingDone) {
  FaultyFileSystem files({"d"});
  EXPECT_TRUE(CheckReportFiles(kNone, files).ok());
  EXPECT_TRUE(WriteReportFiles(kNone, "x", "m", files).ok());
  EXPECT_EQ(files.calls(), 0u);
}

TEST(ReportFilesTest, BothAreWrittenWholeAndReplaceOlderOnes) {
  FaultyFileSystem files({"d"});
  files.SetContents("d/run.xml", "old");
  ASSERT_TRUE(WriteReportFiles(Both(), "<x/>", "# m", files).ok());
  EXPECT_EQ(files.Contents("d/run.xml"), "<x/>");
  EXPECT_EQ(files.Contents("d/run.md"), "# m");
  EXPECT_EQ(files.Kind("d/run.xml.tmp"), FileKind::kMissing);
}

TEST(ReportFilesTest, ACheckLeavesNothingAndKeepsWhatIsThere) {
  FaultyFileSystem files({"d"});
  files.SetContents("d/run.xml", "old");
  files.SetContents("d/run.md.tmp", "of a run that was killed");
  ASSERT_TRUE(CheckReportFiles(Both(), files).ok());
  EXPECT_EQ(files.Contents("d/run.xml"), "old");
  EXPECT_EQ(*files.List("d"), std::vector<std::string>{"run.xml"});
}

TEST(ReportFilesTest, AStepSummaryIsAppendedTo) {
  FaultyFileSystem files({"d"});
  files.SetContents("d/summary", "of another step");
  ASSERT_TRUE(CheckReportFiles(Appended(), files).ok());
  EXPECT_EQ(files.Contents("d/summary"), "of another step");
  ASSERT_TRUE(WriteReportFiles(Appended(), "", "# m\n", files).ok());
  EXPECT_EQ(files.Contents("d/summary"), "of another step\n\n# m\n");
}

TEST(ReportFilesTest, TheRunsOwnDirectoryIsCreatedForThem) {
  FaultyFileSystem files({"d"});
  const ReportFiles reports = {.junit = "d/run/x.xml", .markdown = "", .directory = "d/run"};
  ASSERT_TRUE(CheckReportFiles(reports, files).ok());
  EXPECT_EQ(files.Kind("d/run"), FileKind::kDirectory);
  EXPECT_TRUE(CheckReportFiles(reports, files).ok());
}

TEST(ReportFilesTest, ADirectoryThatIsMissingIsFoundBeforeTheRun) {
  FaultyFileSystem files({"d"});
  ReportFiles reports = Both();
  reports.markdown = "missing/run.md";
  const absl::Status status = CheckReportFiles(reports, files);
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUnusable);
  EXPECT_TRUE(Message(status).starts_with("--markdown: cannot create missing/run.md.tmp: "));
  reports = Appended();
  reports.markdown = "missing/summary";
  EXPECT_EQ(ExitCodeFor(CheckReportFiles(reports, files)), ExitCode::kUnusable);
}

TEST(ReportFilesTest, ADirectoryIsNoReport) {
  FaultyFileSystem files({"d"});
  EXPECT_EQ(Message(CheckReportFiles({.junit = "d", .markdown = ""}, files)),
            "--junit: d is a directory");
  EXPECT_EQ(
      Message(CheckReportFiles({.junit = "", .markdown = "d", .append_markdown = true}, files)),
      "--markdown: d is a directory");
}

TEST(ReportFilesTest, EveryFailingCallIsAnErrorThatNamesTheFlagAndTheOtherReportIsWritten) {
  for (const FileCall call : {FileCall::kCreate, FileCall::kAppend, FileCall::kSync,
                              FileCall::kClose, FileCall::kRename, FileCall::kSyncDirectory}) {
    FaultyFileSystem files({"d"});
    files.Inject({.call = call, .nth = 1});
    const absl::Status status = WriteReportFiles(Both(), "<x/>", "# m", files);
    EXPECT_EQ(ExitCodeFor(status), ExitCode::kUnusable);
    EXPECT_TRUE(Message(status).starts_with("--junit: ")) << Message(status);
    EXPECT_EQ(files.Contents("d/run.md"), "# m");
  }
  for (const FileCall call : {FileCall::kOpenToAppend, FileCall::kAppend, FileCall::kClose}) {
    FaultyFileSystem files({"d"});
    files.Inject({.call = call, .nth = 1});
    const absl::Status status = WriteReportFiles(Appended(), "", "# m", files);
    EXPECT_TRUE(Message(status).starts_with("--markdown: ")) << Message(status);
  }
}

}  // namespace
}  // namespace shadowreel
