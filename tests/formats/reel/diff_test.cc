#include "formats/reel/diff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "base/status.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

Ran RunDiff(const std::string& a, const std::string& b) {
  return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
    return Diff(files, a, b, output, notices);
  });
}

Ran DiffRecords(const std::vector<Record>& a, const std::vector<Record>& b) {
  return RunDiff(WriteRecording("a", a), WriteRecording("b", b));
}

std::vector<Record> Samples(int count) {
  std::vector<Record> records;
  for (int i = 0; i < count; ++i) records.push_back(SampleRecord(i));
  return records;
}

// The summary's line, after the two that name the sides.
std::string Summary(const Ran& ran) { return Lines(ran.printed).at(2); }

TEST(DiffTest, EqualRecordingsAreEqual) {
  const Ran ran = DiffRecords(Samples(5), Samples(5));
  EXPECT_EQ(*ran.result, ExitCode::kPass);
  EXPECT_EQ(Summary(ran), "equal 5, changed 0, only in A 0, only in B 0");
  EXPECT_EQ(Lines(ran.printed).size(), 3u) << ran.printed;
}

TEST(DiffTest, AReplayMayReorder) {
  std::vector<Record> a = Samples(50);
  for (int i = 0; i < 50; ++i) a.push_back(SampleRecord(7));  // equal ones among them
  std::vector<Record> b = a;
  std::shuffle(b.begin(), b.end(), std::mt19937(1));
  for (size_t i = 0; i < b.size(); ++i) {
    b[i].arrival = b[i].completed = At(0.5 * static_cast<double>(i));
    b[i].connection = i;
    b[i].peer = "198.51.100.9:1";
  }
  EXPECT_EQ(*DiffRecords(a, b).result, ExitCode::kPass);
}

Fields WithSecond(const Fields& headers, std::string_view name, std::string_view value) {
  Fields changed;
  for (size_t i = 0; i < headers.size(); ++i) {
    const FieldView field = headers[i];
    if (i == 1) {
      changed.Add(name.empty() ? field.name : name, value.empty() ? field.value : value);
    } else {
      changed.Add(field.name, field.value);
    }
  }
  return changed;
}

struct Change {
  const char* kind;
  std::function<void(Record*)> apply;
};

const std::vector<Change>& Changes() {
  static const std::vector<Change> changes = {
      {"method", [](Record* r) { r->method = "PUT"; }},
      {"target", [](Record* r) { r->target.back() = '2'; }},
      {"version", [](Record* r) { r->version = HttpVersion::kHttp10; }},
      {"header name case", [](Record* r) { r->headers = WithSecond(r->headers, "accept", ""); }},
      {"header value", [](Record* r) { r->headers = WithSecond(r->headers, "", "*/+"); }},
      {"header added", [](Record* r) { r->headers.Add("X-New", ""); }},
      {"framing", [](Record* r) { r->framing = Framing::kChunked; }},
      {"body", [](Record* r) { r->body[2] ^= 1; }},
      {"trailers", [](Record* r) { r->trailers.Add("Sum", "1"); }},
      {"complete", [](Record* r) { r->complete = false; }},
      {"truncated", [](Record* r) { r->truncated = true; }},
  };
  return changes;
}

TEST(DiffTest, OneChangeInOneRecordIsFoundAndNamed) {
  for (const bool with_ids : {false, true}) {
    for (const Change& change : Changes()) {
      std::vector<Record> a = Samples(20);
      for (size_t i = 0; with_ids && i < a.size(); ++i) {
        a[i].headers.Add("x-request-id", std::to_string(i));
      }
      std::vector<Record> b = a;
      change.apply(&b[13]);
      const Ran ran = DiffRecords(a, b);
      EXPECT_EQ(*ran.result, ExitCode::kFailed) << change.kind;
      EXPECT_EQ(Summary(ran), "equal 19, changed 1, only in A 0, only in B 0") << ran.printed;
      const std::string row = fmt::format("  {:<16}          1", change.kind);
      EXPECT_EQ(Lines(ran.printed).at(3), row) << ran.printed;
      EXPECT_EQ(Lines(ran.printed).at(5), "record 14 in A, 14 in B: POST /cart/13?item=1");
      EXPECT_TRUE(Lines(ran.printed).at(6).starts_with(fmt::format("  {}: ", change.kind)));
      EXPECT_EQ(Lines(ran.printed).size(), 7u) << ran.printed;
    }
  }
}

