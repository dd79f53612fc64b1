#include "net/http/http1_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace shadowreel {
namespace {

std::string ToText(Http1Error error) {
  switch (error) {
    case Http1Error::kBadRequest:
      return "bad request";
    case Http1Error::kHeadTooLarge:
      return "head too large";
    case Http1Error::kUnknownMethod:
      return "unknown method";
    default:
      return "none";
  }
}

std::string ToText(const Fields& fields) {
  std::string text;
  for (const FieldView field : fields) text += fmt::format(" {}={};", field.name, field.value);
  return text;
}

std::string ToText(const Http1Head& head) {
  const char* const framings[] = {"none", "length", "chunked"};
  return fmt::format(
      "[{} {} 1.{}{} framing={}{}{}{}]", head.method, head.target, head.minor_version,
      ToText(head.headers), framings[static_cast<int>(head.framing)],
      head.framing == Http1Framing::kContentLength ? fmt::format(" {}", head.content_length) : "",
      head.keep_alive ? "" : " close", head.expect_continue ? " expect" : "");
}

// What a parser told, as text: all that must not depend on how the bytes were cut.
class Transcript {
 public:
  explicit Transcript(Http1Limits limits = {}) : parser_(limits) {}

  void Give(std::string_view bytes) {
    while (true) {
      switch (parser_.Next(&bytes)) {
        case Http1Event::kNeedBytes:
          EXPECT_TRUE(bytes.empty());
          return;
        case Http1Event::kHead:
          text_ += ToText(parser_.head());
          break;
        case Http1Event::kBody:
          EXPECT_FALSE(parser_.body().empty());
          text_ += parser_.body();
          break;
        case Http1Event::kMessage:
          text_ += fmt::format("[end{}]", ToText(parser_.TakeTrailers()));
          break;
        case Http1Event::kError:
          if (failed_) return;
          failed_ = true;
          text_ += fmt::format("[{}: {}]", ToText(parser_.error()), parser_.error_text());
          return;
      }
    }
  }

  std::string text() const { return text_ + (!failed_ && parser_.started() ? "[unfinished]" : ""); }

 private:
  Http1Parser parser_;
  std::string text_;
  bool failed_ = false;
};

std::string Whole(std::string_view bytes, Http1Limits limits = {}) {
  Transcript transcript(limits);
  transcript.Give(bytes);
  return transcript.text();
}

// Parses whole, cut in two everywhere, and byte by byte; all must tell the same.
std::string Parse(std::string_view bytes, Http1Limits limits = {}) {
  const std::string whole = Whole(bytes, limits);
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    Transcript split(limits);
    split.Give(bytes.substr(0, cut));
    split.Give(bytes.substr(cut));
    EXPECT_EQ(split.text(), whole) << "cut at " << cut;
    if (split.text() != whole) break;
  }
  Transcript single(limits);
  for (const char& byte : bytes) single.Give({&byte, 1});
  EXPECT_EQ(single.text(), whole) << "byte by byte";
  return whole;
}

template <size_t N>
std::string_view Bytes(const char (&literal)[N]) {
  return {literal, N - 1};  // NUL bytes inside stay
}

constexpr std::string_view kHost = "Host: a\r\n";

std::string Get(std::string_view fields) {
  return fmt::format("GET / HTTP/1.1\r\n{}{}\r\n", kHost, fields);
}

std::string Post(std::string_view fields, std::string_view body = "") {
  return fmt::format("POST /p HTTP/1.1\r\n{}{}\r\n{}", kHost, fields, body);
}

std::string Chunked(std::string_view body) { return Post("Transfer-Encoding: chunked\r\n", body); }

constexpr std::string_view kChunkedHead =
    "[POST /p 1.1 Host=a; Transfer-Encoding=chunked; framing=chunked]";

bool IsBad(const std::string& transcript, std::string_view reason) {
  return transcript.ends_with(fmt::format("[bad request: {}]", reason));
}

TEST(Http1ParserTest, HeadIsKeptAsItStood) {
  EXPECT_EQ(
      Parse("GET /a//b?x=%00&y?z HTTP/1.1\r\nhOsT: h:80\r\nX-A:1\r\nx-a: \t 2 \t\r\nEmpty:\r\n"
            "Bin: \xff\x80\t\xfe\r\n\r\n"),
      "[GET /a//b?x=%00&y?z 1.1 hOsT=h:80; X-A=1; x-a=2; Empty=; Bin=\xff\x80\t\xfe; "
      "framing=none][end]");
}

