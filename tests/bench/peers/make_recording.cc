// make_recording DIRECTORY COUNT [SEED [FIRST [STEP [SEGMENT_MIB [SLOW_PERCENT]]]]]: a recording of
// COUNT requests (recording_mix.h): number FIRST, FIRST + STEP and so on. The same arguments give
// the same requests. DIRECTORY must not exist.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/posix_file_system.h"
#include "base/status.h"
#include "formats/segment/segment_writer.h"
#include "tests/bench/peers/recording_mix.h"

namespace shadowreel {
namespace {

struct Wanted {
  std::string directory;
  uint64_t count = 0;
  uint64_t seed = 1;
  uint64_t first = 0;
  uint64_t step = 1;
  uint64_t segment_bytes = 0;
  double slow_percent = 0;
};

absl::StatusOr<std::unique_ptr<SegmentWriter>> NextSegment(FileSystem& files, const Clock& clock,
                                                           const Wanted& wanted, uint32_t sequence,
                                                           uint64_t first_number) {
  trace::SegmentHeader header;
  // Distinct recordings, such as those of several recorders, have distinct uuids.
  std::array<uint64_t, 2> uuid = {wanted.seed * 1'000'000 + wanted.first, wanted.step};
  header.set_recording_uuid(uuid.data(), sizeof(uuid));
  header.set_sequence(sequence);
  header.set_first_record_number(first_number);
  return SegmentWriter::Create(files, clock, wanted.directory, fmt::format("{:06}", sequence),
                               header);
}

absl::Status Write(const Wanted& wanted) {
  PosixFileSystem files;
  const SystemClock clock;
  RETURN_IF_ERROR(files.CreateDirectory(wanted.directory));
  std::unique_ptr<SegmentWriter> writer;
  uint32_t sequence = 0;
  for (uint64_t i = 0; i < wanted.count; ++i) {
    if (writer == nullptr) {
      ASSIGN_OR_RETURN(writer, NextSegment(files, clock, wanted, ++sequence, i + 1));
    }
    const Record record =
        MixedRecord(wanted.seed, wanted.first + i * wanted.step, wanted.slow_percent);
    RETURN_IF_ERROR(writer->Append(record).status());
    if (writer->file_bytes() < wanted.segment_bytes && i + 1 < wanted.count) continue;
    RETURN_IF_ERROR(writer->Seal({}));
    writer.reset();
  }
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr,
                 "make_recording DIRECTORY COUNT [SEED [FIRST [STEP [SEGMENT_MIB "
                 "[SLOW_PERCENT]]]]]\n");
    return 2;
  }
  const auto number = [&](int at, uint64_t otherwise) {
    return argc > at ? std::strtoull(argv[at], nullptr, 10) : otherwise;
  };
  const Wanted wanted{argv[1],
                      number(2, 0),
                      number(3, 1),
                      number(4, 0),
                      number(5, 1),
                      number(6, 256) << 20,
                      static_cast<double>(number(7, 0))};
  const absl::Status status = Write(wanted);
  if (!status.ok()) std::fprintf(stderr, "make_recording: %s\n", Message(status).c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) { return shadowreel::Main(argc, argv); }