TEST(DiffTest, DuplicatesAreCounted) {
  const Record record = SampleRecord(0);
  const Ran ran = DiffRecords({record, record, record}, {record, record});
  EXPECT_EQ(*ran.result, ExitCode::kFailed);
  EXPECT_EQ(Summary(ran), "equal 2, changed 0, only in A 1, only in B 0");
  EXPECT_NE(ran.printed.find("only in A: record 3: POST /cart/0?item=1"), std::string::npos)
      << ran.printed;
}

TEST(DiffTest, WhatNothingResemblesStandsOnOneSide) {
  Record other = SampleRecord(9);
  other.body = "other";
  const Ran ran = DiffRecords(Samples(2), {SampleRecord(0), SampleRecord(1), other});
  EXPECT_EQ(Summary(ran), "equal 2, changed 0, only in A 0, only in B 1");
  EXPECT_NE(ran.printed.find("only in B: record 3: POST /cart/9?item=1"), std::string::npos);
}

TEST(DiffTest, TheRequestIdPairsWhatChangedAllOver) {
  Record a0 = SampleRecord(0);
  Record a1 = SampleRecord(0);
  a0.headers.Add("x-request-id", "zero");
  a1.headers.Add("x-request-id", "one");
  Record b0 = a0;
  Record b1 = a1;
  b0.body = "world";
  b1.body = "w0rld";
  b0.arrival = b0.completed = At(5);  // after b1
  const Ran ran = DiffRecords({a0, a1}, {b0, b1});
  EXPECT_NE(ran.printed.find("record 1 in A, 1 in B"), std::string::npos) << ran.printed;
  EXPECT_NE(ran.printed.find("record 2 in A, 2 in B"), std::string::npos) << ran.printed;
}

TEST(DiffTest, LongBodiesAreComparedToo) {
  Record a = SampleRecord(0);
  a.body.assign(3'000'000, 'x');
  a.wire_body_bytes = a.body.size();
  Record b = a;
  b.body[2'999'999] = 'y';
  const Ran ran = DiffRecords({a}, {b});
  EXPECT_NE(ran.printed.find("(byte 2999999; 3000000 and 3000000 bytes long)"), std::string::npos)
      << ran.printed;
  EXPECT_EQ(*DiffRecords({a}, {a}).result, ExitCode::kPass);
}

TEST(DiffTest, TheFirstTenExamplesAreShown) {
  std::vector<Record> b = Samples(30);
  for (Record& record : b) record.body = "other";
  const Ran ran = DiffRecords(Samples(30), b);
  EXPECT_EQ(Summary(ran), "equal 0, changed 30, only in A 0, only in B 0");
  EXPECT_EQ(Lines(ran.printed).back(), "(20 more)");
  EXPECT_EQ(Lines(ran.printed)[5], "record 1 in A, 1 in B: POST /cart/0?item=1");
}

TEST(DiffTest, ManyChunksAreFoundAgainInAnyOrder) {
  std::vector<Record> a;
  for (int i = 0; i < 100; ++i) {
    a.push_back(SampleRecord(i));
    a.back().body = std::string(400'000, static_cast<char>(i));
    a.back().wire_body_bytes = 400'000;
  }
  std::vector<Record> b = a;
  for (Record& record : b) record.body.back() ^= '\x80';
  std::shuffle(b.begin(), b.end(), std::mt19937(1));
  const Ran ran = DiffRecords(a, b);
  EXPECT_EQ(Summary(ran), "equal 0, changed 100, only in A 0, only in B 0");
  EXPECT_EQ(Lines(ran.printed).at(3), "  body                    100") << ran.printed;
}

TEST(DiffTest, HostileBytesAreNotPrinted) {
  Record a = SampleRecord(0);
  a.target = "/\x1b[2J";
  Record b = a;
  b.body = "\x1b]0;x\x07";
  const Ran ran = DiffRecords({a}, {b, SampleRecord(1)});
  EXPECT_EQ(ran.printed.find('\x1b'), std::string::npos) << ran.printed;
}

TEST(DiffTest, AMissingSideIsUnusable) {
  const Ran ran = RunDiff(WriteRecording("a", Samples(1)), "/nonexistent");
  EXPECT_EQ(ExitCodeFor(ran.result.status()), ExitCode::kUnusable);
}

}  // namespace
}  // namespace shadowreel
