// What segment_vs_zstd.py measures of segments, one word each:
// segment_speed text FILE COUNT: the requests of make_recording as plain HTTP text
// segment_speed encode DIRECTORY COUNT LEVEL: the same requests, made first, into one segment
// segment_speed decode PATH...: reads every record through the trace reader
// segment_speed scan FILE: finds every whole chunk, as salvage does
// segment_speed salvage FILE: opens the segment for salvage: scans, then decodes every record
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/posix_file_system.h"
#include "base/status.h"
#include "formats/segment/chunk_scan.h"
#include "formats/segment/segment_reader.h"
#include "formats/segment/segment_writer.h"
#include "formats/segment/trace_reader.h"
#include "tests/bench/peers/recording_mix.h"

namespace shadowreel {
namespace {

constexpr uint64_t kSeed = 1;

rusage Usage() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage;
}

double CpuSeconds(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

absl::Status Text(const std::string& path, uint64_t count) {
  std::ofstream file(path, std::ios::binary);
  for (uint64_t i = 0; i < count; ++i) file << WireText(MixedRecord(kSeed, i));
  return file.flush().good() ? absl::OkStatus() : UnusableError("cannot write {}", path);
}

absl::Status Encode(const std::string& directory, uint64_t count, int level) {
  std::vector<Record> records;
  for (uint64_t i = 0; i < count; ++i) records.push_back(MixedRecord(kSeed, i));
  PosixFileSystem files;
  const SystemClock clock;
  SegmentWriterOptions options;
  options.zstd_level = level;
  const rusage before = Usage();
  ASSIGN_OR_RETURN(auto writer,
                   SegmentWriter::Create(files, clock, directory, "encoded", {}, options));
  for (const Record& record : records) RETURN_IF_ERROR(writer->Append(record).status());
  RETURN_IF_ERROR(writer->Seal({}));
  const rusage after = Usage();

  ASSIGN_OR_RETURN(const auto segment, SegmentReader::Open(files, writer->path()));
  uint64_t payload = 0;
  for (const ChunkInfo& chunk : segment->record_chunks()) payload += chunk.stored_length;
  std::printf(R"({"cpu": %.6f, "stored": %llu, "framing": %llu, "grown_kib": %ld})"
              "\n",
              CpuSeconds(after) - CpuSeconds(before),
              static_cast<unsigned long long>(segment->file_bytes()),
              static_cast<unsigned long long>(segment->file_bytes() - payload),
              after.ru_maxrss - before.ru_maxrss);
  return absl::OkStatus();
}

absl::Status Decode(const std::vector<std::string>& paths) {
  PosixFileSystem files;
  std::vector<std::string> unsealed;
  ASSIGN_OR_RETURN(const auto segments, ListSegments(files, paths, &unsealed));
  ASSIGN_OR_RETURN(const auto trace, TraceReader::Open(files, segments));
  Record record;
  uint64_t records = 0;
  for (;; ++records) {
    ASSIGN_OR_RETURN(const bool more, trace->Next(&record));
    if (!more) break;
  }
  std::printf("%llu\n", static_cast<unsigned long long>(records));
  return absl::OkStatus();
}

absl::Status Scan(const std::string& path) {
  PosixFileSystem files;
  ASSIGN_OR_RETURN(const auto file, files.Open(path));
  ASSIGN_OR_RETURN(const ChunkScan scan, ScanChunks(*file, path));
  uint64_t records = 0;
  for (const ChunkInfo& chunk : scan.chunks) records += chunk.record_count;
  std::printf("%llu\n", static_cast<unsigned long long>(records));
  return absl::OkStatus();
}

absl::Status Salvage(const std::string& path) {
  PosixFileSystem files;
  ASSIGN_OR_RETURN(const auto segment, SegmentReader::Open(files, path, RecoveryMode::kSalvage));
  std::printf("%llu\n", static_cast<unsigned long long>(segment->records()));
  return absl::OkStatus();
}

absl::Status Run(const std::vector<std::string>& words) {
  const auto number = [&](size_t at) { return std::strtoull(words[at].c_str(), nullptr, 10); };
  if (words.size() == 3 && words[0] == "text") return Text(words[1], number(2));
  if (words.size() == 4 && words[0] == "encode") {
    return Encode(words[1], number(2), static_cast<int>(number(3)));
  }
  if (words.size() >= 2 && words[0] == "decode") return Decode({words.begin() + 1, words.end()});
  if (words.size() == 2 && words[0] == "scan") return Scan(words[1]);
  if (words.size() == 2 && words[0] == "salvage") return Salvage(words[1]);
  return UsageError("use text, encode, decode, scan or salvage, as segment_vs_zstd.py does");
}

int Main(int argc, char** argv) {
  const absl::Status status = Run({argv + 1, argv + argc});
  if (!status.ok()) std::fprintf(stderr, "segment_speed: %s\n", Message(status).c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) { return shadowreel::Main(argc, argv); }
