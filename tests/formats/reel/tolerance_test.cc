#include "formats/reel/tolerance.h"

#include <gtest/gtest.h>

#include <array>

#include "base/status.h"
#include "formats/reel/record_comparison.h"
#include "formats/reel/record_digest.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

constexpr Tolerances kCurl{.curl = true};
constexpr Tolerances kAcross{.across_versions = true};
constexpr Tolerances kBoth{.curl = true, .across_versions = true};

Fields MakeFields(const std::vector<FieldView>& list) {
  Fields fields;
  for (const FieldView field : list) fields.Add(field.name, field.value);
  return fields;
}

Record Http1(const std::vector<FieldView>& headers, Framing framing = Framing::kNone,
             std::string body = "") {
  Record record;
  record.method = "POST";
  record.target = "/a?b=1";
  record.headers = MakeFields(headers);
  record.authority = record.headers.Find("host").value_or("");
  record.framing = framing;
  record.body = std::move(body);
  return record;
}

Record Http2(const std::vector<FieldView>& headers, std::string body = "",
             Framing framing = Framing::kNone) {
  Record record = Http1(headers, framing, std::move(body));
  record.version = HttpVersion::kHttp2;
  record.authority = "shop";
  return record;
}

Record Http10(Record record) {
  record.version = HttpVersion::kHttp10;
  return record;
}

using Names = std::vector<std::string>;

