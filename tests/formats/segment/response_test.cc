#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/status.h"
#include "formats/segment/chunk_writer.h"
#include "formats/segment/recovery.h"
#include "formats/segment/response_codec.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_writer.h"
#include "formats/segment/trace_reader.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/segment/record_text.h"

// Responses: as a chunk, in a segment, in a trace.
namespace shadowreel {
namespace {

using ::testing::HasSubstr;

constexpr char kPath[] = "d/s.seg";

Response SampleResponse(uint64_t number) {
  Response response;
  response.first_byte = WallTime(Nanos(1'700'000'000'000'000'000 + static_cast<int64_t>(number)));
  response.completed = response.first_byte + Nanos(5000);
  response.status = number % 3 == 0 ? 503 : 200;
  response.headers.Add("Content-Type", "application/json");
  response.headers.Add("x-number", std::to_string(number));
  response.headers.Add("X-EMPTY", "");
  response.body = fmt::format("{{\"answer\":{}}}\xff", number);
  if (number % 2 == 0) response.trailers.Add("Grpc-Status", "0");
  response.complete = number % 5 != 4;
  response.truncated = number % 7 == 6;
  return response;
}

std::string ToText(const Response& response) {
  std::string text = fmt::format("{} {} {} complete {} truncated {} body {}\n", response.status,
                                 response.first_byte.time_since_epoch().count(),
                                 response.completed.time_since_epoch().count(), response.complete,
                                 response.truncated, response.body);
  for (const FieldView field : response.headers) {
    text += fmt::format("{}: {}\n", field.name, field.value);
  }
  for (const FieldView field : response.trailers) {
    text += fmt::format("trailer {}: {}\n", field.name, field.value);
  }
  return text;
}

class ResponseTest : public ::testing::Test {
 protected:
  std::unique_ptr<SegmentWriter> Create(const std::string& name = "s") {
    trace::SegmentHeader header;
    header.set_first_record_number(100);
    auto writer = SegmentWriter::Create(files_, clock_, "d", name, header);
    EXPECT_TRUE(writer.ok());
    return std::move(writer).value();
  }

  std::unique_ptr<SegmentReader> Open() {
    auto reader = SegmentReader::Open(files_, kPath);
    EXPECT_TRUE(reader.ok()) << reader.status();
    return std::move(reader).value();
  }

  // Every record of the segment with its response, as "number" or "number: response".
  std::vector<std::string> ReadTrace(const std::string& path = kPath) {
    auto trace = TraceReader::Open(files_, {path});
    EXPECT_TRUE(trace.ok()) << trace.status();
    std::vector<std::string> read;
    Record record;
    Response response;
    while (*(*trace)->Next(&record)) {
      const auto found = (*trace)->ReadResponse(&response);
      EXPECT_TRUE(found.ok()) << found.status();
      read.push_back(std::to_string(record.number) + (*found ? ": " + ToText(response) : ""));
    }
    return read;
  }

