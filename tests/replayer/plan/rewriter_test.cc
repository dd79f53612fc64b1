#include "replayer/plan/rewriter.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <random>
#include <utility>

#include "base/status.h"

namespace shadowreel {
namespace {

using List = std::initializer_list<std::pair<std::string_view, std::string_view>>;

Record Get(List headers) {
  Record record;
  record.method = "GET";
  record.target = "/a?b=c";
  for (const auto& [name, value] : headers) record.headers.Add(name, value);
  record.authority = std::string(record.headers.Find("host").value_or(""));
  record.stripped_authority = "shop.example:80";
  return record;
}

RewriterOptions Options(AuthorityMode mode = AuthorityMode::kTarget,
                        StripMode strip = StripMode::kMesh) {
  RewriterOptions options;
  options.authority = mode;
  options.target_authority = "v2.test:8080";
  options.strip = strip;
  return options;
}

// "Name: value" lines.
std::string Lines(const Fields& fields) {
  std::string lines;
  for (const FieldView field : fields) {
    lines.append(field.name).append(": ").append(field.value).push_back('\n');
  }
  return lines;
}

std::string Rewritten(Record record, const RewriterOptions& options) {
  const auto request = Rewriter(options).Rewrite(std::move(record));
  return request ? Lines(request->headers) : "(not expressible)";
}

TEST(RewriterTest, KeepsMethodTargetFieldsAndTheirOrderAndCase) {
  const auto request = Rewriter(Options()).Rewrite(
      Get({{"X-One", "1"}, {"host", "shop"}, {"x-two", ""}, {"X-One", "again"}, {"B", "\xff"}}));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "GET");
  EXPECT_EQ(request->target, "/a?b=c");
  EXPECT_EQ(Lines(request->headers),
            "X-One: 1\nhost: v2.test:8080\nx-two: \nX-One: again\nB: \xff\n");
  EXPECT_FALSE(request->chunked);
  EXPECT_FALSE(request->http10);
}

TEST(RewriterTest, TheAuthorityStandsWhereTheRecordedHostStood) {
  const List headers = {{"A", "1"}, {"HOST", "shop.example-shadow:80"}, {"B", "2"}};
  const std::pair<AuthorityMode, const char*> rows[] = {
      {AuthorityMode::kTarget, "v2.test:8080"},
      {AuthorityMode::kRecorded, "shop.example-shadow:80"},
      {AuthorityMode::kStripped, "shop.example:80"},
      {AuthorityMode::kShadow, "shop.example-shadow:80"},
      {AuthorityMode::kLiteral, "canary"},
  };
  for (const auto& [mode, authority] : rows) {
    RewriterOptions options = Options(mode);
    options.literal_authority = "canary";
    EXPECT_EQ(Rewritten(Get(headers), options),
              "A: 1\nHOST: " + std::string(authority) + "\nB: 2\n");
  }
}

TEST(RewriterTest, AHostIsAddedFirstWhenThereWasNone) {
  EXPECT_EQ(Rewritten(Get({{"A", "1"}}), Options()), "Host: v2.test:8080\nA: 1\n");
  EXPECT_EQ(Rewritten(Get({{"A", "1"}}), Options(AuthorityMode::kRecorded)),
            "Host: v2.test:8080\nA: 1\n");
  Record old = Get({{"A", "1"}});
  old.version = HttpVersion::kHttp10;
  EXPECT_EQ(Rewritten(old, Options(AuthorityMode::kRecorded, StripMode::kNone)), "A: 1\n");
}

TEST(RewriterTest, ASecondHostIsLeftOut) {
  EXPECT_EQ(Rewritten(Get({{"Host", "a"}, {"Host", "b"}}), Options()), "Host: v2.test:8080\n");
}

TEST(RewriterTest, AnAbsoluteTargetCarriesTheChosenAuthority) {
  const std::pair<const char*, const char*> rows[] = {
      {"http://shop.example/a?b", "http://v2.test:8080/a?b"},
      {"http://user@shop.example:80", "http://v2.test:8080"},
      {"http://shop.example?x=http://y/", "http://v2.test:8080?x=http://y/"},
      {"/a?u=http://shop.example/", "/a?u=http://shop.example/"},
      {"a?u=http://shop.example/", "a?u=http://shop.example/"},
      {"*", "*"},
  };
  for (const auto& [target, expected] : rows) {
    Record record = Get({{"Host", "shop.example"}});
    record.target = target;
    Record again = record;
    EXPECT_EQ(Rewriter(Options()).Rewrite(std::move(record))->target, expected);
    EXPECT_EQ(Rewriter(Options(AuthorityMode::kRecorded)).Rewrite(std::move(again))->target,
              target);
  }
}

TEST(RewriterTest, TheRecordedHostIsNotTheAuthorityOfAnAbsoluteTarget) {
  Record record = Get({{"Host", "as-received"}});
  record.target = "http://other/";
  record.authority = "other";
  EXPECT_EQ(Rewritten(record, Options(AuthorityMode::kRecorded)), "Host: as-received\n");
}

TEST(RewriterTest, AHostThatWasEmptyIsEmptyAgainWhenTheRecordedOneIsAskedFor) {
  const List headers = {{"A", "1"}, {"Host", ""}};
  EXPECT_EQ(Rewritten(Get(headers), Options(AuthorityMode::kRecorded)), "A: 1\nHost: \n");
  EXPECT_EQ(Rewritten(Get(headers), Options(AuthorityMode::kTarget)), "A: 1\nHost: v2.test:8080\n");
}

TEST(RewriterTest, AnAbsoluteTargetInHttp10GetsNoHostThatWasNotThere) {
  Record record = Get({{"A", "1"}});
  record.version = HttpVersion::kHttp10;
  record.target = "http://shop.example/";
  record.authority = "shop.example";
  EXPECT_EQ(Rewritten(record, Options(AuthorityMode::kRecorded, StripMode::kNone)), "A: 1\n");
  EXPECT_EQ(Rewritten(record, Options(AuthorityMode::kRecorded)), "Host: shop.example\nA: 1\n");
}

TEST(RewriterTest, MeshFieldsAreRemovedUnlessFidelityIsAskedFor) {
  const List headers = {{"Host", "shop"},
                        {"X-Envoy-Internal", "true"},
                        {"x-envoy-", "1"},
                        {"x-envoyish", "stays"},
                        {"traceparent", "00-1-2-01"},
                        {"TraceState", "a=b"},
                        {"b3", "0"},
                        {"X-B3-Sampled", "0"},
                        {"x-forwarded-for", "192.0.2.1"},
                        {"Forwarded", "stays"},
                        {"Connection", "keep-alive, X-Hop ,,"},
                        {"Keep-Alive", "timeout=5"},
                        {"proxy-connection", "close"},
                        {"TE", "trailers"},
                        {"Upgrade", "h2c"},
                        {"Expect", "100-continue"},
                        {"x-hop", "1"},
                        {"Proxy-Authorization", "Basic stays"},
                        {"X-Request-Id", "stays"}};
  EXPECT_EQ(Rewritten(Get(headers), Options()),
            "Host: v2.test:8080\nx-envoyish: stays\nForwarded: stays\n"
            "Proxy-Authorization: Basic stays\nX-Request-Id: stays\n");
  Record record = Get(headers);
  const std::string all = Lines(record.headers);
  EXPECT_EQ(Rewritten(record, Options(AuthorityMode::kRecorded, StripMode::kNone)), all);
}

TEST(RewriterTest, AConnectionFieldCannotRemoveTheHostOrTheLength) {
  Record record =
      Get({{"Connection", "Host, Content-Length"}, {"Host", "a"}, {"Content-Length", "2"}});
  record.framing = Framing::kContentLength;
  record.body = "hi";
  EXPECT_EQ(Rewritten(record, Options()), "Host: v2.test:8080\nContent-Length: 2\n");
}

TEST(RewriterTest, TheContentLengthIsThatOfTheBodySentAndStandsInItsPlace) {
  Record record = Get({{"content-length", "99"}, {"Host", "a"}, {"Content-Length", "99"}});
  record.framing = Framing::kContentLength;
  record.body = "four";
  const auto request = Rewriter(Options()).Rewrite(std::move(record));
  EXPECT_EQ(Lines(request->headers), "content-length: 4\nHost: v2.test:8080\n");
  EXPECT_EQ(request->body, "four");
  EXPECT_FALSE(request->chunked);
}

TEST(RewriterTest, AnEmptyBodyKeepsItsKindOfFraming) {
  Record none = Get({{"Host", "a"}});
  EXPECT_EQ(Rewritten(none, Options()), "Host: v2.test:8080\n");
  Record length = Get({{"Host", "a"}, {"Content-Length", "0"}});
  length.framing = Framing::kContentLength;
  EXPECT_EQ(Rewritten(length, Options()), "Host: v2.test:8080\nContent-Length: 0\n");
  Record chunked = Get({{"Transfer-Encoding", "Chunked"}, {"Host", "a"}});
  chunked.framing = Framing::kChunked;
  EXPECT_EQ(Rewritten(chunked, Options()), "Transfer-Encoding: Chunked\nHost: v2.test:8080\n");
}

TEST(RewriterTest, ALengthThatIsStillTrueKeepsItsSpelling) {
  Record record = Get({{"Host", "a"}, {"Content-Length", "0004"}});
  record.framing = Framing::kContentLength;
  record.body = "four";
  EXPECT_EQ(Rewritten(record, Options()), "Host: v2.test:8080\nContent-Length: 0004\n");
  record.body = "three";
  EXPECT_EQ(Rewritten(record, Options()), "Host: v2.test:8080\nContent-Length: 5\n");
}

TEST(RewriterTest, ChunksKeepTheirTrailersWithoutMeshFields) {
  Record record = Get({{"Host", "a"}, {"Trailer", "X-Sum"}, {"transfer-encoding", "chunked"}});
  record.framing = Framing::kChunked;
  record.body = "body";
  record.trailers.Add("X-Sum", "1");
  record.trailers.Add("x-envoy-cost", "2");
  const auto request = Rewriter(Options()).Rewrite(std::move(record));
  EXPECT_TRUE(request->chunked);
  EXPECT_EQ(Lines(request->headers),
            "Host: v2.test:8080\nTrailer: X-Sum\ntransfer-encoding: chunked\n");
  EXPECT_EQ(Lines(request->trailers), "X-Sum: 1\n");
}

TEST(RewriterTest, TheVersionIsHttp11UnlessFidelityIsAskedFor) {
  Record record = Get({{"Host", "a"}});
  record.version = HttpVersion::kHttp10;
  Record again = record;
  EXPECT_FALSE(Rewriter(Options()).Rewrite(std::move(record))->http10);
  EXPECT_TRUE(Rewriter(Options(AuthorityMode::kTarget, StripMode::kNone))
                  .Rewrite(std::move(again))
                  ->http10);
}

TEST(RewriterTest, AnHttp2RecordBecomesHttp11) {
  Record record = Get({{"accept", "x"}});
  record.version = HttpVersion::kHttp2;
  record.authority = "shop.example";
  record.body = "body";
  EXPECT_EQ(Rewritten(record, Options(AuthorityMode::kRecorded, StripMode::kNone)),
            "Host: shop.example\naccept: x\nContent-Length: 4\n");
  record.trailers.Add("grpc-x", "1");
  const auto request = Rewriter(Options()).Rewrite(std::move(record));
  EXPECT_EQ(Lines(request->headers), "Host: v2.test:8080\naccept: x\nTransfer-Encoding: chunked\n");
  EXPECT_TRUE(request->chunked);
  EXPECT_FALSE(request->http10);
}

TEST(RewriterTest, CookieCrumbsOfHttp2BecomeOneInThePlaceOfTheFirst) {
  for (const StripMode strip : {StripMode::kMesh, StripMode::kNone}) {
    Record record = Get({{"a", "1"},
                         {"cookie", "x=1"},
                         {"b", "2"},
                         {"cookie", ""},
                         {"cookie", "y=2; z=3"},
                         {"te", "trailers"}});
    record.version = HttpVersion::kHttp2;
    const std::string te = strip == StripMode::kNone ? "te: trailers\n" : "";
    EXPECT_EQ(Rewritten(record, Options(AuthorityMode::kTarget, strip)),
              "Host: v2.test:8080\na: 1\ncookie: x=1; ; y=2; z=3\nb: 2\n" + te);
  }
}

TEST(RewriterTest, CookieFieldsOfHttp1StayAsTheyCame) {
  EXPECT_EQ(Rewritten(Get({{"Host", "a"}, {"Cookie", "x=1"}, {"cookie", "y=2"}}), Options()),
            "Host: v2.test:8080\nCookie: x=1\ncookie: y=2\n");
}

TEST(RewriterTest, TheMarkerComesLastAndReplacesARecordedOne) {
  RewriterOptions options = Options();
  options.marker_name = "x-shadowreel-run";
  options.marker_value = "17";
  EXPECT_EQ(Rewritten(Get({{"X-Shadowreel-Run", "3"}, {"Host", "a"}, {"B", "2"}}), options),
            "Host: v2.test:8080\nB: 2\nx-shadowreel-run: 17\n");
}

TEST(RewriterTest, AMarkerIsNamedByATokenThatSaysNothingAboutTheMessage) {
  EXPECT_TRUE(IsMarkerName("x-shadowreel-run"));
  for (const char* name : {"", "a b", "a:", "Host", "content-length", "Transfer-Encoding"}) {
    EXPECT_FALSE(IsMarkerName(name)) << name;
  }
}

TEST(RewriterTest, ConditionalFieldsGoOnlyWhenAsked) {
  const List headers = {{"Host", "a"}, {"If-None-Match", "x"}, {"if-range", "y"}, {"Iffy", "z"}};
  RewriterOptions options = Options();
  EXPECT_EQ(Rewritten(Get(headers), options),
            "Host: v2.test:8080\nIf-None-Match: x\nif-range: y\nIffy: z\n");
  options.drop_conditional = true;
  EXPECT_EQ(Rewritten(Get(headers), options), "Host: v2.test:8080\nIffy: z\n");
}

RewriterOptions Rules(const std::vector<std::string>& texts) {
  RewriterOptions options = Options();
  for (const std::string& text : texts) options.path_rewrites.push_back(*PathRewrite::Parse(text));
  return options;
}

TEST(RewriterTest, ThePathIsRewrittenByTheFirstRuleThatFits) {
  const Rewriter rewriter(Rules({"/b -> /never", "/a -> /new", "/new -> /newer"}));
  EXPECT_EQ(rewriter.Rewrite(Get({{"Host", "shop"}}))->target, "/new?b=c");
}

TEST(RewriterTest, ATargetThatTheRulesMadeTooLongIsNotExpressible) {
  const Rewriter rewriter(Rules({"re:a -> bbbb"}));
  const auto target_of = [&](std::string target) {
    Record record = Get({{"Host", "shop"}});
    record.target = std::move(target);
    const auto request = rewriter.Rewrite(std::move(record));
    return request ? request->target.size() : 0;
  };
  const size_t most = kMaxRewrittenTargetBytes / 4 - 1;
  EXPECT_EQ(target_of("/123" + std::string(most, 'a')), kMaxRewrittenTargetBytes);
  EXPECT_EQ(target_of("/1234" + std::string(most, 'a')), 0u);
  // As it was recorded, it is as long as it is.
  const std::string recorded(kMaxRewrittenTargetBytes, 'x');
  EXPECT_EQ(target_of("/" + recorded), recorded.size() + 1);
}

TEST(RewriterTest, ARewrittenAbsoluteTargetCarriesTheChosenAuthority) {
  Record record = Get({{"Host", "shop.example"}});
  record.target = "http://shop.example/a/b?c";
  Record again = record;
  EXPECT_EQ(Rewriter(Rules({"/a -> /new"})).Rewrite(std::move(record))->target,
            "http://v2.test:8080/new/b?c");
  RewriterOptions recorded = Rules({"/a -> /new"});
  recorded.authority = AuthorityMode::kRecorded;
  EXPECT_EQ(Rewriter(recorded).Rewrite(std::move(again))->target, "http://shop.example/new/b?c");
}

TEST(RewriterTest, EditsComeAfterStrippingAndBeforeTheMarker) {
  RewriterOptions options = Options();
  options.marker_name = "x-run";
  options.marker_value = "17";
  options.edits.remove = {"x-old"};
  options.edits.set = {{"X-Envoy-Set", "kept"}, {"Cookie", "set"}};
  options.edits.add = {{"x-old", "added"}};
  options.edits.forwarded_for = "192.0.2.9";
  Record record = Get({{"Host", "a"},
                       {"x-old", "1"},
                       {"X-Forwarded-For", "10.0.0.1"},
                       {"x-forwarded-proto", "https"},
                       {"cookie", "a=1"},
                       {"x-envoy-set", "recorded"},
                       {"B", "2"}});
  EXPECT_EQ(Rewritten(std::move(record), options),
            "Host: v2.test:8080\nX-Forwarded-For: 10.0.0.1, 192.0.2.9\nCookie: set\nB: 2\n"
            "X-Envoy-Set: kept\nx-old: added\nx-run: 17\n");
}

TEST(RewriterTest, EditsLeaveTrailersAlone) {
  RewriterOptions options = Options();
  options.edits.remove = {"x-sum"};
  options.edits.set = {{"x-other", "1"}};
  Record record = Get({{"Host", "a"}});
  record.framing = Framing::kChunked;
  record.trailers.Add("x-sum", "2");
  const auto request = Rewriter(options).Rewrite(std::move(record));
  EXPECT_EQ(Lines(request->trailers), "x-sum: 2\n");
}

TEST(RewriterTest, WhetherTheTargetsAuthorityIsNamedFollowsFromModeAndRecord) {
  const Record named = Get({{"Host", "shop"}});
  const Record empty = Get({{"Host", ""}});
  Record none = Get({});
  none.stripped_authority = "";
  Record old = none;
  old.version = HttpVersion::kHttp10;
  EXPECT_TRUE(Rewriter(Options()).NamesTarget(named));
  const Rewriter recorded(Options(AuthorityMode::kRecorded));
  EXPECT_FALSE(recorded.NamesTarget(named));
  EXPECT_FALSE(recorded.NamesTarget(empty));
  EXPECT_TRUE(recorded.NamesTarget(none));
  EXPECT_TRUE(recorded.NamesTarget(old));  // sent as HTTP/1.1
  EXPECT_FALSE(Rewriter(Options(AuthorityMode::kRecorded, StripMode::kNone)).NamesTarget(old));
  const Rewriter stripped(Options(AuthorityMode::kStripped));
  EXPECT_FALSE(stripped.NamesTarget(named));
  EXPECT_TRUE(stripped.NamesTarget(none));
}

// A record as a client may have sent it in HTTP/1.1, of any bytes that it can hold.
class RandomRecords {
 public:
  explicit RandomRecords(uint32_t seed) : random_(seed) {}

