#include "tests/formats/segment/mixed_segment.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "base/check.h"
#include "formats/segment/chunk_writer.h"
#include "formats/segment/record_chunk_builder.h"
#include "formats/segment/statistics.h"
#include "formats/segment/wire.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

constexpr uint64_t kMarker = 0xfeed5eed0fd1a716;
constexpr uint64_t kFirstNumber = 1000;
constexpr char kRecording[] = "RECORDING-UUID-m";
constexpr auto kUnknownAncillary = static_cast<ChunkType>(0x7f);

class Mixer {
 public:
  Mixer() : lane_(kMarker), late_lane_(kMarker) {
    trace::SegmentHeader header;
    header.set_kind(trace::REQUESTS);
    header.set_segment_uuid("SEGMENT--UUID-mi");
    header.set_recording_uuid(kRecording);
    header.set_sequence(1);
    header.set_first_record_number(kFirstNumber);
    header.set_host("edge-3");
    ChunkWriterOptions options;
    options.marker = kMarker;
    writer_ = ChunkWriter::Create(files_, clock_, "d", "s", std::move(header), options).value();
  }

  uint64_t size() const { return writer_->file_bytes(); }

  // One chunk of each kind, some records each.
  void AddRound() {
    for (int i = 0; i < 12; ++i) Add(RealisticRecord(number_), &lane_);
    for (int i = 0; i < 3; ++i) {
      Record slow = SampleRecord(number_);
      slow.completed = slow.arrival + std::chrono::seconds(5);
      Add(std::move(slow), &late_lane_);
    }
    AddInPieces();
    Write(ChunkType::kRecords, &lane_);
    Write(ChunkType::kLateRecords, &late_lane_);
    for (int i = 0; i < 6; ++i) Add(WithNoise(SampleRecord(number_), 2000), &lane_);
    Write(ChunkType::kRecords, &lane_);
    Check(writer_->Write(ChunkType::kHeader, writer_->header().SerializeAsString(), {}));
    AddResponse();
    Check(writer_->Write(kUnknownAncillary, "of a newer version", {}));
  }

  MixedSegment Seal(size_t filler) {
    Add(WithNoise(SampleRecord(number_), filler), &lane_);
    Write(ChunkType::kRecords, &lane_);
    trace::SegmentFooter footer;
    *footer.mutable_statistics() = statistics_.statistics();
    footer.mutable_statistics()->set_responses(responses_);
    footer.mutable_ledger()->set_written(records_.size());
    Check(writer_->Seal(std::move(footer)));
    return {files_.Contents("d/s.seg"), std::move(records_)};
  }

 private:
  static void Check(const absl::Status& status) { CHECK(status.ok()); }

  std::string Noise(size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }

  Record WithNoise(Record record, size_t size) {
    record.body = Noise(size);
    record.wire_body_bytes = size + (record.truncated ? 1000 : 0);
    return record;
  }

  void Add(Record record, RecordChunkBuilder* lane, bool continued = false) {
    lane->Add(record, number_, continued);
    statistics_.Add(record, record.body.size());
    std::memcpy(record.recording.data(), kRecording, record.recording.size());
    record.number = number_;
    records_[number_++] = std::move(record);
  }

  // A record whose body stands in two chunks, the first of which compresses.
  void AddInPieces() {
    Record record = RealisticRecord(number_);
    record.body = std::string(1500, 'a') + Noise(500);
    record.wire_body_bytes = record.body.size();
    for (const size_t begin : {size_t{0}, size_t{1500}}) {
      trace::BodyPiece piece;
      piece.set_begin(begin);
      piece.set_bytes(record.body.substr(begin, begin == 0 ? 1500 : 500));
      piece.set_last(begin != 0);
      ChunkRecords place;
      place.first = number_;
      Check(writer_->Write(ChunkType::kBody, piece.SerializeAsString(), place));
    }
    Add(std::move(record), &lane_, /*continued=*/true);
  }

  void AddResponse() {
    trace::ResponseChunk responses;
    responses.add_responses()->set_record_number(number_ - 1);
    responses.mutable_responses(0)->set_status(204);
    ChunkRecords place;
    place.first = number_ - 1;
    Check(writer_->Write(ChunkType::kResponses, responses.SerializeAsString(), place));
    ++responses_;
  }

  void Write(ChunkType type, RecordChunkBuilder* lane) {
    lane->Build(&raw_);
    const ChunkRecords records{lane->records(), lane->first_number(), lane->min_arrival_nanos(),
                               lane->max_arrival_nanos()};
    Check(writer_->Write(type, raw_.view(), records));
    lane->Clear();
  }

  FaultyFileSystem files_{{"d"}};
  FakeClock clock_;
  std::unique_ptr<ChunkWriter> writer_;
  RecordChunkBuilder lane_;
  RecordChunkBuilder late_lane_;
  StatisticsCounter statistics_;
  wire::Buffer raw_;
  std::mt19937 random_{4711};
  uint64_t number_ = kFirstNumber;
  uint64_t responses_ = 0;
  std::map<uint64_t, Record> records_;
};

MixedSegment Mix(size_t size, size_t filler) {
  Mixer mixer;
  do {
    mixer.AddRound();
  } while (mixer.size() < size - size / 4);
  return mixer.Seal(filler);
}

}  // namespace

MixedSegment MakeMixedSegment(size_t size) {
  size_t filler = 1;
  for (int attempt = 0; attempt < 8; ++attempt) {
    MixedSegment segment = Mix(size, filler);
    if (segment.bytes.size() == size) return segment;
    filler += size - segment.bytes.size();
    CHECK(filler <= size);
  }
  CHECK(false);
  return {};
}

}  // namespace shadowreel
