#include "formats/reel/record_comparison.h"

#include <gtest/gtest.h>

#include <functional>

#include "formats/reel/record_digest.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

using Kinds = std::vector<DifferenceKind>;

Kinds KindsOf(const Record& a, const Record& b) {
  Kinds kinds;
  for (const Difference& difference : CompareRecords(a, b)) kinds.push_back(difference.kind);
  return kinds;
}

Fields MakeFields(const std::vector<FieldView>& list) {
  Fields fields;
  for (const FieldView field : list) fields.Add(field.name, field.value);
  return fields;
}

Record WithHeaders(const std::vector<FieldView>& list) {
  Record record = SampleRecord(0);
  record.headers = MakeFields(list);
  return record;
}

struct Change {
  const char* name;
  std::function<void(Record*)> apply;
  Kinds kinds;
};

TEST(RecordComparisonTest, OneChangeIsThatDifferenceAndAnotherDigest) {
  const std::vector<Change> changes = {
      {"method", [](Record* r) { r->method = "PUT"; }, {DifferenceKind::kMethod}},
      {"target", [](Record* r) { r->target += "!"; }, {DifferenceKind::kTarget}},
      {"version", [](Record* r) { r->version = HttpVersion::kHttp10; }, {DifferenceKind::kVersion}},
      {"framing", [](Record* r) { r->framing = Framing::kChunked; }, {DifferenceKind::kFraming}},
      {"body", [](Record* r) { r->body[4] = '\xff'; }, {DifferenceKind::kBody}},
      {"trailers", [](Record* r) { r->trailers.Add("a", "b"); }, {DifferenceKind::kTrailers}},
      {"complete", [](Record* r) { r->complete = false; }, {DifferenceKind::kComplete}},
      {"truncated", [](Record* r) { r->truncated = true; }, {DifferenceKind::kTruncated}},
  };
  const Record a = SampleRecord(0);
  for (const Change& change : changes) {
    Record b = a;
    change.apply(&b);
    EXPECT_EQ(KindsOf(a, b), change.kinds) << change.name;
    EXPECT_NE(DigestContent(a), DigestContent(b)) << change.name;
  }
}

TEST(RecordComparisonTest, TimesConnectionsPeersAndNumbersAreIgnored) {
  const Record a = SampleRecord(0);
  Record b = a;
  b.number = 99;
  b.recording.fill(1);
  b.arrival += Nanos(1);
  b.completed += Nanos(1);
  b.connection = 1;
  b.stream = 5;
  b.peer = "[::1]:1";
  b.weight = 2;
  b.authority = "other";  // of HTTP/1.1: Host says it
  b.stripped_authority = "other";
  EXPECT_EQ(KindsOf(a, b), Kinds{});
  EXPECT_EQ(DigestContent(a), DigestContent(b));
}

TEST(RecordComparisonTest, TheAuthorityOfHttp2Counts) {
  Record a = SampleRecord(0);
  a.version = HttpVersion::kHttp2;
  Record b = a;
  b.authority = "other";
  EXPECT_EQ(KindsOf(a, b), Kinds{DifferenceKind::kAuthority});
  EXPECT_NE(DigestContent(a), DigestContent(b));
}

struct HeaderChange {
  std::vector<FieldView> a;
  std::vector<FieldView> b;
  Kinds kinds;
  std::string first_detail;
};

TEST(RecordComparisonTest, HeaderDifferencesAreToldApart) {
  const std::vector<HeaderChange> changes = {
      {{{"A", "1"}}, {{"a", "1"}}, {DifferenceKind::kHeaderNameCase}, "A -> a"},
      {{{"A", "1"}},
       {{"A", "2"}},
       {DifferenceKind::kHeaderValue},
       "A: \"1\" -> \"2\" (byte 0; 1 and 1 bytes long)"},
      {{{"A", "1"}, {"B", "2"}},
       {{"B", "2"}, {"A", "1"}},
       {DifferenceKind::kHeaderOrder},
       "B comes before A"},
      {{{"A", "1"}, {"B", "2"}}, {{"B", "2"}}, {DifferenceKind::kHeaderMissing}, "A"},
      {{{"B", "2"}}, {{"B", "2"}, {"C", ""}}, {DifferenceKind::kHeaderAdded}, "C"},
      {{{"A", "1"}, {"A", "2"}},
       {{"A", "2"}, {"A", "1"}},
       {DifferenceKind::kHeaderOrder},
       "A comes before A"},
      {{{"A", "1"}, {"A", "2"}}, {{"A", "2"}}, {DifferenceKind::kHeaderMissing}, "A"},
      {{{"A", "1"}, {"A", "1"}}, {{"A", "1"}}, {DifferenceKind::kHeaderMissing}, "A"},
      {{{"A", "1"}, {"B", "2"}},
       {{"b", "3"}, {"C", "1"}},
       {DifferenceKind::kHeaderMissing, DifferenceKind::kHeaderAdded,
        DifferenceKind::kHeaderNameCase, DifferenceKind::kHeaderValue},
       "A"},
  };
  for (const HeaderChange& change : changes) {
    const Record a = WithHeaders(change.a);
    const Record b = WithHeaders(change.b);
    EXPECT_EQ(KindsOf(a, b), change.kinds) << change.first_detail;
    ASSERT_FALSE(CompareRecords(a, b).empty());
    EXPECT_EQ(CompareRecords(a, b)[0].detail, change.first_detail);
    EXPECT_NE(DigestContent(a), DigestContent(b)) << change.first_detail;
  }
}

TEST(RecordComparisonTest, ALongValueIsShownAroundItsChange) {
  Record a = SampleRecord(0);
  a.body = std::string(1000, 'x') + "\x1b" + std::string(1000, 'y');
  Record b = a;
  b.body[1000] = 'z';
  const std::string before = "\"..." + std::string(20, 'x');
  const std::string after = std::string(39, 'y') + "...\"";
  EXPECT_EQ(CompareRecords(a, b)[0].detail, before + "\\x1b" + after + " -> " + before + "z" +
                                                after + " (byte 1000; 2001 and 2001 bytes long)");
}

TEST(RecordDigestTest, PartsDoNotRunIntoEachOther) {
  EXPECT_NE(DigestContent(WithHeaders({{"ab", "c"}})), DigestContent(WithHeaders({{"a", "bc"}})));
  EXPECT_NE(DigestContent(WithHeaders({{"a", "b"}, {"c", "d"}})),
            DigestContent(WithHeaders({{"a", "bcd"}})));
}

TEST(RecordDigestTest, ARequestIdIsOneThatIsThereOnce) {
  EXPECT_EQ(DigestRequestId(WithHeaders({{"a", "b"}})), 0u);
  EXPECT_EQ(DigestRequestId(WithHeaders({{"x-request-id", ""}})), 0u);
  EXPECT_EQ(DigestRequestId(WithHeaders({{"x-request-id", "1"}, {"X-Request-Id", "1"}})), 0u);
  const uint64_t one = DigestRequestId(WithHeaders({{"X-Request-ID", "1"}}));
  EXPECT_NE(one, 0u);
  EXPECT_EQ(one, DigestRequestId(WithHeaders({{"q", "q"}, {"x-request-id", "1"}})));
  EXPECT_NE(one, DigestRequestId(WithHeaders({{"x-request-id", "2"}})));
}

}  // namespace
}  // namespace shadowreel
