#include <gtest/gtest.h>

#include <random>

#include "formats/segment/record_chunk_builder.h"
#include "formats/segment/record_chunk_view.h"
#include "formats/segment/segment_format.h"
#include "formats/trace.pb.h"
#include "tests/formats/segment/record_text.h"

namespace shadowreel {
namespace {

constexpr uint64_t kSeed = 42;

struct Built {
  std::string raw;
  ChunkInfo info;
};

Built Build(RecordChunkBuilder* builder) {
  Built built;
  wire::Buffer raw;
  builder->Build(&raw);
  built.raw = raw.view();
  built.info.first_record = builder->first_number();
  built.info.record_count = builder->records();
  built.info.min_arrival_nanos = builder->min_arrival_nanos();
  built.info.max_arrival_nanos = builder->max_arrival_nanos();
  return built;
}

Built BuildSamples(uint64_t count) {
  RecordChunkBuilder builder(kSeed);
  for (uint64_t i = 0; i < count; ++i) builder.Add(SampleRecord(i), 100 + 2 * i, false);
  return Build(&builder);
}

// The info that lets any arrival pass.
ChunkInfo AnyArrival(uint32_t records) {
  ChunkInfo info;
  info.record_count = records;
  info.min_arrival_nanos = INT64_MIN;
  info.max_arrival_nanos = INT64_MAX;
  return info;
}

std::string_view ParseAndDecodeFirst(const trace::RecordChunk& chunk) {
  RecordChunkView view;
  const std::string_view flaw = view.Parse(chunk.SerializeAsString(),
                                           AnyArrival(static_cast<uint32_t>(chunk.records_size())));
  if (!flaw.empty()) return flaw;
  Record record;
  uint64_t continued = 0;
  return view.Decode(0, &record, &continued);
}

// A chunk with one sound record, for spoiling.
trace::RecordChunk SoundChunk() {
  trace::RecordChunk chunk;
  chunk.add_strings("GET");
  chunk.add_fields()->set_name("a");
  chunk.add_records()->add_headers(0);
  return chunk;
}

TEST(RecordCodecTest, EveryFieldComesBack) {
  const Built built = BuildSamples(60);
  RecordChunkView view;
  ASSERT_EQ(view.Parse(built.raw, built.info), "");
  ASSERT_EQ(view.size(), 60u);
  Record record;  // reused, so that what one record leaves behind shows in the next
  for (uint64_t i = 0; i < 60; ++i) {
    uint64_t continued = 1;
    ASSERT_EQ(view.Decode(i, &record, &continued), "");
    EXPECT_EQ(continued, 0u);
    Record expected = SampleRecord(i);
    expected.number = 100 + 2 * i;
    EXPECT_EQ(ToText(record), ToText(expected));
  }
}

TEST(RecordCodecTest, PayloadIsWhatProtobufWouldWrite) {
  const Built built = BuildSamples(60);
  trace::RecordChunk chunk;
  ASSERT_TRUE(chunk.ParseFromString(built.raw));
  EXPECT_EQ(chunk.SerializeAsString(), built.raw);
  ASSERT_EQ(chunk.records_size(), 60);
  EXPECT_EQ(chunk.strings(static_cast<int>(chunk.records(1).method())), "POST");
  EXPECT_EQ(chunk.records(2).target(), SampleRecord(2).target);
  EXPECT_EQ(chunk.records(3).numbers_skipped(), 3u);
}

TEST(RecordCodecTest, FieldsAreInternedOncePerChunk) {
  RecordChunkBuilder builder(kSeed);
  for (uint64_t i = 0; i < 100; ++i) {
    Record record;
    record.headers.Add("a", "same");
    record.headers.Add("as", "ame");  // the same bytes, cut elsewhere
    record.trailers.Add("a", "same");
    builder.Add(record, i, false);
  }
  trace::RecordChunk chunk;
  ASSERT_TRUE(chunk.ParseFromString(Build(&builder).raw));
  EXPECT_EQ(chunk.fields_size(), 2);
  EXPECT_EQ(chunk.strings_size(), 1);
}

TEST(RecordCodecTest, ManyDistinctFieldsComeBack) {
  RecordChunkBuilder builder(kSeed);
  for (uint64_t i = 0; i < 4000; ++i) {
    Record record;
    record.headers.Add("x", std::to_string(i));
    record.headers.Add("x", std::to_string(i % 500));
    builder.Add(record, i, false);
  }
  const Built built = Build(&builder);
  RecordChunkView view;
  ASSERT_EQ(view.Parse(built.raw, built.info), "");
  for (uint64_t i = 0; i < 4000; ++i) {
    Record record;
    uint64_t continued = 0;
    ASSERT_EQ(view.Decode(i, &record, &continued), "");
    EXPECT_EQ(record.headers[0].value, std::to_string(i));
    EXPECT_EQ(record.headers[1].value, std::to_string(i % 500));
  }
}

TEST(RecordCodecTest, ClearedBuilderBuildsTheSameBytesAgain) {
  RecordChunkBuilder builder(kSeed);
  builder.Add(RealisticRecord(1), 0, false);
  builder.Clear();
  for (uint64_t i = 0; i < 60; ++i) builder.Add(SampleRecord(i), 100 + 2 * i, false);
  EXPECT_EQ(Build(&builder).raw, BuildSamples(60).raw);
}

TEST(RecordCodecTest, OddTimesComeBack) {
  RecordChunkBuilder builder(kSeed);
  std::vector<std::pair<int64_t, int64_t>> times = {
      {0, 0}, {INT64_MAX, INT64_MIN}, {INT64_MIN, INT64_MAX}, {-1, -2}, {1000, 999}};
  for (size_t i = 0; i < times.size(); ++i) {
    Record record;
    record.arrival = WallTime(Nanos(times[i].first));
    record.completed = WallTime(Nanos(times[i].second));
    builder.Add(record, i, false);
  }
  const Built built = Build(&builder);
  EXPECT_EQ(built.info.min_arrival_nanos, INT64_MIN);
  EXPECT_EQ(built.info.max_arrival_nanos, INT64_MAX);
  RecordChunkView view;
  ASSERT_EQ(view.Parse(built.raw, built.info), "");
  for (size_t i = 0; i < times.size(); ++i) {
    Record record;
    uint64_t continued = 0;
    ASSERT_EQ(view.Decode(i, &record, &continued), "");
    EXPECT_EQ(record.arrival.time_since_epoch().count(), times[i].first);
    EXPECT_EQ(record.completed.time_since_epoch().count(), times[i].second);
  }
}

TEST(RecordCodecTest, ContinuedBodyIsLeftOut) {
  Record big = SampleRecord(1);
  big.body.assign(5000, 'x');
  RecordChunkBuilder builder(kSeed);
  builder.Add(big, 0, true);
  const Built built = Build(&builder);
  EXPECT_LT(built.raw.size(), 1000u);
  RecordChunkView view;
  ASSERT_EQ(view.Parse(built.raw, built.info), "");
  Record record;
  uint64_t continued = 0;
  ASSERT_EQ(view.Decode(0, &record, &continued), "");
  EXPECT_EQ(continued, 5000u);
  EXPECT_EQ(record.body, "");
  EXPECT_EQ(record.wire_body_bytes, 5000u);
}

TEST(RecordCodecTest, UnknownFieldsAreSkipped) {
  Built built = BuildSamples(1);
  // Field 100 of the chunk: a varint, eight bytes, a string, four bytes.
  built.raw += std::string(
      "\xa0\x06\x01\xa1\x06"
      "12345678\xa2\x06\x02xy\xa5\x06"
      "1234",
      24);
  RecordChunkView view;
  EXPECT_EQ(view.Parse(built.raw, built.info), "");
}

TEST(RecordCodecTest, AnotherNumberOfRecordsThanStatedIsRefused) {
  Built built = BuildSamples(5);
  ++built.info.record_count;
  RecordChunkView view;
  EXPECT_NE(view.Parse(built.raw, built.info), "");
}

TEST(RecordCodecTest, ArrivalOutsideWhatTheHeaderSaysIsRefused) {
  Built built = BuildSamples(5);
  ++built.info.min_arrival_nanos;
  RecordChunkView view;
  EXPECT_NE(view.Parse(built.raw, built.info), "");
}

TEST(HostileChunkTest, SoundOneIsAccepted) { EXPECT_EQ(ParseAndDecodeFirst(SoundChunk()), ""); }

TEST(HostileChunkTest, IndexesOutOfRangeAreRefused) {
  using Spoil = void (*)(trace::Record*);
  const Spoil spoils[] = {
      [](trace::Record* record) { record->add_headers(1); },
      [](trace::Record* record) { record->add_trailers(UINT32_MAX); },
      [](trace::Record* record) { record->set_method(1); },
      [](trace::Record* record) { record->set_authority(1); },
      [](trace::Record* record) { record->set_stripped_authority(1); },
      [](trace::Record* record) { record->set_peer(UINT32_MAX); },
  };
  for (const Spoil spoil : spoils) {
    trace::RecordChunk chunk = SoundChunk();
    spoil(chunk.mutable_records(0));
    EXPECT_NE(ParseAndDecodeFirst(chunk), "") << chunk.ShortDebugString();
  }
}

TEST(HostileChunkTest, ImpossibleValuesAreRefused) {
  using Spoil = void (*)(trace::Record*);
  const Spoil spoils[] = {
      [](trace::Record* record) { record->set_version(static_cast<trace::Version>(3)); },
      [](trace::Record* record) { record->set_framing(static_cast<trace::Framing>(3)); },
      [](trace::Record* record) { record->set_weight(-1); },
      [](trace::Record* record) { record->set_weight(std::numeric_limits<double>::quiet_NaN()); },
      [](trace::Record* record) { record->set_continued_bytes(kMaxBody + 1); },
      [](trace::Record* record) {
        record->set_continued_bytes(5);
        record->set_body("x");
      },
      [](trace::Record* record) {
        record->add_redactions()->set_kind(static_cast<trace::RedactionSpan::Class>(77));
      },
  };
  for (const Spoil spoil : spoils) {
    trace::RecordChunk chunk = SoundChunk();
    spoil(chunk.mutable_records(0));
    EXPECT_NE(ParseAndDecodeFirst(chunk), "") << chunk.ShortDebugString();
  }
}

TEST(HostileChunkTest, InterningCannotBlowUpARecord) {
  trace::RecordChunk chunk = SoundChunk();
  chunk.mutable_fields(0)->set_value(std::string(100'000, 'x'));
  for (int i = 0; i < 100'000; ++i) chunk.mutable_records(0)->add_headers(0);
  EXPECT_EQ(ParseAndDecodeFirst(chunk), "a record's head is too large");
  chunk.mutable_fields(0)->clear_value();
  EXPECT_EQ(ParseAndDecodeFirst(chunk), "a record's head is too large");
}

TEST(HostileChunkTest, EmptyEntriesCannotBlowUpAChunk) {
  trace::RecordChunk chunk = SoundChunk();
  for (int i = 0; i < 1 << 18; ++i) chunk.add_fields();
  EXPECT_EQ(ParseAndDecodeFirst(chunk), "it holds more entries than a chunk may");
  chunk.mutable_fields()->DeleteSubrange(0, 100);
  EXPECT_EQ(ParseAndDecodeFirst(chunk).find("entries"), std::string_view::npos);
}

TEST(HostileChunkTest, NumberThatWrapsIsRefused) {
  trace::RecordChunk chunk = SoundChunk();
  chunk.mutable_records(0)->set_numbers_skipped(1);
  ChunkInfo info = AnyArrival(1);
  info.first_record = UINT64_MAX;
  RecordChunkView view;
  EXPECT_NE(view.Parse(chunk.SerializeAsString(), info), "");
}

TEST(HostileChunkTest, ArrivalThatDoesNotStandFirstIsRefused) {
  trace::RecordChunk chunk = SoundChunk();
  trace::Record late;
  late.set_arrival_offset_nanos(5);
  const std::string record_bytes = chunk.records(0).SerializeAsString() + late.SerializeAsString();
  chunk.clear_records();
  std::string raw = chunk.SerializeAsString();
  raw += '\x22';
  raw += static_cast<char>(record_bytes.size());
  raw += record_bytes;
  RecordChunkView view;
  ASSERT_EQ(view.Parse(raw, AnyArrival(1)), "");
  Record record;
  uint64_t continued = 0;
  EXPECT_NE(view.Decode(0, &record, &continued), "");
}

TEST(HostileChunkTest, EveryCutIsRefusedOrHoldsWholeRecords) {
  const Built built = BuildSamples(3);
  for (size_t size = 0; size < built.raw.size(); ++size) {
    RecordChunkView view;
    EXPECT_NE(view.Parse(built.raw.substr(0, size), built.info), "") << size;
  }
}

TEST(HostileChunkTest, RandomDamageNeverCrashes) {
  const Built built = BuildSamples(8);
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  int parsed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string raw = built.raw;
    for (int spoiled = 0; spoiled < 3; ++spoiled) {
      raw[random() % raw.size()] = static_cast<char>(random());
    }
    RecordChunkView view;
    if (!view.Parse(raw, AnyArrival(8)).empty()) continue;
    ++parsed;
    for (size_t i = 0; i < view.size(); ++i) {
      Record record;
      uint64_t continued = 0;
      if (!view.Decode(i, &record, &continued).empty()) continue;
      EXPECT_LE(RecordHeadBound(record), kMaxRecordHead);
    }
  }
  EXPECT_GT(parsed, 100);  // else the test tried nothing
}

}  // namespace
}  // namespace shadowreel
