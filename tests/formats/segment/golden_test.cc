// The golden pair of each released version: a segment and what it says, as text. It is read for
// ever. To write the current version's anew:
//
//   UPDATE_GOLDEN=1 bazel run //tests/formats/segment:golden_test
//
// and then copy the changed bytes into the worked example of segment_format.md.
#include <fmt/format.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "formats/segment/segment_format.h"
#include "formats/segment/segment_writer.h"
#include "formats/segment/trace_reader.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

constexpr char kBinary[] = "tests/golden/segment_v1.seg";
constexpr char kText[] = "tests/golden/segment_v1.txt";
constexpr char kDocument[] = "formats/segment/segment_format.md";

// The writer's zstd: another version may choose other bytes for the same content.
constexpr unsigned kGoldenZstd = 10504;

std::string ReadWhole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

trace::SegmentHeader GoldenHeader() {
  trace::SegmentHeader header;
  header.set_segment_uuid("SEGMENT-UUID-v1.");
  header.set_recording_uuid("RECORDING-UUID-1");
  header.set_sequence(2);
  header.set_previous_segment_uuid("SEGMENT-UUID-v0.");
  header.set_first_record_number(40);
  header.set_ends_at_nanos(1'700'007'200'000'000'000);
  header.set_writer_version("0.1.0");
  header.set_host("edge-3");
  header.set_redaction_mode("credentials");
  header.set_redaction_policy_digest("policy digest 16");
  header.set_redaction_key_id("00112233445566aa");
  return header;
}

// Number 40 is late and alone in its lane, 41 to 48 are compressed, 49 has a continued body.
std::string WriteGolden() {
  FaultyFileSystem files;
  FakeClock clock;
  SegmentWriterOptions options;
  options.marker = 0xfeed5eed0fd1a715;
  auto writer = SegmentWriter::Create(files, clock, ".", "golden", GoldenHeader(), options);
  EXPECT_TRUE(writer.ok());
  Record late;
  late.arrival = WallTime(Nanos(1'700'000'000'000'000'000));
  late.completed = late.arrival + std::chrono::seconds(2);
  late.method = "PUT";
  late.target = "/a";
  late.authority = "x-shadow";
  late.stripped_authority = "x";
  late.headers.Add("Host", "x-shadow");
  late.framing = Framing::kContentLength;
  late.body = "hi";
  EXPECT_TRUE((*writer)->Append(late).ok());
  EXPECT_EQ((*writer)->Flush(), absl::OkStatus());
  for (uint64_t i = 0; i < 8; ++i) {
    clock.Advance(std::chrono::milliseconds(1));
    EXPECT_TRUE((*writer)->Append(SampleRecord(i)).ok());
  }
  Record continued = SampleRecord(8);
  continued.body.assign(kMaxInlineBody + 300'000, 'b');
  EXPECT_TRUE((*writer)->Append(continued).ok());
  trace::CaptureLedger ledger;
  ledger.set_received(13);
  ledger.set_refused(1);
  ledger.set_shed(2);
  ledger.set_written(10);
  EXPECT_EQ((*writer)->Seal(ledger), absl::OkStatus());
  return files.Contents("./golden.seg");
}

std::string Describe(const std::string& binary) {
  FaultyFileSystem files;
  files.SetContents("golden.seg", binary);
  auto trace = TraceReader::Open(files, {"golden.seg"});
  EXPECT_TRUE(trace.ok()) << trace.status();
  const SegmentReader& segment = *(*trace)->segments()[0];
  EXPECT_EQ(segment.Verify(), absl::OkStatus());
  std::string text = "footer\n";
  std::string footer;
  EXPECT_TRUE(google::protobuf::TextFormat::PrintToString(segment.footer(), &footer));
  text += footer;
  for (const ChunkInfo& chunk : segment.chunks()) {
    text +=
        fmt::format("chunk at {} type {:#x} codec {} records {} first {} stored {} raw {}\n",
                    chunk.offset, static_cast<int>(chunk.type), static_cast<int>(chunk.codec),
                    chunk.record_count, chunk.first_record, chunk.stored_length, chunk.raw_length);
  }
  Record record;
  for (auto more = (*trace)->Next(&record); more.value(); more = (*trace)->Next(&record)) {
    text += ToText(record);
  }
  return text;
}

// Under UPDATE_GOLDEN, writes to the checkout instead of comparing.
bool Update(const std::string& path, const std::string& bytes) {
  const char* const update = std::getenv("UPDATE_GOLDEN");
  const char* const checkout = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (update == nullptr || checkout == nullptr) return false;
  std::ofstream file(std::string(checkout) + '/' + path, std::ios::binary);
  file << bytes;
  EXPECT_TRUE(file.good()) << path;
  return true;
}

TEST(GoldenTest, WriterWritesTheGoldenBytes) {
  if (ZSTD_versionNumber() != kGoldenZstd) GTEST_SKIP() << "another zstd than the golden's";
  const std::string written = WriteGolden();
  if (Update(kBinary, written)) return;
  EXPECT_TRUE(written == ReadWhole(kBinary)) << "see the top of this file";
}

TEST(GoldenTest, ReaderReadsWhatTheGoldenTextSays) {
  const std::string text = Describe(ReadWhole(kBinary));
  if (Update(kText, text)) return;
  EXPECT_EQ(text, ReadWhole(kText));
}

// Lines of the form "0010  89 53 ...  | meaning", the offset in hexadecimal.
TEST(GoldenTest, HexInTheDocumentIsTheGoldens) {
  const std::string golden = ReadWhole(kBinary);
  std::istringstream document(ReadWhole(kDocument));
  bool inside = false;
  size_t bytes = 0;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("```")) {
      inside = line == "```hex";
      continue;
    }
    if (!inside) continue;
    std::istringstream columns(line.substr(0, line.find('|')));
    size_t offset = 0;
    ASSERT_TRUE(columns >> std::hex >> offset) << line;
    for (unsigned value = 0; columns >> std::hex >> value; ++offset, ++bytes) {
      ASSERT_LT(offset, golden.size()) << line;
      ASSERT_EQ(static_cast<uint8_t>(golden[offset]), value) << line;
    }
  }
  EXPECT_GT(bytes, 400u);
}

}  // namespace
}  // namespace shadowreel
