// Writes the reports of every example into a directory, for tests that read them with other
// people's tools: NAME.json, NAME.xml, NAME.md; of the run that was refused, refused.xml and
// refused.md.
#include <fmt/format.h>

#include <string>

#include "base/posix_file_system.h"
#include "base/status.h"
#include "replayer/report/json_report.h"
#include "replayer/report/junit_report.h"
#include "replayer/report/markdown_report.h"
#include "tests/replayer/report/report_examples.h"

namespace shadowreel {
namespace {

absl::Status WriteReports(const std::string& directory) {
  PosixFileSystem files;
  const auto write = [&](const std::string& name, const std::string& text) {
    return WriteFileAtomically(files, JoinPath(directory, name), text);
  };
  for (const ReportExample& example : ReportExamples()) {
    RETURN_IF_ERROR(write(example.name + ".json", JsonReport(example.summary)));
    RETURN_IF_ERROR(write(example.name + ".xml", JunitReport(example.summary, example.trouble)));
    RETURN_IF_ERROR(write(example.name + ".md", MarkdownReport(example.summary, example.trouble)));
  }
  RETURN_IF_ERROR(write("refused.xml", JunitReport(RefusedRun())));
  return write("refused.md", MarkdownReport(RefusedRun()));
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const absl::Status status = shadowreel::WriteReports(argv[1]);
  if (status.ok()) return 0;
  fmt::print(stderr, "write_reports: {}\n", shadowreel::Message(status));
  return 1;
}
