// Run with: bazel run -c opt //tests/bench:segment_bench
//
// Encoding and decoding of records, beside zstd -1 alone on the same records as plain HTTP text.
// Bytes are those of that text. Without more said, the records are made up (ten headers, about 600
// bytes) and far more alike than real ones, which flatters zstd alone. With BENCH_REQUESTS=FILE
// they are those of a file of HTTP/1.1 requests, one behind the other as on the wire. Of
// the scans, bytes are those of the file.
#include <benchmark/benchmark.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/posix_file_system.h"
#include "formats/segment/chunk_scan.h"
#include "formats/segment/chunk_search.h"
#include "formats/segment/segment_reader.h"
#include "formats/segment/segment_writer.h"
#include "formats/segment/trace_reader.h"
#include "net/http/http1_parser.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

constexpr uint64_t kMadeUp = 20'000;
constexpr size_t kBlock = size_t{1} << 20;
constexpr size_t kMaxRequestsFile = size_t{256} << 20;

Record ToRecord(Http1Head head, uint64_t number) {
  Record record = RealisticRecord(number);  // times, connection, peer
  record.method = std::move(head.method);
  record.target = std::move(head.target);
  record.headers = std::move(head.headers);
  record.authority = record.headers.Find("host").value_or("");
  record.stripped_authority = record.authority;
  return record;
}

std::vector<Record> ReadRequests(const char* path) {
  PosixFileSystem files;
  const auto text = ReadFile(files, path, kMaxRequestsFile);
  CHECK(text.ok());
  std::vector<Record> records;
  Http1Parser parser;
  std::string_view rest = *text;
  for (Http1Event event; (event = parser.Next(&rest)) != Http1Event::kNeedBytes;) {
    CHECK(event != Http1Event::kError);
    if (event == Http1Event::kHead) records.push_back(ToRecord(parser.TakeHead(), records.size()));
  }
  CHECK(!records.empty());
  return records;
}

std::vector<Record> MakeRecords() {
  if (const char* const path = std::getenv("BENCH_REQUESTS")) return ReadRequests(path);
  std::vector<Record> records;
  for (uint64_t i = 0; i < kMadeUp; ++i) records.push_back(RealisticRecord(i));
  return records;
}

const std::vector<Record>& Records() {
  static const auto* const records = new std::vector<Record>(MakeRecords());
  return *records;
}

// The records as they stood on the wire.
const std::string& PlainText() {
  static const auto* const text = [] {
    auto* made = new std::string;
    for (const Record& record : Records()) {
      *made += record.method + ' ' + record.target + " HTTP/1.1\r\n";
      for (const FieldView field : record.headers) {
        made->append(field.name).append(": ").append(field.value).append("\r\n");
      }
      *made += "\r\n";
    }
    return made;
  }();
  return *text;
}

void Report(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(Records().size()));
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(PlainText().size()));
}

// Leaves a sealed segment in `files`.
uint64_t WriteSegment(FaultyFileSystem* files, int zstd_level) {
  FakeClock clock;
  SegmentWriterOptions options;
  options.zstd_level = zstd_level;
  auto writer = SegmentWriter::Create(*files, clock, ".", "bench", {}, options);
  CHECK(writer.ok());
  for (const Record& record : Records()) CHECK((*writer)->Append(record).ok());
  CHECK((*writer)->Seal({}).ok());
  return (*writer)->file_bytes();
}

void Encode(benchmark::State& state) {
  PlainText();
  uint64_t stored = 0;
  for (auto _ : state) {
    FaultyFileSystem files;
    stored = WriteSegment(&files, static_cast<int>(state.range(0)));
  }
  Report(state);
  state.counters["ratio"] = static_cast<double>(PlainText().size()) / static_cast<double>(stored);
}
BENCHMARK(Encode)->ArgName("zstd")->Arg(0)->Arg(1)->Arg(3)->Unit(benchmark::kMillisecond);

