// How the parser keeps a head, and what of it llhttp gets to see.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <llhttp.h>

#include <string>
#include <string_view>

#include "net/http/http1_parser.h"

namespace shadowreel {
namespace {

std::string Get(std::string_view target, std::string_view fields) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n{}\r\n", target, fields);
}

bool IsTaken(const std::string& request) {
  Http1Parser parser;
  std::string_view bytes = request;
  return parser.Next(&bytes) == Http1Event::kHead;
}

bool IsTakenByLlhttp(const std::string& request) {
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  llhttp_t llhttp;
  llhttp_init(&llhttp, HTTP_REQUEST, &settings);
  return llhttp_execute(&llhttp, request.data(), request.size()) == HPE_OK;
}

// It is shown only the fields that it acts on.
TEST(Http1ParserHeadTest, FieldsThatLlhttpIsNotShownItWouldTake) {
  size_t names = 0;
  size_t values = 0;
  for (int i = 0; i < 256; ++i) {
    const char byte = static_cast<char>(i);
    for (const std::string& name :
         {std::string(1, byte), fmt::format("a{}", byte), fmt::format("{}a", byte),
          fmt::format("connection{}", byte), fmt::format("{}upgrade", byte)}) {
      const std::string request = Get("/", fmt::format("{}: v\r\n", name));
      if (!IsTaken(request)) continue;
      EXPECT_TRUE(IsTakenByLlhttp(request)) << "byte " << i;
      ++names;
    }
    for (const std::string& value :
         {std::string(1, byte), fmt::format("a{}", byte), fmt::format("{}a", byte),
          fmt::format("a{}a", byte), fmt::format("a{0}{0}a ", byte)}) {
      const std::string request = Get("/", fmt::format("X-A:{}\r\n", value));
      if (!IsTaken(request)) continue;
      EXPECT_TRUE(IsTakenByLlhttp(request)) << "byte " << i;
      ++values;
    }
  }
  EXPECT_EQ(names, 5 * (26 + 26 + 10 + 15) + 2);  // token characters; "a:" and "connection:"
  EXPECT_EQ(values, 5 * (256 - 32));              // all but NUL, DEL, and control bytes but HTAB
}

TEST(Http1ParserHeadTest, FieldsThatLlhttpActsOnHaveTheirEffectInAnyCase) {
  for (const char* field : {"Connection: close", "cOnNection:CLOSE", "PROXY-connection: close"}) {
    Http1Parser parser;
    const std::string request = Get("/", fmt::format("X-A: b\r\n{}\r\nX-B: c\r\n", field));
    std::string_view bytes = request;
    ASSERT_EQ(parser.Next(&bytes), Http1Event::kHead);
    EXPECT_FALSE(parser.head().keep_alive) << field;
  }
}

// It looks at an empty Content-Length only when the next line comes.
TEST(Http1ParserHeadTest, TrailersAreAllShownToLlhttp) {
  Http1Parser parser;
  std::string_view bytes =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\nContent-Length:\r\nX-A: b\r\n\r\n";
  ASSERT_EQ(parser.Next(&bytes), Http1Event::kHead);
  ASSERT_EQ(parser.Next(&bytes), Http1Event::kError);
  EXPECT_EQ(parser.error_text(), "Empty Content-Length");
}

// Small heads and heads whose memory is not kept, taken or left, in every order of two.
TEST(Http1ParserHeadTest, HeadsOfOneConnectionDoNotMix) {
  const std::string long_value(6000, 'v');
  const std::string long_target = "/" + std::string(6000, 't');
  struct Head {
    std::string target;
    std::string value;
  };
  const Head heads[] = {{"/", "1"}, {long_target, "2"}, {"/3", long_value}, {"/4/4", ""}};
  Http1Parser parser;
  for (const Head& first : heads) {
    for (const Head& second : heads) {
      for (const bool take : {true, false}) {
        for (const Head* head : {&first, &second}) {
          const std::string request = Get(head->target, fmt::format("X: {}\r\n", head->value));
          std::string_view bytes = request;
          ASSERT_EQ(parser.Next(&bytes), Http1Event::kHead);
          const Http1Head copy = parser.head();
          const Http1Head seen = take ? parser.TakeHead() : copy;
          EXPECT_EQ(seen.method, "GET");
          EXPECT_EQ(seen.target, head->target);
          EXPECT_EQ(seen.headers.size(), 2u);
          EXPECT_EQ(seen.headers[1], (FieldView{"X", head->value}));
          EXPECT_EQ(parser.head().headers.empty(), take);
          EXPECT_EQ(parser.head().target.empty(), take);
          ASSERT_EQ(parser.Next(&bytes), Http1Event::kMessage);
        }
      }
    }
  }
}

}  // namespace
}  // namespace shadowreel