TEST(Http1ParserTest, OddTargetsAreKept) {
  for (const char* target : {"/\xff\xfe\x80", "http://h:1/x", "http://h", "*", "//", "/#f", "/?a?b",
                             "/\"<>^`{|}\\", "/%zz", "/a%00b"}) {
    EXPECT_EQ(Parse(fmt::format("OPTIONS {} HTTP/1.1\r\nHost: a\r\n\r\n", target)),
              fmt::format("[OPTIONS {} 1.1 Host=a; framing=none][end]", target));
  }
}

TEST(Http1ParserTest, BodyByContentLength) {
  EXPECT_EQ(Parse(Post("Content-Length: 5\r\n", "hello")),
            "[POST /p 1.1 Host=a; Content-Length=5; framing=length 5]hello[end]");
  EXPECT_EQ(Parse(Post("Content-Length: 0\r\n")),
            "[POST /p 1.1 Host=a; Content-Length=0; framing=length 0][end]");
  EXPECT_EQ(Parse(Post("Content-Length: 5\r\n", "hel")),
            "[POST /p 1.1 Host=a; Content-Length=5; framing=length 5]hel[unfinished]");
}

TEST(Http1ParserTest, ChunkedBodyWithTrailers) {
  EXPECT_EQ(Parse(Chunked("5\r\nhello\r\n00A;x=y;z\r\n0123456789\r\n0\r\nT: 1\r\nt:  2 \r\n\r\n")),
            fmt::format("{}hello0123456789[end T=1; t=2;]", kChunkedHead));
  EXPECT_EQ(Parse(Chunked("0\r\n\r\n")), fmt::format("{}[end]", kChunkedHead));
  EXPECT_EQ(Parse(Chunked("2\r\n\r\n\r\n0\r\n\r\n")), fmt::format("{}\r\n[end]", kChunkedHead));
}

TEST(Http1ParserTest, ChunkExtensionsAreIgnored) {
  for (const char* extension : {"a", "a=b", "a=b;c", "a=\"q \\\" ;s\"", " a = b", "", ";"}) {
    EXPECT_EQ(Parse(Chunked(fmt::format("1;{}\r\nx\r\n0;{}\r\n\r\n", extension, extension))),
              fmt::format("{}x[end]", kChunkedHead));
  }
}

TEST(Http1ParserTest, PipelinedRequestsFollowEachOther) {
  const std::string one = Get("");
  EXPECT_EQ(Parse(one + Chunked("1\r\nx\r\n0\r\n\r\n") + Post("Content-Length: 2\r\n", "yz") + one),
            fmt::format("[GET / 1.1 Host=a; framing=none][end]{}x[end]"
                        "[POST /p 1.1 Host=a; Content-Length=2; framing=length 2]yz[end]"
                        "[GET / 1.1 Host=a; framing=none][end]",
                        kChunkedHead));
}

TEST(Http1ParserTest, TrailersDoNotLeakIntoTheNextRequest) {
  EXPECT_EQ(Parse(Chunked("0\r\nConnection: close\r\n\r\n") + Chunked("0\r\n\r\n")),
            fmt::format("{}[end Connection=close;]{}[end]", kChunkedHead, kChunkedHead));
}

TEST(Http1ParserTest, AFewEmptyLinesMayComeFirst) {
  EXPECT_EQ(Parse("\r\n\r\n" + Get("")), "[GET / 1.1 Host=a; framing=none][end]");
  EXPECT_EQ(Parse("\r\n\r\n\r\n" + Get("") + "\r\n\r\n\r\n" + Get("")),
            "[GET / 1.1 Host=a; framing=none][end][GET / 1.1 Host=a; framing=none][end]");
  EXPECT_EQ(Parse("\r\n\r"), "");
  EXPECT_TRUE(
      IsBad(Parse("\r\n\r\n\r\n\r\n\r\n" + Get("")), "too many empty lines before a request"));
  EXPECT_TRUE(IsBad(Parse("\n" + Get("")), "a LF without CR"));
}

TEST(Http1ParserTest, ConnectionFieldAndVersionDecideKeepAlive) {
  EXPECT_EQ(Parse(Get("Connection: close\r\n")),
            "[GET / 1.1 Host=a; Connection=close; framing=none close][end]");
  EXPECT_EQ(Parse("GET / HTTP/1.0\r\n\r\n"), "[GET / 1.0 framing=none close][end]");
  EXPECT_EQ(Parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
            "[GET / 1.0 Connection=Keep-Alive; framing=none][end]");
}