struct Verdict {
  Names tolerated;
  Names kinds;
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

void PrintTo(const Verdict& verdict, std::ostream* out) {
  *out << "tolerated " << ::testing::PrintToString(verdict.tolerated) << ", differs in "
       << ::testing::PrintToString(verdict.kinds);
}

Verdict Judge(const Tolerances& tolerances, Record a, Record b) {
  Verdict verdict;
  const ToleratedSet found = Tolerate(tolerances, &a, &b);
  for (size_t form = 0; form < kToleratedForms; ++form) {
    if (found.test(form)) verdict.tolerated.emplace_back(NameOf(static_cast<ToleratedForm>(form)));
  }
  for (const Difference& found_difference : CompareRecords(a, b)) {
    verdict.kinds.emplace_back(NameOf(found_difference.kind));
  }
  return verdict;
}

// It does not matter which is the original.
void ExpectVerdict(const Tolerances& tolerances, const Record& a, const Record& b,
                   const Verdict& verdict) {
  EXPECT_EQ(Judge(tolerances, a, b), verdict);
  EXPECT_EQ(Judge(tolerances, b, a), verdict);
}

void ExpectDiffers(const Tolerances& tolerances, const Record& a, const Record& b) {
  EXPECT_FALSE(Judge(tolerances, a, b).kinds.empty());
  EXPECT_FALSE(Judge(tolerances, b, a).kinds.empty());
}

// What is tolerated must be found as a pair first.
void ExpectSameFold(const Record& a, const Record& b) {
  Record folded_a = a;
  Record folded_b = b;
  if (a.version == b.version) {
    FoldWithinVersion(kCurl, &folded_a);
    FoldWithinVersion(kCurl, &folded_b);
  } else {
    FoldAcrossVersions(&folded_a);
    FoldAcrossVersions(&folded_b);
  }
  EXPECT_EQ(DigestContent(folded_a), DigestContent(folded_b));
}

void ExpectTolerated(const Tolerances& tolerances, const Record& a, const Record& b,
                     const Names& names) {
  ExpectVerdict(tolerances, a, b, {names, {}});
  ExpectVerdict(kBoth, a, b, {names, {}});
  ExpectDiffers({}, a, b);
  ExpectSameFold(a, b);
}

TEST(CurlToleranceTest, HostFirstAndSpelledSo) {
  const Record curls = Http1({{"Host", "shop"}, {"A", "1"}, {"b", "2"}});
  ExpectTolerated(kCurl, Http1({{"A", "1"}, {"Host", "shop"}, {"b", "2"}}), curls,
                  {"host moved to the front"});
  ExpectTolerated(kCurl, Http1({{"host", "shop"}, {"A", "1"}, {"b", "2"}}), curls,
                  {"host spelled Host"});
  ExpectTolerated(kCurl, Http1({{"A", "1"}, {"b", "2"}, {"HOST", "shop"}}), curls,
                  {"host moved to the front", "host spelled Host"});
}

TEST(CurlToleranceTest, NothingElseIsForgiven) {
  const Record curls = Http1({{"Host", "shop"}, {"A", "1"}, {"b", "2"}});
  ExpectDiffers(kCurl, Http1({{"A", "1"}, {"Host", "Shop"}, {"b", "2"}}), curls);
  ExpectDiffers(kCurl, Http1({{"A", "1"}, {"b", "2"}}), curls);
  ExpectDiffers(kCurl, Http1({{"Host", "shop"}, {"Host", "shop"}, {"A", "1"}, {"b", "2"}}), curls);
  ExpectDiffers(kCurl, Http1({{"b", "2"}, {"Host", "shop"}, {"A", "1"}}), curls);
  ExpectDiffers(kCurl, Http1({{"a", "1"}, {"Host", "shop"}, {"b", "2"}}), curls);
  ExpectDiffers(kCurl, Http1({{"A", "1"}, {"Host", "shop"}, {"b", ""}}), curls);
  ExpectDiffers(kAcross, Http1({{"A", "1"}, {"Host", "shop"}, {"b", "2"}}), curls);
}

TEST(CurlToleranceTest, OneOfTheTwoHasTheFormThatLibcurlForces) {
  ExpectDiffers(kCurl, Http1({{"A", "1"}, {"Host", "shop"}, {"b", "2"}}),
                Http1({{"A", "1"}, {"b", "2"}, {"Host", "shop"}}));
  ExpectDiffers(kCurl, Http1({{"host", "shop"}, {"A", "1"}}),
                Http1({{"A", "1"}, {"Host", "shop"}}));
}

TEST(CurlToleranceTest, WhatElseChangedIsNamedAlone) {
  ExpectVerdict(kCurl, Http1({{"A", "1"}, {"Host", "shop"}}),
                Http1({{"Host", "shop"}, {"A", "1"}}, Framing::kNone, "x"),
                {{"host moved to the front"}, {"body"}});
}

TEST(AcrossVersionsTest, NamesHostAndVersion) {
  ExpectTolerated(kAcross, Http1({{"X-A", "1"}, {"Host", "shop"}, {"b", "2"}}),
                  Http2({{"x-a", "1"}, {"b", "2"}}),
                  {"version", "names in lower case", "host as :authority"});
  ExpectTolerated(kAcross, Http1({{"b", "2"}, {"host", "shop"}}), Http2({{"b", "2"}}),
                  {"version", "host as :authority"});
}

TEST(AcrossVersionsTest, TheHostsValueCounts) {
  ExpectVerdict(kAcross, Http1({{"Host", "other"}}), Http2({}),
                {{"version", "host as :authority"}, {"authority"}});
  ExpectDiffers(kAcross, Http1({}), Http2({}));
  ExpectDiffers(kAcross, Http1({{"Host", "shop"}, {"Host", "shop"}}), Http2({}));
}

TEST(AcrossVersionsTest, AHostBesideOrInsteadOfAuthorityIsAField) {
  ExpectTolerated(kAcross, Http1({{"a", "1"}, {"host", "shop"}}),
                  Http2({{"a", "1"}, {"host", "shop"}}), {"version"});
  ExpectDiffers(kAcross, Http1({{"host", "shop"}, {"a", "1"}}),
                Http2({{"a", "1"}, {"host", "shop"}}));
  Record alone = Http2({{"host", "shop"}});
  alone.authority.clear();
  ExpectTolerated(kAcross, Http1({{"Host", "shop"}}), alone, {"version", "names in lower case"});
  ExpectDiffers(kAcross, Http1({{"Host", "else"}}), alone);
}

TEST(AcrossVersionsTest, Http2NamesAreLowerCaseThemselves) {
  ExpectDiffers(kAcross, Http1({{"Host", "shop"}, {"X-A", "1"}}), Http2({{"X-A", "1"}}));
  ExpectDiffers(kAcross, Http1({{"Host", "shop"}, {"x-a", "1"}}), Http2({{"X-A", "1"}}));
}

TEST(AcrossVersionsTest, FramingIsToleratedAndTheBodyIsNot) {
  const Record chunked =
      Http1({{"host", "shop"}, {"transfer-encoding", "chunked"}}, Framing::kChunked, "hello");
  const Record counted =
      Http1({{"host", "shop"}, {"content-length", "5"}}, Framing::kContentLength, "hello");
  const Names names = {"version", "host as :authority", "framing"};
  ExpectTolerated(kAcross, chunked, Http2({}, "hello"), names);
  ExpectTolerated(kAcross, counted, Http2({}, "hello"), names);
  ExpectTolerated(kAcross, chunked,
                  Http2({{"content-length", "5"}}, "hello", Framing::kContentLength), names);
  ExpectTolerated(kAcross, counted,
                  Http2({{"content-length", "5"}}, "hello", Framing::kContentLength),
                  {"version", "host as :authority"});
  ExpectDiffers(kAcross, chunked, Http2({}, "hell0"));
  ExpectDiffers(kAcross, counted, Http2({}, "hello!"));
}

TEST(AcrossVersionsTest, AnotherLengthOrCodingCounts) {
  ExpectDiffers(
      kAcross, Http1({{"host", "shop"}, {"content-length", "6"}}, Framing::kContentLength, "hello"),
      Http2({}, "hello"));
  ExpectDiffers(
      kAcross,
      Http1({{"host", "shop"}, {"transfer-encoding", "gzip, chunked"}}, Framing::kChunked, "hello"),
      Http2({}, "hello"));
  // Both have one, elsewhere.
  ExpectDiffers(kAcross,
                Http1({{"host", "shop"}, {"content-length", "5"}, {"a", "1"}},
                      Framing::kContentLength, "hello"),
                Http2({{"a", "1"}, {"content-length", "5"}}, "hello", Framing::kContentLength));
}

TEST(AcrossVersionsTest, ConnectionFieldsAreDropped) {
  const Names names = {"version", "host as :authority", "connection field dropped"};
  for (const FieldView field : std::vector<FieldView>{{"connection", "keep-alive"},
                                                      {"keep-alive", "timeout=5"},
                                                      {"proxy-connection", "close"},
                                                      {"upgrade", "websocket"},
                                                      {"te", "deflate"}}) {
    SCOPED_TRACE(std::string(field.name));
    ExpectTolerated(kAcross, Http1({{"host", "shop"}, field, {"b", "2"}}), Http2({{"b", "2"}}),
                    names);
    ExpectDiffers(kAcross, Http1({{"host", "shop"}, {"b", "2"}}), Http2({field, {"b", "2"}}));
  }
  ExpectDiffers(kAcross, Http1({{"host", "shop"}, {"te", "trailers"}}), Http2({}));
  ExpectTolerated(kAcross, Http1({{"host", "shop"}, {"te", "trailers"}}),
                  Http2({{"te", "trailers"}}), {"version", "host as :authority"});
}

TEST(AcrossVersionsTest, CookieCrumbsAreOneField) {
  const Record one = Http1({{"host", "shop"}, {"cookie", "a=1; b=2; c=3"}, {"z", "1"}});
  ExpectTolerated(kAcross, one,
                  Http2({{"cookie", "a=1"}, {"cookie", "b=2"}, {"z", "1"}, {"cookie", "c=3"}}),
                  {"version", "host as :authority", "cookies joined"});
  ExpectDiffers(kAcross, one, Http2({{"cookie", "a=1"}, {"cookie", "c=3; b=2"}, {"z", "1"}}));
  ExpectDiffers(kAcross, one, Http2({{"cookie", "a=1"}, {"cookie", "b=2"}, {"z", "1"}}));
  ExpectDiffers(kAcross, one, Http2({{"z", "1"}, {"cookie", "a=1"}, {"cookie", "b=2; c=3"}}));
}

TEST(AcrossVersionsTest, AnAbsoluteTargetIsAPathAndAnAuthority) {
  const std::vector<std::array<const char*, 3>> targets = {
      {"POST", "http://shop/a?b", "/a?b"}, {"POST", "http://shop", "/"},
      {"POST", "http://shop?b", "/?b"},    {"OPTIONS", "http://shop", "*"},
      {"POST", "http://shop/", "/"},
  };
  for (const auto& [method, absolute, path] : targets) {
    SCOPED_TRACE(absolute);
    Record a = Http1({{"host", "shop"}});
    Record b = Http2({});
    a.method = b.method = method;
    a.target = absolute;
    b.target = path;
    ExpectTolerated(kAcross, a, b, {"version", "host as :authority", "absolute target as path"});
    b.target += "x";
    ExpectDiffers(kAcross, a, b);
  }
  Record a = Http1({{"host", "shop"}});
  a.target = "http://else/a?b=1";
  ExpectDiffers(kAcross, a, Http2({}));
}

TEST(AcrossVersionsTest, TrailersKeepValuesAndOrder) {
  Record a = Http1({{"host", "shop"}, {"transfer-encoding", "chunked"}}, Framing::kChunked, "x");
  Record b = Http2({}, "x");
  a.trailers = MakeFields({{"Sum", "1"}, {"b", "2"}});
  b.trailers = MakeFields({{"sum", "1"}, {"b", "2"}});
  ExpectTolerated(kAcross, a, b,
                  {"version", "names in lower case", "host as :authority", "framing"});
  b.trailers = MakeFields({{"b", "2"}, {"sum", "1"}});
  ExpectDiffers(kAcross, a, b);
  b.trailers.Clear();
  ExpectDiffers(kAcross, a, b);
}

TEST(AcrossVersionsTest, Http10LosesChunkedAndConnectionFields) {
  const Record chunked = Http1({{"Host", "shop"}, {"Transfer-Encoding", "chunked"}, {"B", "2"}},
                               Framing::kChunked, "hello");
  const Record counted = Http1({{"Host", "shop"}, {"B", "2"}, {"Content-Length", "5"}},
                               Framing::kContentLength, "hello");
  ExpectTolerated(kAcross, chunked, Http10(counted), {"version", "framing"});
  ExpectTolerated(kAcross, counted, Http10(counted), {"version"});
  ExpectTolerated(kAcross, Http1({{"Host", "shop"}}),
                  Http10(Http1({{"Host", "shop"}, {"Connection", "keep-alive"}})),
                  {"version", "connection field dropped"});
  // HTTP/1.1 knows Content-Length, and both know case and where Host stood.
  ExpectDiffers(kAcross, counted,
                Http10(Http1({{"Host", "shop"}, {"B", "2"}}, Framing::kNone, "hello")));
  ExpectDiffers(kAcross, Http1({{"Host", "shop"}, {"B", "2"}}),
                Http10(Http1({{"Host", "shop"}, {"b", "2"}})));
  ExpectDiffers(kAcross, Http1({{"Host", "shop"}, {"B", "2"}}),
                Http10(Http1({{"B", "2"}, {"Host", "shop"}})));
  ExpectDiffers(kAcross, Http1({{"Host", "shop"}}), Http10(Http1({})));
  ExpectTolerated(kBoth, Http1({{"Host", "shop"}, {"B", "2"}}),
                  Http10(Http1({{"B", "2"}, {"Host", "shop"}})),
                  {"host moved to the front", "version"});
}

TEST(AcrossVersionsTest, RecordsOfOneVersionAreComparedAsTheyAre) {
  ExpectDiffers(kAcross, Http1({{"A", "1"}}), Http1({{"a", "1"}}));
  ExpectDiffers(kAcross, Http2({{"cookie", "a=1; b=2"}}),
                Http2({{"cookie", "a=1"}, {"cookie", "b=2"}}));
  ExpectDiffers(kAcross, Http1({{"a", "1"}, {"connection", "close"}}), Http1({{"a", "1"}}));
}

TEST(TolerancesTest, TheListHasOneKnownWord) {
  EXPECT_TRUE(ParseTolerances("curl")->curl);
  EXPECT_TRUE(ParseTolerances("curl,curl")->curl);
  EXPECT_FALSE(ParseTolerances("")->any());
  EXPECT_EQ(Message(ParseTolerances("curl,wget").status()),
            "'wget' is not known; the one known value is curl");
  EXPECT_FALSE(ParseTolerances(",curl").ok());
}

}  // namespace
}  // namespace shadowreel
