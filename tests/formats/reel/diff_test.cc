#include "formats/reel/diff.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "base/status.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

Ran RunDiff(const std::string& a, const std::string& b, const Tolerances& tolerances = {}) {
  return RunVerb([&](FileSystem& files, Output& output, Notices& notices) {
    return Diff(files, {a, b, tolerances}, output, notices);
  });
}

Ran DiffRecords(const std::vector<Record>& a, const std::vector<Record>& b,
                const Tolerances& tolerances = {}) {
  return RunDiff(WriteRecording("a", a), WriteRecording("b", b), tolerances);
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

Record WithId(int ordinal, std::string_view id, std::string body = "hello") {
  Record record = SampleRecord(ordinal);
  record.headers.Add("x-request-id", id);
  record.body = std::move(body);
  return record;
}

TEST(DiffTest, SwappedContentsAreTwoChanges) {
  const Ran ran = DiffRecords({WithId(0, "one", "A"), WithId(0, "two", "B"), WithId(0, "three")},
                              {WithId(0, "one", "B"), WithId(0, "two", "A"), WithId(0, "three")});
  EXPECT_EQ(Summary(ran), "equal 1, changed 2, only in A 0, only in B 0");
  EXPECT_NE(ran.printed.find("record 1 in A, 1 in B"), std::string::npos) << ran.printed;
}

TEST(DiffTest, RetriesOfOneIdMeetTheirEquals) {
  const std::vector<Record> a = {WithId(0, "one", "try 1"), WithId(0, "one", "try 2"),
                                 WithId(0, "one", "try 3")};
  EXPECT_EQ(*DiffRecords(a, {a[2], a[0], a[1]}).result, ExitCode::kPass);
  EXPECT_EQ(Summary(DiffRecords(a, {a[2], a[0]})), "equal 2, changed 0, only in A 1, only in B 0");
  EXPECT_EQ(Summary(DiffRecords(a, {a[2], a[0], WithId(0, "one", "try X")})),
            "equal 2, changed 1, only in A 0, only in B 0");
}

TEST(DiffTest, ASecondCopyIsNotTakenForAnotherRequest) {
  // Sent twice, while "two" got lost: that is no change of "two" into "one".
  const Ran ran =
      DiffRecords({WithId(0, "one"), WithId(0, "two")}, {WithId(0, "one"), WithId(0, "one")});
  EXPECT_EQ(Summary(ran), "equal 1, changed 0, only in A 1, only in B 1");
}

TEST(DiffTest, AChangedIdIsAChange) {
  const Ran ran =
      DiffRecords({WithId(0, "one"), WithId(1, "two")}, {WithId(0, "one"), WithId(1, "twO")});
  EXPECT_EQ(Summary(ran), "equal 1, changed 1, only in A 0, only in B 0");
}

// As libcurl sends it.
Record HostFirst(const Record& record) {
  Record sent = record;
  sent.headers.Clear();
  sent.headers.Add("Host", record.headers.Find("host").value());
  for (const FieldView field : record.headers) {
    if (!EqualsIgnoreCase(field.name, "host")) sent.headers.Add(field.name, field.value);
  }
  return sent;
}

TEST(DiffTest, WhatLibcurlForcesIsCountedApart) {
  std::vector<Record> a = Samples(30);
  for (size_t i = 0; i < a.size(); ++i) {
    a[i].target = "/same";
    a[i].body[0] = static_cast<char>('a' + i % 5);
    a[i].headers.Clear();
    if (i % 3 == 1) a[i].headers.Add("Accept", "*/*");
    a[i].headers.Add(i % 3 == 2 ? "host" : "Host", "shop");
    a[i].headers.Add("Content-Length", "5");
  }
  std::vector<Record> b;
  for (const Record& record : a) b.push_back(HostFirst(record));
  std::shuffle(b.begin(), b.end(), std::mt19937(1));
  const Ran tolerant = DiffRecords(a, b, {.curl = true});
  EXPECT_EQ(*tolerant.result, ExitCode::kPass);
  EXPECT_EQ(Lines(tolerant.printed).size(), 4u) << tolerant.printed;
  EXPECT_EQ(Summary(tolerant), "equal 30, changed 0, only in A 0, only in B 0");
  EXPECT_EQ(Lines(tolerant.printed)[3],
            "tolerated in 20 of the equal pairs: host moved to the front 10; host spelled Host 10");
  EXPECT_EQ(*DiffRecords(a, b).result, ExitCode::kFailed);
  b[3].trailers.Add("x", "");
  const Ran changed = DiffRecords(a, b, {.curl = true});
  EXPECT_EQ(*changed.result, ExitCode::kFailed);
  EXPECT_EQ(Summary(changed), "equal 29, changed 1, only in A 0, only in B 0");
  EXPECT_EQ(Lines(changed.printed)[3], "  trailers                  1") << changed.printed;
}

TEST(DiffTest, WhatAnotherVersionForcesIsCountedApart) {
  const std::vector<Record> a = Samples(12);
  std::vector<Record> b = a;
  for (Record& record : b) {
    record.version = HttpVersion::kHttp2;
    record.framing = Framing::kNone;
    record.headers.Clear();
    record.headers.Add("accept", "*/*");
  }
  std::shuffle(b.begin(), b.end(), std::mt19937(1));
  const Ran ran = DiffRecords(a, b, {.across_versions = true});
  EXPECT_EQ(*ran.result, ExitCode::kPass);
  EXPECT_EQ(Lines(ran.printed)[3],
            "tolerated in 12 of the equal pairs: version 12; names in lower case 12; host as "
            ":authority 12; framing 12");
  EXPECT_EQ(Summary(DiffRecords(a, b, {.curl = true})),
            "equal 0, changed 12, only in A 0, only in B 0");
}

TEST(DiffTest, LargeCountsAreGrouped) {
  std::vector<Record> many(1234, SampleRecord(0));
  EXPECT_EQ(Summary(DiffRecords(many, many)), "equal 1,234, changed 0, only in A 0, only in B 0");
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