TEST(Http1ParserTest, UpgradeIsIgnored) {
  const std::string fields = "Connection: upgrade\r\nUpgrade: h2c\r\n";
  EXPECT_TRUE(Parse(Post(fields + "Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\n"))
                  .ends_with("framing=chunked]x[end]"));
  EXPECT_EQ(Parse(Get(fields) + Post(fields + "Content-Length: 1\r\n", "x") + Get("")),
            "[GET / 1.1 Host=a; Connection=upgrade; Upgrade=h2c; framing=none][end]"
            "[POST /p 1.1 Host=a; Connection=upgrade; Upgrade=h2c; Content-Length=1; "
            "framing=length 1]x[end][GET / 1.1 Host=a; framing=none][end]");
}

TEST(Http1ParserTest, ExpectCountsOnlyWithABodyAndHttp11) {
  EXPECT_TRUE(Parse(Post("Expect: 100-Continue\r\nContent-Length: 1\r\n", "x"))
                  .ends_with("framing=length 1 expect]x[end]"));
  EXPECT_TRUE(Parse(Post("Expect: 100-continue\r\nContent-Length: 0\r\n"))
                  .ends_with("framing=length 0][end]"));
  EXPECT_TRUE(Parse(Post("Expect: tea\r\nContent-Length: 1\r\n", "x"))
                  .ends_with("framing=length 1]x[end]"));
  EXPECT_TRUE(Parse("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx")
                  .ends_with("framing=length 1 close]x[end]"));
}

TEST(Http1ParserTest, HeadThatMustNotBePassedOnIsRefused) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"GET / HTTP/1.1\nHost: a\r\n\r\n", "a LF without CR"},
      {"GET / HTTP/1.1\r\nHost: a\n\r\n", "a LF without CR"},
      {"GET / HTTP/1.1\r\nHost: a\r\n\n", "a LF without CR"},
      {Get("A: b\rc\r\n"), "a CR without LF"},
      {Get("A: b\r\r\n"), "a CR without LF"},
      {Get(Bytes("A: b\0c\r\n")), "a NUL byte"},
      {Get("A: b\x01\r\n"), "a control byte"},
      {Get("A: b\x7f\r\n"), "a control byte"},
      {Get("A: b\r\n c\r\n"), "a folded header line"},
      {Get("A: b\r\n\tc\r\n"), "a folded header line"},
      {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "a folded header line"},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "white space before a header's colon"},
      {Get("Te st: b\r\n"), "not a header name"},
      {Get(": b\r\n"), "not a header name"},
      {Get("\xc3\xa4: b\r\n"), "not a header name"},
      {Get("Nocolon\r\n"), "a header line without a colon"},
      {"GET / HTTP/1.1\r\n\r\n", "no Host field"},
      {Get("host: b\r\n"), "two Host fields"},
      {"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", "two Host fields"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "a version other than HTTP/1.0 or 1.1"},
      {"GET / HTTP/0.9\r\n\r\n", "a version other than HTTP/1.0 or 1.1"},
      {"GET / HTTP/1.2\r\n\r\n", "a version other than HTTP/1.0 or 1.1"},
      {"GET / http/1.1\r\n\r\n", "a version other than HTTP/1.0 or 1.1"},
      {"GET / RTSP/1.0\r\n\r\n", "a version other than HTTP/1.0 or 1.1"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "a version other than HTTP/1.0 or 1.1"},
      {"GET /\r\n\r\n", "not a request line"},
      {"GET\r\n\r\n", "not a request line"},
      {"GET  / HTTP/1.1\r\n\r\n", "white space in the request target"},
      {"GET /a b HTTP/1.1\r\n\r\n", "white space in the request target"},
      {"GET /a\tb HTTP/1.1\r\n\r\n", "white space in the request target"},
      {"GET / HTTP/1.1 \r\n\r\n", "white space in the request target"},
      {"GET /a\fb HTTP/1.1\r\n\r\n", "a control byte"},
      {"G(T / HTTP/1.1\r\n\r\n", "not a method"},
      {" GET / HTTP/1.1\r\n\r\n", "not a method"},
  };
  for (const auto& [bytes, reason] : cases) {
    const std::string transcript = Parse(bytes);
    EXPECT_TRUE(IsBad(transcript, reason)) << bytes << " gave " << transcript;
    EXPECT_TRUE(transcript.starts_with("[bad")) << transcript;
  }
}