  Record Next() {
    Record record;
    record.method = Pick({"GET", "POST", "PURGE"});
    record.target = Pick({"/", "/a/", "http://shop.example/", "*", "//x"}) + Bytes('!', 12);
    const int host = Number(4);
    for (int i = 0, count = Number(8); i < count; ++i) {
      if (i == host) record.headers.Add("hOst", "shop.example");
      record.headers.Add(Pick({"Accept", "x-a", "X-A", "cookie", "b"}), Bytes(' ', 20));
    }
    if (!record.headers.Find("host")) record.headers.Add("Host", "shop.example");
    record.authority = record.stripped_authority = "shop.example";
    if (Number(2) == 0) return record;
    record.body = Bytes('\0', 40);
    record.framing = Framing::kContentLength;
    record.headers.Add("content-Length", std::to_string(record.body.size()));
    return record;
  }

 private:
  int Number(int below) { return std::uniform_int_distribution<>(0, below - 1)(random_); }
  std::string Pick(const std::vector<std::string>& words) {
    return words[static_cast<size_t>(Number(static_cast<int>(words.size())))];
  }
  std::string Bytes(char least, int most) {
    std::string bytes;
    for (int i = Number(most); i > 0; --i) {
      const auto c = static_cast<char>(least + Number(256 - least));
      if (c != 0x7f) bytes.push_back(c);
    }
    return bytes;
  }