void ZstdAlone(benchmark::State& state) {
  const std::string& text = PlainText();
  std::string out(ZSTD_compressBound(kBlock), '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  size_t stored = 0;
  for (auto _ : state) {
    stored = 0;
    for (size_t at = 0; at < text.size(); at += kBlock) {
      stored += ZSTD_compressCCtx(context, out.data(), out.size(), text.data() + at,
                                  std::min(kBlock, text.size() - at), 1);
    }
    benchmark::DoNotOptimize(stored);
  }
  ZSTD_freeCCtx(context);
  Report(state);
  state.counters["ratio"] = static_cast<double>(text.size()) / static_cast<double>(stored);
}
BENCHMARK(ZstdAlone)->Unit(benchmark::kMillisecond);

void UnzstdAlone(benchmark::State& state) {
  const std::string& text = PlainText();
  std::vector<std::string> blocks;
  for (size_t at = 0; at < text.size(); at += kBlock) {
    const size_t length = std::min(kBlock, text.size() - at);
    std::string block(ZSTD_compressBound(length), '\0');
    block.resize(ZSTD_compress(block.data(), block.size(), text.data() + at, length, 1));
    blocks.push_back(std::move(block));
  }
  std::string out(kBlock, '\0');
  for (auto _ : state) {
    for (const std::string& block : blocks) {
      benchmark::DoNotOptimize(ZSTD_decompress(out.data(), out.size(), block.data(), block.size()));
    }
  }
  Report(state);
}
BENCHMARK(UnzstdAlone)->Unit(benchmark::kMillisecond);

// One record at a time, as the planner reads a trace.
void DecodeTrace(benchmark::State& state) {
  FaultyFileSystem files;
  WriteSegment(&files, static_cast<int>(state.range(0)));
  for (auto _ : state) {
    auto trace = TraceReader::Open(files, {"./bench.seg"});
    CHECK(trace.ok());
    Record record;
    uint64_t records = 0;
    for (auto more = (*trace)->Next(&record); *more; more = (*trace)->Next(&record)) ++records;
    CHECK(records == Records().size());
  }
  Report(state);
}
BENCHMARK(DecodeTrace)->ArgName("zstd")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void Verify(benchmark::State& state) {
  FaultyFileSystem files;
  WriteSegment(&files, 1);
  for (auto _ : state) {
    auto segment = SegmentReader::Open(files, "./bench.seg");
    CHECK(segment.ok() && (*segment)->Verify().ok());
  }
  Report(state);
}
BENCHMARK(Verify)->Unit(benchmark::kMillisecond);

// A real file in the page cache, as the recorder writes it.
class FileInPageCache {
 public:
  FileInPageCache() {
    CHECK(mkdtemp(directory_.data()) != nullptr);
    FakeClock clock;
    auto writer = SegmentWriter::Create(files_, clock, directory_, "bench", {});
    CHECK(writer.ok());
    while ((*writer)->file_bytes() < kFileBytes) {
      for (const Record& record : Records()) CHECK((*writer)->Append(record).ok());
    }
    CHECK((*writer)->Seal({}).ok());
    path_ = (*writer)->path();
  }
  ~FileInPageCache() {
    CHECK(files_.Remove(path_).ok());
    rmdir(directory_.c_str());
  }
  std::unique_ptr<RandomAccessFile> Open() { return files_.Open(path_).value(); }
  const std::string& path() const { return path_; }

 private:
  static constexpr uint64_t kFileBytes = uint64_t{128} << 20;
  PosixFileSystem files_;
  std::string directory_ = "/tmp/segment_bench.XXXXXX";
  std::string path_;
};

// As cat does: 128 KiB at a time.
void PlainRead(benchmark::State& state) {
  FileInPageCache cached;
  const auto file = cached.Open();
  constexpr size_t kStep = size_t{128} << 10;
  std::string bytes;
  for (auto _ : state) {
    for (uint64_t at = 0; at < file->size(); at += kStep) {
      CHECK(file->ReadAt(at, kStep, &bytes).ok());
      benchmark::DoNotOptimize(bytes.data());
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(file->size()));
}
BENCHMARK(PlainRead)->Unit(benchmark::kMillisecond);

void SalvageScan(benchmark::State& state) {
  FileInPageCache cached;
  const auto file = cached.Open();
  for (auto _ : state) CHECK(ScanChunks(*file, cached.path()).value().report.Clean());
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(file->size()));
}
BENCHMARK(SalvageScan)->Unit(benchmark::kMillisecond);

// Nothing but searching: no chunk follows.
void SearchForAChunk(benchmark::State& state) {
  FileInPageCache cached;
  const auto file = cached.Open();
  constexpr uint64_t kMarkerOfNobody = 0x0123456789abcdef;
  for (auto _ : state) {
    CHECK(FindChunkHeader(*file, kMarkerOfNobody, 0, file->size()).value() == file->size());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(file->size()));
}
BENCHMARK(SearchForAChunk)->Unit(benchmark::kMillisecond);

// The scan, and every record decoded to know which numbers are lost.
void OpenForSalvage(benchmark::State& state) {
  FileInPageCache cached;
  PosixFileSystem files;
  for (auto _ : state) {
    CHECK(SegmentReader::Open(files, cached.path(), RecoveryMode::kSalvage).ok());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(cached.Open()->size()));
}
BENCHMARK(OpenForSalvage)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace shadowreel