TEST(Http1ParserTest, AmbiguousFramingIsRefused) {
  const std::string te = "Transfer-Encoding: chunked\r\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {te + "Content-Length: 3\r\n", "Content-Length with Transfer-Encoding"},
      {"Content-Length: 3\r\n" + te, "Content-Length with Transfer-Encoding"},
      {"Content-Length: 3\r\nContent-Length: 4\r\n", "two differing Content-Lengths"},
      {"Content-Length: 3\r\ncontent-length: 3\r\n", "two equal Content-Lengths"},
      {"Content-Length: 3, 3\r\n", "Content-Length is not a number"},
      {"Content-Length: +3\r\n", "Content-Length is not a number"},
      {"Content-Length: -3\r\n", "Content-Length is not a number"},
      {"Content-Length: 0x3\r\n", "Content-Length is not a number"},
      {"Content-Length: 1 2\r\n", "Content-Length is not a number"},
      {"Content-Length:\r\n", "Content-Length is not a number"},
      {"Content-Length: 18446744073709551616\r\n", "Content-Length is not a number"},
      {te + te, "two Transfer-Encodings"},
      {"Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding other than chunked"},
      {"Transfer-Encoding: chunked, gzip\r\n", "Transfer-Encoding other than chunked"},
      {"Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding other than chunked"},
      {"Transfer-Encoding: identity\r\n", "Transfer-Encoding other than chunked"},
      {"Transfer-Encoding: xchunked\r\n", "Transfer-Encoding other than chunked"},
      {"Transfer-Encoding:\r\n", "Transfer-Encoding other than chunked"},
  };
  for (const auto& [fields, reason] : cases) {
    const std::string transcript = Parse(Post(fields, "0\r\n\r\n"));
    EXPECT_TRUE(transcript.starts_with("[bad request: ")) << fields << transcript;
    EXPECT_EQ(transcript, fmt::format("[bad request: {}]", reason)) << fields;
  }
  EXPECT_EQ(Parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            "[bad request: Transfer-Encoding in HTTP/1.0]");
}

TEST(Http1ParserTest, BadChunkingIsRefused) {
  const std::vector<std::string> bodies = {
      "5\nhello\r\n0\r\n\r\n",
      "5\r\nhello\n0\r\n\r\n",
      "5\r\nhello\r\n0\n\r\n",
      "5\r\nhello\r\n0\r\n\n",
      "5\rhello\r\n0\r\n\r\n",
      "5 \r\nhello\r\n0\r\n\r\n",
      " 5\r\nhello\r\n0\r\n\r\n",
      "0x5\r\nhello\r\n",
      "5;a\nb\r\nhello\r\n",
      "\r\nhello\r\n0\r\n\r\n",
      "g\r\nhello\r\n",
      "-5\r\nhello\r\n",
      "10000000000000000\r\nx\r\n",
      "5\r\nhelloX\r\n0\r\n\r\n",
      "5\r\nhell\r\n0\r\n\r\n",
      "0\r\nA : b\r\n\r\n",
      "0\r\nA: b\r\n c\r\n\r\n",
      "0\r\nA\r\n\r\n",
      "0\r\nContent-Length: 5\r\n\r\n",
      "0\r\nTransfer-Encoding: chunked\r\n\r\n",
      "0\r\nA: b\n\r\n",
  };
  for (const std::string& body : bodies) {
    const std::string transcript = Parse(Chunked(body));
    EXPECT_TRUE(transcript.starts_with(kChunkedHead)) << transcript;
    EXPECT_NE(transcript.find("[bad request: "), std::string::npos) << body << transcript;
    EXPECT_EQ(transcript.find("[end"), std::string::npos) << body << transcript;
  }
}

TEST(Http1ParserTest, UnknownAndUnsupportedMethodsAreNamedSo) {
  for (const char* method : {"QUERY", "FOO", "get", "GETX", "PLAY", "CONNECT", "PRI"}) {
    const std::string transcript = Parse(fmt::format("{} / HTTP/1.1\r\nHost: a\r\n\r\n", method));
    EXPECT_TRUE(transcript.starts_with("[unknown method: ")) << method << transcript;
  }
}

TEST(Http1ParserTest, EveryMethodOfRfc9110ButConnectIsTaken) {
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"}) {
    EXPECT_EQ(Parse(fmt::format("{} / HTTP/1.1\r\nHost: a\r\n\r\n", method)),
              fmt::format("[{} / 1.1 Host=a; framing=none][end]", method));
  }
}