  std::mt19937 random_;
};

TEST(RewriterTest, RewritingNothingLeavesEveryRequestByteForByte) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomRecords records(seed);
  const Rewriter plain(Options(AuthorityMode::kRecorded, StripMode::kNone));
  RewriterOptions idle_options = Options(AuthorityMode::kRecorded, StripMode::kNone);
  idle_options.path_rewrites = Rules({"/absent -> /x", "re:^absent -> x"}).path_rewrites;
  idle_options.edits.remove = {"absent"};
  const Rewriter idle(idle_options);
  for (int i = 0; i < 2000; ++i) {
    const Record record = records.Next();
    for (const Rewriter* rewriter : {&plain, &idle}) {
      Record copy = record;
      const auto request = rewriter->Rewrite(std::move(copy));
      ASSERT_TRUE(request) << record.target;
      ASSERT_EQ(request->method, record.method);
      ASSERT_EQ(request->target, record.target);
      ASSERT_EQ(Lines(request->headers), Lines(record.headers));
      ASSERT_EQ(request->body, record.body);
      ASSERT_FALSE(request->chunked);
    }
  }
}

TEST(RewriterTest, WhatHttp1CannotSayIsNotExpressibleAndLeftAlone) {
  const auto refused = [](auto change, StripMode strip = StripMode::kMesh) {
    Record record = Get({{"Host", "a"}});
    record.body = "kept";
    change(record);
    const bool nothing =
        !Rewriter(Options(AuthorityMode::kTarget, strip)).Rewrite(std::move(record));
    return nothing && record.body == "kept";
  };
  EXPECT_FALSE(refused([](Record&) {}));
  EXPECT_TRUE(refused([](Record& r) { r.method = "CONNECT"; }));
  EXPECT_TRUE(refused([](Record& r) { r.method = "GET /x"; }));
  EXPECT_TRUE(refused([](Record& r) { r.method = ""; }));
  EXPECT_TRUE(refused([](Record& r) { r.target = ""; }));
  EXPECT_TRUE(refused([](Record& r) { r.target = "/a b"; }));
  EXPECT_TRUE(refused([](Record& r) { r.target = "/a\r\nX: y"; }));
  EXPECT_TRUE(refused([](Record& r) { r.headers.Add("X", "a\r\nY: b"); }));
  EXPECT_TRUE(refused([](Record& r) { r.headers.Add("X y", "a"); }));
  EXPECT_TRUE(refused([](Record& r) { r.trailers.Add("X", "a\nb"); }));
  EXPECT_TRUE(refused([](Record& r) { r.authority = "a\nb"; }));
  EXPECT_TRUE(refused([](Record& r) { r.headers.Add("Transfer-Encoding", "gzip, chunked"); }));
  const auto old_chunks = [](Record& r) {
    r.framing = Framing::kChunked;
    r.version = HttpVersion::kHttp10;
  };
  EXPECT_TRUE(refused(old_chunks, StripMode::kNone));
  EXPECT_FALSE(refused(old_chunks));
}

}  // namespace
}  // namespace shadowreel