  FaultyFileSystem files_{{"d"}};
  FakeClock clock_;
};

TEST_F(ResponseTest, ResponsesComeBackWithTheirRecords) {
  const auto writer = Create();
  std::vector<std::string> expected;
  for (uint64_t i = 0; i < 5000; ++i) {
    const uint64_t number = *writer->Append(SampleRecord(i));
    expected.push_back(std::to_string(number));
    if (i % 4 == 3) continue;
    ASSERT_EQ(writer->AppendResponse(number, SampleResponse(number)), absl::OkStatus());
    expected.back() += ": " + ToText(SampleResponse(number));
  }
  ASSERT_EQ(writer->Seal(), absl::OkStatus());
  EXPECT_EQ(ReadTrace(), expected);
  const auto reader = Open();
  EXPECT_EQ(reader->Verify(), absl::OkStatus());
  EXPECT_EQ(reader->footer().statistics().records(), 5000u);
  EXPECT_EQ(reader->footer().statistics().responses(), 3750u);
  EXPECT_FALSE(reader->footer().has_ledger());
}

TEST_F(ResponseTest, ResponsesMayComeInAnyOrder) {
  const auto writer = Create();
  std::vector<uint64_t> numbers;
  for (uint64_t i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(writer->Append(SampleRecord(i)).ok());
    numbers.push_back(100 + i);
  }
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::shuffle(numbers.begin(), numbers.end(), std::mt19937(seed));
  for (const uint64_t number : numbers) {
    ASSERT_EQ(writer->AppendResponse(number, SampleResponse(number)), absl::OkStatus());
  }
  ASSERT_EQ(writer->Seal(), absl::OkStatus());
  const auto reader = Open();
  EXPECT_GT(reader->response_chunks().size(), 2u);
  EXPECT_EQ(reader->Verify(), absl::OkStatus());
  const std::vector<std::string> read = ReadTrace();
  for (uint64_t i = 0; i < read.size(); ++i) {
    ASSERT_EQ(read[i], std::to_string(100 + i) + ": " + ToText(SampleResponse(100 + i)));
  }
}

TEST_F(ResponseTest, InOrderEachChunkIsReadOnceInLittleMemory) {
  const auto writer = Create();
  for (uint64_t i = 0; i < 20'000; ++i) {
    ASSERT_TRUE(writer->Append(SampleRecord(i)).ok());
    ASSERT_EQ(writer->AppendResponse(100 + i, SampleResponse(i)), absl::OkStatus());
  }
  ASSERT_EQ(writer->Seal(), absl::OkStatus());
  const auto reader = Open();
  ResponseLookup lookup(1);  // keeps a single chunk
  Response response;
  for (uint64_t i = 0; i < 20'000; ++i) ASSERT_TRUE(*lookup.Find(*reader, 100 + i, &response));
  EXPECT_EQ(lookup.chunks_read(), reader->response_chunks().size());
  EXPECT_FALSE(*lookup.Find(*reader, 20'100, &response));
  EXPECT_FALSE(*lookup.Find(*reader, 99, &response));
  EXPECT_EQ(lookup.chunks_read(), reader->response_chunks().size());
}

TEST_F(ResponseTest, LongBodiesAreCutAndSaySo) {
  const auto writer = Create();
  for (const size_t size : {kMaxResponseBody, kMaxResponseBody + 1}) {
    Response response;
    response.body.assign(size, 'x');
    const uint64_t number = *writer->Append(SampleRecord(size));
    ASSERT_EQ(writer->AppendResponse(number, response), absl::OkStatus());
  }
  ASSERT_EQ(writer->Seal(), absl::OkStatus());
  const auto reader = Open();
  EXPECT_EQ(reader->Verify(), absl::OkStatus());
  ResponseLookup lookup;
  for (const uint64_t number : {100, 101}) {
    Response response;
    ASSERT_TRUE(*lookup.Find(*reader, number, &response));
    EXPECT_EQ(response.body.size(), kMaxResponseBody);
    EXPECT_EQ(response.truncated, number == 101);
  }
}

TEST_F(ResponseTest, WhatNoSegmentCanHoldIsRefusedAndLeavesItAlone) {
  const auto writer = Create();
  EXPECT_TRUE(absl::IsInvalidArgument(writer->AppendResponse(100, {})));
  ASSERT_TRUE(writer->Append(SampleRecord(0)).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(writer->AppendResponse(99, {})));
  EXPECT_TRUE(absl::IsInvalidArgument(writer->AppendResponse(101, {})));
  Response response;
  response.headers.Add("large", std::string(kMaxRecordHead, 'x'));
  EXPECT_TRUE(absl::IsInvalidArgument(writer->AppendResponse(100, response)));
  ASSERT_EQ(writer->Seal(), absl::OkStatus());
  EXPECT_EQ(ReadTrace(), std::vector<std::string>{"100"});
}

TEST_F(ResponseTest, StatisticsAreRebuiltWithoutAFooter) {
  const auto writer = Create();
  ASSERT_TRUE(writer->Append(SampleRecord(0)).ok());
  ASSERT_EQ(writer->AppendResponse(100, SampleResponse(0)), absl::OkStatus());
  ASSERT_EQ(writer->Seal(), absl::OkStatus());
  const uint64_t footer_at = Open()->chunks().back().end();
  std::string bytes = files_.Contents(kPath);
  bytes[footer_at + chunk_header::kSize + 3] ^= 1;
  files_.SetContents(kPath, bytes);
  EXPECT_EQ(Open()->footer().statistics().responses(), 1u);
}

TEST_F(ResponseTest, RecoveryDropsResponsesToLostRecords) {
  const auto writer = Create();
  for (uint64_t i = 0; i < 6; ++i) {
    ASSERT_TRUE(writer->Append(SampleRecord(i)).ok());
    if (i % 2 == 0) continue;
    ASSERT_EQ(writer->Flush(), absl::OkStatus());
  }
  for (uint64_t i = 0; i < 6; ++i) {
    ASSERT_EQ(writer->AppendResponse(100 + i, SampleResponse(i)), absl::OkStatus());
  }
  ASSERT_EQ(writer->Seal(), absl::OkStatus());
  const ChunkInfo lost = Open()->record_chunks()[1];
  std::string bytes = files_.Contents(kPath);
  bytes[lost.offset + chunk_header::kSize] ^= 1;
  files_.SetContents(kPath, bytes);
  const auto recovered = RecoverSegment(files_, clock_, kPath);
  ASSERT_TRUE(recovered.ok()) << recovered.status();
  EXPECT_EQ(recovered->report.lost_records, 2u);
  EXPECT_EQ(Open()->Verify(), absl::OkStatus());
  EXPECT_EQ(Open()->footer().statistics().responses(), 4u);
  EXPECT_EQ(ReadTrace(),
            (std::vector<std::string>{
                "100: " + ToText(SampleResponse(0)), "101: " + ToText(SampleResponse(1)),
                "104: " + ToText(SampleResponse(4)), "105: " + ToText(SampleResponse(5))}));
}

TEST_F(ResponseTest, RecoveryKeepsTheRecordsOfLostResponses) {
  const auto writer = Create();
  ASSERT_TRUE(writer->Append(SampleRecord(0)).ok());
  ASSERT_EQ(writer->AppendResponse(100, SampleResponse(0)), absl::OkStatus());
  ASSERT_EQ(writer->Seal(), absl::OkStatus());
  const ChunkInfo lost = Open()->response_chunks()[0];
  std::string bytes = files_.Contents(kPath);
  bytes[lost.offset + chunk_header::kSize] ^= 1;
  files_.SetContents(kPath, bytes);
  ASSERT_TRUE(RecoverSegment(files_, clock_, kPath).ok());
  EXPECT_EQ(Open()->Verify(), absl::OkStatus());
  EXPECT_EQ(ReadTrace(), std::vector<std::string>{"100"});
}

TEST_F(ResponseTest, LibprotobufReadsTheChunk) {
  ResponseChunkBuilder builder(1);
  builder.Add(7, SampleResponse(7));
  builder.Add(3, SampleResponse(2));
  EXPECT_EQ(builder.first_record(), 3u);
  trace::ResponseChunk chunk;
  ASSERT_TRUE(chunk.ParseFromString(builder.Take()));
  ASSERT_EQ(chunk.responses_size(), 2);
  EXPECT_EQ(chunk.responses(0).record_number(), 3u);
  EXPECT_EQ(chunk.responses(1).status(), 200u);
  ASSERT_EQ(chunk.responses(1).headers_size(), 3);
  EXPECT_EQ(chunk.responses(1).headers(0), chunk.responses(0).headers(0));  // interned
  EXPECT_EQ(chunk.fields(static_cast<int>(chunk.responses(1).headers(1))).value(), "7");
  EXPECT_EQ(chunk.fields_size(), 5);
  EXPECT_EQ(builder.responses(), 0u);
}

// A segment with one record (number 0) and the response chunk.
class HostileResponseTest : public ResponseTest {
 protected:
  void ExpectDamaged(const trace::ResponseChunk& chunk, uint64_t first, const std::string& what) {
    ChunkRecords of_responses;
    of_responses.first = first;
    trace::SegmentHeader header;
    header.set_kind(trace::REQUESTS);
    FaultyFileSystem files({"d"});
    auto writer = ChunkWriter::Create(files, clock_, "d", "s", header, {});
    ASSERT_TRUE(writer.ok());
    trace::RecordChunk records;
    records.add_strings("");
    records.add_records();
    ASSERT_EQ((*writer)->Write(ChunkType::kRecords, records.SerializeAsString(), {1, 0, 0, 0}),
              absl::OkStatus());
    ASSERT_EQ((*writer)->Write(ChunkType::kResponses, chunk.SerializeAsString(), of_responses),
              absl::OkStatus());
    ASSERT_EQ((*writer)->Seal({}), absl::OkStatus());
    const auto reader = SegmentReader::Open(files, kPath);
    ASSERT_TRUE(reader.ok()) << reader.status();
    EXPECT_THAT(Message((*reader)->Verify()), HasSubstr(what));
  }
};

TEST_F(HostileResponseTest, LyingNumbersAreDamage) {
  trace::ResponseChunk chunk;
  chunk.add_responses();
  ExpectDamaged(chunk, 1, "its least record number is not what its header says");
  chunk.add_responses();
  ExpectDamaged(chunk, 0, "its responses are out of order");
  chunk.mutable_responses(1)->set_record_number(1);
  ExpectDamaged(chunk, 0, "a response to record 1, which is not there");
}

TEST_F(HostileResponseTest, IndexesAndSizesAreBounded) {
  trace::ResponseChunk chunk;
  chunk.add_responses()->add_headers(0);
  ExpectDamaged(chunk, 0, "a field's index is out of range");
  chunk.add_fields()->set_value(std::string(1000, 'x'));
  for (int i = 0; i < 1100; ++i) chunk.mutable_responses(0)->add_trailers(0);
  ExpectDamaged(chunk, 0, "a response's head is too large");
  chunk.mutable_responses(0)->clear_trailers();
  chunk.mutable_responses(0)->set_body(std::string(kMaxResponseBody + 1, 'x'));
  ExpectDamaged(chunk, 0, "a response's body is too large");
  chunk.Clear();
  for (size_t i = 0; i <= kChunkRecords; ++i) chunk.add_responses()->set_record_number(i);
  ExpectDamaged(chunk, 0, "its content does not decode");
}

TEST_F(HostileResponseTest, ASecondResponseToARecordIsDamage) {
  const auto writer = Create();
  ASSERT_TRUE(writer->Append(SampleRecord(0)).ok());
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(writer->AppendResponse(100, {}), absl::OkStatus());
    ASSERT_EQ(writer->Flush(), absl::OkStatus());
  }
  ASSERT_EQ(writer->Seal(), absl::OkStatus());
  EXPECT_THAT(Message(Open()->Verify()), HasSubstr("record 100 has a second response"));
}

TEST_F(HostileResponseTest, NoChangedByteBringsAnInventedResponse) {
  const auto writer = Create();
  for (uint64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(writer->Append(SampleRecord(i)).ok());
    ASSERT_EQ(writer->AppendResponse(100 + i, SampleResponse(i)), absl::OkStatus());
  }
  ASSERT_EQ(writer->Seal(), absl::OkStatus());
  const std::string sound = files_.Contents(kPath);
  const ChunkInfo chunk = Open()->response_chunks().front();
  for (uint64_t at = chunk.offset; at < chunk.end(); ++at) {
    std::string bytes = sound;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    files_.SetContents(kPath, bytes);
    const auto reader = SegmentReader::Open(files_, kPath);
    if (!reader.ok()) continue;
    EXPECT_FALSE((*reader)->Verify().ok()) << at;
    ResponseLookup lookup;
    Response response;
    const auto found = lookup.Find(**reader, 101, &response);
    EXPECT_FALSE(found.ok() && *found) << at;
  }
}

}  // namespace
}  // namespace shadowreel