TEST(Http1ParserTest, HeadOfExactlyTheBoundIsTaken) {
  const Http1Limits limits{.max_head_bytes = 64};
  const std::string rest = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
  const auto sized = [&](size_t size) {
    return fmt::format("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
                       std::string(size - rest.size(), 'x'));
  };
  EXPECT_TRUE(Parse(sized(64), limits).ends_with("[end]"));
  EXPECT_EQ(Parse(sized(65), limits), "[head too large: header bytes over the bound]");
}

TEST(Http1ParserTest, HugeAndEndlessHeadsAreRefusedInBoundedMemory) {
  constexpr std::string_view kRefused = "[head too large: header bytes over the bound]";
  EXPECT_EQ(Whole(Get(fmt::format("X: {}\r\n", std::string(100 << 10, 'x')))), kRefused);
  EXPECT_EQ(Whole(std::string(100 << 10, 'G')), kRefused);
  EXPECT_EQ(Whole(fmt::format("GET /{}", std::string(100 << 10, 'x'))), kRefused);
  EXPECT_EQ(Whole(fmt::format("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", std::string(59 << 10, 'x')))
                .substr(0, 6),
            "[GET /");
  Transcript endless;
  for (int i = 0; i < 100 << 10; ++i) endless.Give(i == 0 ? "GET / HTTP/1.1\r\nX: " : "x");
  EXPECT_EQ(endless.text(), kRefused);
}

TEST(Http1ParserTest, FieldCountIsBounded) {
  const auto with = [](int count) {
    std::string fields;
    for (int i = 1; i < count; ++i) fields += "A: b\r\n";
    return Get(fields);
  };
  EXPECT_TRUE(Whole(with(100)).ends_with("[end]"));
  EXPECT_EQ(Whole(with(101)), "[head too large: more header fields than the bound]");
}

TEST(Http1ParserTest, TrailersAreBoundedAsHeaders) {
  std::string many = "0\r\n";
  for (int i = 0; i < 101; ++i) many += "A: b\r\n";
  EXPECT_TRUE(
      Whole(Chunked(many)).ends_with("[head too large: more header fields than the bound]"));
  EXPECT_TRUE(Whole(Chunked("0\r\nA: " + std::string(61 << 10, 'x')))
                  .ends_with("[head too large: header bytes over the bound]"));
}

TEST(Http1ParserTest, ChunkLinesAndExtensionsAreBounded) {
  EXPECT_TRUE(
      IsBad(Whole(Chunked("1;" + std::string(2 << 10, 'x'))), "a chunk size line over the bound"));
  std::string many;
  for (int i = 0; i < 100; ++i) many += "1;" + std::string(500, 'x') + "\r\ny\r\n";
  EXPECT_TRUE(IsBad(Whole(Chunked(many)), "chunk extensions over the bound"));
}

TEST(Http1ParserTest, GarbageIsRefusedAtItsFirstBadByte) {
  EXPECT_TRUE(IsBad(Parse(Bytes("\x16\x03\x01\x02\x00\x01\x00")), "a control byte"));  // TLS
  EXPECT_TRUE(IsBad(Parse(Bytes("\0")), "a NUL byte"));
}

TEST(Http1ParserTest, AfterAnErrorNothingMoreIsParsed) {
  EXPECT_EQ(Parse("FOO / HTTP/1.1\r\nHost: a\r\n\r\n" + Get("")).find("[GET"), std::string::npos);
}

// Bytes changed, removed, doubled and moved at random: whatever comes of it, it does not depend on
// the cuts, and what is refused is never told as complete.
TEST(Http1ParserTest, MutatedBytesParseTheSameHoweverCut) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  const auto below = [&](size_t bound) { return static_cast<size_t>(random() % bound); };
  const std::string base = Get("A: b\r\n") + Post("Content-Length: 5\r\n", "hello") +
                           Chunked("5;x=y\r\nhello\r\n0\r\nT: 1\r\n\r\n") + Get("");
  constexpr std::string_view kSpice = "\r\n :;\t0,5\x80";
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = base;
    for (size_t changes = 1 + below(3); changes > 0; --changes) {
      const size_t at = below(bytes.size());
      switch (below(3)) {
        case 0:
          bytes[at] = kSpice[below(kSpice.size())];
          break;
        case 1:
          bytes.erase(at, 1 + below(4));
          break;
        default:
          bytes.insert(at, bytes.substr(below(bytes.size()), below(8)));
      }
    }
    Transcript cut;
    for (std::string_view rest = bytes; !rest.empty();) {
      const size_t size = std::min(rest.size(), 1 + below(20));
      cut.Give(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    ASSERT_EQ(cut.text(), Whole(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace shadowreel
