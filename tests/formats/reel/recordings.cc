#include "tests/formats/reel/recordings.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/check.h"
#include "base/status.h"
#include "formats/segment/segment_writer.h"
#include "tests/fakes/fake_clock.h"

namespace shadowreel {
namespace {

// A stream that collects in memory.
class MemoryStream {
 public:
  MemoryStream() : stream_(open_memstream(&bytes_, &size_)) {}
  ~MemoryStream() {
    std::fclose(stream_);
    std::free(bytes_);
  }
  MemoryStream(const MemoryStream&) = delete;
  MemoryStream& operator=(const MemoryStream&) = delete;

  std::FILE* stream() { return stream_; }
  std::string Text() {
    std::fflush(stream_);
    return std::string(bytes_, size_);
  }

 private:
  char* bytes_ = nullptr;
  size_t size_ = 0;
  std::FILE* stream_;
};

}  // namespace

WallTime At(double seconds) {
  return WallTime(std::chrono::seconds(1'700'000'000) +
                  std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(seconds)));
}

Record SampleRecord(int ordinal) {
  Record record;
  record.arrival = At(ordinal);
  record.completed = record.arrival + std::chrono::milliseconds(3);
  record.method = "POST";
  record.target = fmt::format("/cart/{}?item=1", ordinal);
  record.authority = "shop-shadow:8080";
  record.stripped_authority = "shop:8080";
  record.headers.Add("Host", "shop-shadow:8080");
  record.headers.Add("Accept", "*/*");
  record.headers.Add("Content-Length", "5");
  record.framing = Framing::kContentLength;
  record.body = "hello";
  record.wire_body_bytes = 5;
  record.connection = 7;
  record.peer = "192.0.2.1:4711";
  return record;
}

std::string NewDirectory(const std::string& name) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) /
                                     fmt::format("{}.{}", test->test_suite_name(), test->name()) /
                                     name;
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path.string();
}

std::string WriteSegment(const std::string& directory, const std::vector<Record>& records,
                         const SegmentContent& content) {
  PosixFileSystem files;
  const FakeClock clock;
  trace::SegmentHeader header;
  header.set_recording_uuid(content.recording);
  header.set_sequence(content.sequence);
  header.set_first_record_number(content.first_number);
  header.set_redaction_mode(content.redaction_mode);
  header.set_redaction_key_id(content.key_id);
  auto writer = SegmentWriter::Create(files, clock, directory, content.name, header);
  CHECK(writer.ok());
  for (const Record& record : records) CHECK((*writer)->Append(record).ok());
  CHECK((content.sealed ? (*writer)->Seal(content.ledger) : (*writer)->Flush()).ok());
  return (*writer)->path();
}

std::string WriteRecording(const std::string& name, const std::vector<Record>& records) {
  std::string directory = NewDirectory(name);
  WriteSegment(directory, records);
  return directory;
}

void FlipByte(const std::string& path, size_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(~byte));
  CHECK(file.flush().good());
}

size_t FileSize(const std::string& path) { return std::filesystem::file_size(path); }

void WriteText(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  CHECK(file.flush().good());
}

Ran RunVerb(const std::function<absl::StatusOr<ExitCode>(FileSystem&, Output&, Notices&)>& verb) {
  PosixFileSystem files;
  const FakeClock clock;
  MemoryStream printed;
  MemoryStream warned;
  Output output(printed.stream());
  Notices notices(warned.stream(), false, clock);
  Ran ran{verb(files, output, notices), "", ""};
  CHECK(output.Finish().ok());
  ran.printed = printed.Text();
  ran.warned = warned.Text();
  return ran;
}

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace shadowreel
