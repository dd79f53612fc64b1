// The same bytes come to the same records however they are cut, and no bytes whatever break the
// session.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/recorder/server/http2_peer.h"

namespace shadowreel {
namespace {

// One of each: bodies, trailers, resets, heads that are refused, gRPC, an unfinished stream.
std::string Script() {
  Http2Client client;
  client.Request(Head("GET", "/get", {{"cookie", "a=b"}, {"cookie", "c=d"}, {"x", "\xff"}}));
  client.Request(Head("POST", "/post", {{"content-length", "5"}}), "hello", {{"t", "1"}});
  const int32_t reset = client.Open(Head("POST", "/reset"), "half");
  client.Request(Head("POST", "/s/M", {{"content-type", "application/grpc"}}), "grpc");
  client.Request(Head("GET", "/bad", {{"x y", "1"}}));
  client.Request(Head("GET", "/te", {{"te", "gzip"}}));
  client.Request({{":method", "CONNECT"}, {":authority", "a:443"}});
  client.Request(Head("POST", "/short", {{"content-length", "9"}}), "less");
  client.Request(Head("GET", "/many", FieldList(101, {"x", "v"})));
  client.Request(Head("POST", "/trailers"), "b", FieldList(101, {"t", "v"}));
  client.Open(Head("POST", "/open", {{"expect", "100-continue"}}), "half");
  std::string bytes = client.Take();
  client.Reset(reset);
  client.Request(Head("GET", "/last"));
  bytes += client.Take();
  bytes += Frame(NGHTTP2_PING, 0, 0, "12345678");
  bytes += Frame(NGHTTP2_HEADERS, 0, 101, Literals(Head("GET", "/split")));
  bytes += Frame(NGHTTP2_CONTINUATION, NGHTTP2_FLAG_END_HEADERS, 101, Literals({{"x", "y"}}));
  bytes += Frame(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 101, "body");
  return bytes + Frame(NGHTTP2_HEADERS, 0, 103, Literals(Head("GET", "/cut")));
}

// The answers are not looked at here: the client of a peer did not send the script.
std::string SeenOf(std::string_view bytes, const std::vector<size_t>& cuts) {
  Http2Peer peer;
  size_t from = 0;
  for (const size_t cut : cuts) {
    peer.session.OnBytes(bytes.substr(from, cut - from), peer.Now());
    peer.session.ConsumeOutput(peer.session.output().size());
    from = cut;
  }
  peer.session.OnBytes(bytes.substr(from), peer.Now());
  peer.session.OnEnd(peer.Now());
  EXPECT_EQ(peer.sink.asked, peer.sink.records.size() + peer.sink.sheds + peer.sink.not_admitted);
  EXPECT_EQ(peer.uploads.used(), 0u);
  return peer.Seen();
}

TEST(Http2SplitTest, WholeScriptComesToWhatItSays) {
  const std::string seen = SeenOf(Script(), {});
  for (const char* part :
       {"GET /get", "cookie=a=b;cookie=c=d;x=\xff;", "body=hello/5 from", "trailer t=1;",
        "/reset v2 f0  body=half/4 incomplete", "/s/M", "/short v2 f1", "/last", "/split",
        "/open v2 f0 expect=100-continue; body=half/4 incomplete", "refused head_too_large",
        "refused unknown_method", "refused bad_request refused bad_request",
        "refused head_incomplete"}) {
    EXPECT_NE(seen.find(part), std::string::npos) << part << " in " << seen;
  }
}

TEST(Http2SplitTest, CutAnywhereItComesToTheSame) {
  const std::string bytes = Script();
  const std::string whole = SeenOf(bytes, {});
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    ASSERT_EQ(SeenOf(bytes, {cut}), whole) << "cut at " << cut;
  }
  std::vector<size_t> everywhere;
  for (size_t cut = 1; cut < bytes.size(); ++cut) everywhere.push_back(cut);
  EXPECT_EQ(SeenOf(bytes, everywhere), whole);
}

TEST(Http2SplitTest, InRandomPiecesItComesToTheSame) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  const std::string bytes = Script();
  const std::string whole = SeenOf(bytes, {});
  for (int round = 0; round < 300; ++round) {
    std::vector<size_t> cuts;
    for (size_t at = 1 + random() % 200; at < bytes.size(); at += 1 + random() % 200) {
      cuts.push_back(at);
    }
    ASSERT_EQ(SeenOf(bytes, cuts), whole) << "round " << round;
  }
}

TEST(Http2SplitTest, MutatedBytesGiveEveryRequestOneOutcome) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  const std::string script = Script();
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = script;
    for (uint64_t i = 1 + random() % 4; i > 0; --i) {
      bytes[24 + random() % (bytes.size() - 24)] = static_cast<char>(random());
    }
    const size_t cut = random() % bytes.size();
    SeenOf(bytes, {cut});
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace shadowreel
