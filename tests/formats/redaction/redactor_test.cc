#include "formats/redaction/redactor.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "formats/record.h"
#include "formats/redaction/pseudonym.h"

namespace shadowreel {
namespace {

constexpr char kCard[] = "4111111111111111";
constexpr char kJwt[] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

Redactor Credentials(char key = 'k') {
  return Redactor(RedactionMode::kCredentials, {std::string(32, key), "0123456789abcdef"});
}

// A token of another key than Credentials'.
std::string ForeignToken() {
  std::string token;
  TokenMaker(std::string(32, 'z')).Append(RedactionClass::kJwt, "t", &token);
  return token;
}

// The text of the span's place.
std::string_view TextOf(const Record& record, const RedactionSpan& span) {
  if (span.place == RedactionPlace::kTarget) return record.target;
  const Fields& fields = span.place == RedactionPlace::kHeader ? record.headers : record.trailers;
  return fields[span.field].value;
}

// The text with every token in it shown as "<letter>".
std::string Shape(std::string_view text) {
  std::string shape;
  for (size_t at = 0; at < text.size();) {
    if (IsPseudonymToken(text.substr(at, kTokenLength))) {
      shape += fmt::format("<{}>", text[at + 3]);
      at += kTokenLength;
    } else {
      shape += text[at++];
    }
  }
  return shape;
}

size_t CountTokens(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++at)
    count += IsPseudonymToken(text.substr(at, kTokenLength));
  return count;
}

void ExpectSameText(const Record& a, const Record& b) {
  EXPECT_EQ(a.target, b.target);
  EXPECT_EQ(a.headers, b.headers);
  EXPECT_EQ(a.trailers, b.trailers);
  EXPECT_EQ(a.redactions, b.redactions);
}

// Redacts and checks what holds for every record: spans are exactly the tokens, in order, and
// twice is once.
void RedactChecked(Record* record) {
  const Redactor redactor = Credentials();
  redactor.Redact(record);
  size_t tokens = CountTokens(record->target);
  for (FieldView field : record->headers) tokens += CountTokens(field.value);
  for (FieldView field : record->trailers) tokens += CountTokens(field.value);
  EXPECT_EQ(record->redactions.size(), tokens);
  const RedactionSpan* last = nullptr;
  for (const RedactionSpan& span : record->redactions) {
    const std::string_view text = TextOf(*record, span);
    ASSERT_LE(span.begin + span.length, text.size());
    EXPECT_TRUE(IsPseudonymToken(text.substr(span.begin, span.length))) << text;
    if (last != nullptr && last->place == span.place && last->field == span.field) {
      EXPECT_GE(span.begin, last->begin + last->length);
    }
    last = &span;
  }
  Record twice = *record;
  redactor.Redact(&twice);
  ExpectSameText(twice, *record);
}

std::string RedactedTarget(const std::string& target) {
  Record record;
  record.target = target;
  RedactChecked(&record);
  return record.target;
}

std::string RedactedHeader(const std::string& name, const std::string& value) {
  Record record;
  record.target = "/";
  record.headers.Add("Host", "example.test");
  record.headers.Add(name, value);
  record.headers.Add("Accept", "*/*");
  record.trailers.Add(name, value);
  RedactChecked(&record);
  EXPECT_EQ(record.headers.size(), 3u);
  EXPECT_EQ(record.headers[0], (FieldView{"Host", "example.test"}));
  EXPECT_EQ(record.headers[1].name, name);
  EXPECT_EQ(record.headers[2], (FieldView{"Accept", "*/*"}));
  EXPECT_EQ(record.trailers[0], record.headers[1]);
  return std::string(record.headers[1].value);
}

struct HeaderRow {
  std::string name;
  std::string value;
  std::string shape;
};

TEST(RedactorTest, HeadersKeepTheirShape) {
  const std::vector<HeaderRow> rows = {
      {"Authorization", "Bearer xyz", "Bearer <a>"},
      {"authorization", "Basic dTpw", "Basic <a>"},
      {"Authorization", "Digest username=\"u\", response=\"r\"", "Digest <a>"},
      {"Authorization", "xyz", "<a>"},
      {"Authorization", "Bearer  xyz", "Bearer  <a>"},
      {"Authorization", "Bearer ", "Bearer "},
      {"Authorization", "", ""},
      {"Authorization", std::string("Bearer ") + kJwt, "Bearer <a>"},
      {"Proxy-Authorization", "Basic dTpw", "Basic <a>"},
      {"X-Api-Key", "a secret with blanks", "<a>"},
      {"x-acme-TOKEN", "t", "<a>"},
      {"X-Api-Key", "", ""},
      {"X-Session-Id", kCard, "<a>"},
      {"Accept-Language", "en", "en"},
      {"X-Custom", std::string("jwt=") + kJwt + ";", "jwt=<j>.<j>.<j>;"},
      {"X-Custom", std::string("a ") + kCard + ", b", "a <n>, b"},
      {"X-Request-Id", kCard, kCard},
      {"If-None-Match", kCard, kCard},
      {"X-B3-TraceId", "4111111111111111", "4111111111111111"},
      {"traceparent", std::string("00-") + kCard, std::string("00-") + kCard},
      {"Referer", "https://u:p@h.test/a?q=1&token=x#y", "https://<a>@h.test/a?q=1&token=<q>#y"},
      {"X-Original-URI", "/a?sig=x", "/a?sig=<q>"},
      {"X-Envoy-Original-Path", "/a?code=x&b", "/a?code=<q>&b"},
      {"X-Other", "/a?sig=x", "/a?sig=x"},
  };
  for (const HeaderRow& row : rows) {
    EXPECT_EQ(Shape(RedactedHeader(row.name, row.value)), row.shape) << row.value;
  }
}

struct Row {
  std::string text;
  std::string shape;
};

TEST(RedactorTest, CookiesKeepNamesOrderSeparatorsAndQuotes) {
  const std::vector<Row> rows = {
      {"a=1; b=2", "a=<c>; b=<c>"},
      {"a=1;b=2;", "a=<c>;b=<c>;"},
      {"a=\"1\"; b=", "a=\"<c>\"; b="},
      {"a=\"\"", "a=\"\""},
      {"a=\"", "a=<c>"},
      {"a=b=c", "a=<c>"},
      {"bare; a = 1 ", "<c>; a = <c> "},
      {"=v", "=<c>"},
      {"", ""},
      {std::string("a=") + kJwt, "a=<c>"},
      {std::string(kCard) + "=1", "<n>=<c>"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Shape(RedactedHeader("Cookie", row.text)), row.shape) << row.text;
  }
}

TEST(RedactorTest, TargetsKeepTheirShape) {
  const std::vector<Row> rows = {
      {"/a?token=x", "/a?token=<q>"},
      {"/a?%74oken=x&Q=1", "/a?%74oken=<q>&Q=1"},
      {"/a?q=1;SIG=x=y&", "/a?q=1;SIG=<q>&"},
      {"/a?b?key=x", "/a?b?key=<q>"},
      {"/a?x=1#access_token=x&e=2", "/a?x=1#access_token=<q>&e=2"},
      {"/a?token=&token", "/a?token=&token"},
      {"/token=x", "/token=x"},
      {"*", "*"},
      {"", ""},
      {"h.test:443", "h.test:443"},
      {"http://user:pass@h.test/", "http://<a>@h.test/"},
      {"http://user:p@ss@h.test?sid=1", "http://<a>@h.test?sid=<q>"},
      {"http://@h.test/", "http://@h.test/"},
      {"http://h.test/a@b", "http://h.test/a@b"},
      {"//user:pass@h.test/", "//user:pass@h.test/"},
      {std::string("/a/") + kJwt + "/b?token=x", "/a/<j>.<j>.<j>/b?token=<q>"},
      {std::string("/a?q=") + kCard + "&token=x&r=" + kCard, "/a?q=<n>&token=<q>&r=<n>"},
  };
  for (const Row& row : rows) EXPECT_EQ(Shape(RedactedTarget(row.text)), row.shape) << row.text;
}

TEST(RedactorTest, JwtNeedsThreePartsThatAreNotEmpty) {
  const std::vector<Row> rows = {
      {"eyJa.b.c", "<j>.<j>.<j>"},
      {"x eyJa.b.c, y", "x <j>.<j>.<j>, y"},
      {"eyJa.b", "eyJa.b"},
      {"eyJa.b.", "eyJa.b."},
      {"eyJa..c", "eyJa..c"},
      {"eya.b.c", "eya.b.c"},
      {"eyJa eyJb.c.d", "eyJa <j>.<j>.<j>"},
      {"eyJ.b.c.d", "<j>.<j>.<j>.d"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Shape(RedactedHeader("X-Custom", row.text)), row.shape) << row.text;
  }
}

TEST(RedactorTest, CardsAreWholeRunsWithARightLuhnDigit) {
  const std::vector<Row> rows = {
      {kCard, "<n>"},
      {"4111 1111 1111 1111", "<n>"},
      {"4111-1111-1111-1111.", "<n>."},
      {"378282246310005", "<n>"},
      {"4222222222222", "<n>"},
      {"6304000000000000000", "<n>"},
      {"6304000000000000001", "6304000000000000001"},
      {"id 5 4111 1111 1111 1111", "id 5 <n>"},
      {"4111111111111112", "4111111111111112"},
      {"x4111111111111111", "x4111111111111111"},
      {"4111111111111111x", "4111111111111111x"},
      {"4111  1111  1111  1111", "4111  1111  1111  1111"},
      {"000000000000", "000000000000"},
      {"00000000000000000000", "00000000000000000000"},
      {"0000000000000000000", "<n>"},
      {"4-2-2-2-2-2-2-2-2-2-2-2-2", "<n>"},
      {"4- 222222222222", "4- 222222222222"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Shape(RedactedHeader("X-Custom", row.text)), row.shape) << row.text;
  }
}

// The detectors skip most texts at a glance, which must not depend on where a secret stands.
TEST(RedactorTest, SecretsAreFoundWhereverTheyStand) {
  const std::vector<Row> rows = {{kCard, "<n>"},
                                 {"4222222222222", "<n>"},
                                 {"4-2-2-2-2-2-2-2-2-2-2-2-2", "<n>"},
                                 {"4 222222222222", "<n>"},
                                 {"eyJ.b.c", "<j>.<j>.<j>"}};
  for (const Row& row : rows) {
    for (size_t before = 0; before < 40; ++before) {
      const std::string dots(before, '.');
      EXPECT_EQ(Shape(RedactedHeader("X-Custom", dots + row.text)), dots + row.shape);
      EXPECT_EQ(Shape(RedactedHeader("X-Custom", dots + row.text + " y")), dots + row.shape + " y");
    }
  }
}

TEST(RedactorTest, SpansSayPlaceClassAndField) {
  Record record;
  record.target = std::string("/a?q=") + kCard + "&token=x";
  record.headers.Add("Host", "h");
  record.headers.Add("Authorization", "Bearer xyz");
  record.trailers.Add("Cookie", "a=1");
  RedactChecked(&record);
  const std::vector<RedactionSpan> expected = {
      {RedactionPlace::kTarget, RedactionClass::kCard, 0, 5, 30},
      {RedactionPlace::kTarget, RedactionClass::kQuery, 0, 42, 30},
      {RedactionPlace::kHeader, RedactionClass::kCredential, 1, 7, 30},
      {RedactionPlace::kTrailer, RedactionClass::kCookie, 0, 2, 30},
  };
  EXPECT_EQ(record.redactions, expected);
}

TEST(RedactorTest, SameValueAndClassGiveTheSameToken) {
  const std::string one = RedactedTarget("/a?token=x");
  EXPECT_EQ(RedactedTarget("/b?key=x").substr(7), one.substr(9));
  EXPECT_NE(RedactedTarget("/a?token=y"), one);
  EXPECT_NE(RedactedHeader("X-Api-Key", "x"), one.substr(9));
  Record other_key;
  other_key.target = "/a?token=x";
  Credentials('o').Redact(&other_key);
  EXPECT_EQ(Shape(other_key.target), "/a?token=<q>");
  EXPECT_NE(other_key.target, one);
}

TEST(RedactorTest, AuthorityAndBodyStay) {
  Record record;
  record.target = "/";
  record.authority = kCard;
  record.stripped_authority = kCard;
  record.headers.Add("Host", kCard);
  record.body = kJwt;
  RedactChecked(&record);
  EXPECT_EQ(record.authority, kCard);
  EXPECT_EQ(record.stripped_authority, kCard);
  EXPECT_EQ(record.headers[0].value, kCard);
  EXPECT_EQ(record.body, kJwt);
  EXPECT_TRUE(record.redactions.empty());
}

TEST(RedactorTest, OffChangesNothing) {
  Record record;
  record.target = "/a?token=x";
  record.headers.Add("Authorization", "Bearer xyz");
  Record same = record;
  Redactor(RedactionMode::kOff, {std::string(32, 'k'), "id"}).Redact(&same);
  ExpectSameText(same, record);
}

// Bits of text that rules and detectors care for, so that random records meet their borders.
std::string RandomText(std::mt19937* random, const std::vector<std::string>& bits) {
  std::string text;
  for (size_t count = (*random)() % 9; count > 0; --count) text += bits[(*random)() % bits.size()];
  return text;
}

TEST(RedactorTest, TwiceIsOnceForRandomRecords) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::vector<std::string> bits = {
      kCard,   kJwt,     "eyJ",  "eyJa.b", ".",       ".b",   "-",    " ", "4111",
      "1111-", "1",      "0",    "?",      "&",       ";",    "#",    "=", "a",
      "\"",    "token=", "sid=", "//",     "@",       "://",  "http", "/", "sr1",
      "_",     "%74",    "\t",   "5 ",     "Bearer ", "a=b;", "+",    "é", "4222222222222"};
  const std::vector<std::string> names = {"Authorization", "Cookie",  "X-Custom",    "Referer",
                                          "X-Api-Key",     "Host",    "x-my-secret", "Accept",
                                          "X-Request-Id",  "X-Other", "User-Agent",  "cookie"};
  size_t redacted = 0;
  for (int i = 0; i < 2000; ++i) {
    Record record;
    record.target = RandomText(&random, bits);
    for (int field = 0; field < 6; ++field) {
      record.headers.Add(names[random() % names.size()], RandomText(&random, bits));
    }
    record.trailers.Add(names[random() % names.size()], RandomText(&random, bits));
    RedactChecked(&record);
    if (::testing::Test::HasFailure()) FAIL() << "record " << i;
    redacted += record.redactions.size();
  }
  EXPECT_GT(redacted, 2000u);
}

TEST(RedactorTest, TwiceIsOnceAmongTokensOfOthers) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  const std::string token = ForeignToken();
  const std::vector<std::string> bits = {token, ".",  "eyJ", "a", "-", " ",   "token=", "?",
                                         "&",   "\"", ";",   "=", "@", "://", kCard,    "1"};
  for (int i = 0; i < 2000; ++i) {
    Record record;
    record.target = RandomText(&random, bits);
    for (const char* name : {"Authorization", "Cookie", "X-Custom", "Referer", "X-Api-Key"}) {
      record.headers.Add(name, RandomText(&random, bits));
    }
    Credentials().Redact(&record);
    Record twice = record;
    Credentials().Redact(&twice);
    ExpectSameText(twice, record);
    if (::testing::Test::HasFailure()) FAIL() << "seed " << seed << ", record " << i;
  }
}

TEST(RedactorTest, PseudonymsOfOthersAreLeftAlone) {
  const std::string token = ForeignToken();
  const std::string triple = token + "." + token + "." + token;
  for (const std::string& value : {token, triple}) {
    Record record;
    record.target = "/a?token=" + value;
    record.headers.Add("Authorization", "Bearer " + value);
    record.headers.Add("Cookie", "a=" + value + "; b=\"" + value + "\"");
    record.headers.Add("X-Api-Key", value);
    record.headers.Add("X-Custom", value);
    Record same = record;
    Credentials().Redact(&same);
    ExpectSameText(same, record);
  }
}

TEST(RedactorTest, ModesAreParsedAndPrinted) {
  for (RedactionMode mode : {RedactionMode::kOff, RedactionMode::kCredentials}) {
    auto parsed = ParseRedactionMode(ToString(mode));
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(*parsed, mode);
  }
  auto refused = ParseRedactionMode("all");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  const std::string message(refused.status().message());
  EXPECT_NE(message.find("off or credentials"), std::string::npos) << message;
}

TEST(RedactorTest, PolicyDigestDiffersByMode) {
  const Redactor off(RedactionMode::kOff, {std::string(32, 'k'), "one"});
  const Redactor credentials = Credentials();
  EXPECT_EQ(off.policy_digest().size(), 16u);
  EXPECT_NE(off.policy_digest(), credentials.policy_digest());
  EXPECT_EQ(credentials.policy_digest(), Credentials('o').policy_digest());
  EXPECT_EQ(off.key_id(), "one");
  EXPECT_EQ(off.mode(), RedactionMode::kOff);
}

std::string ResponseField(std::string_view name, std::string_view value) {
  Response response;
  response.headers.Add(name, value);
  Credentials().Redact(&response);
  return std::string(response.headers[0].value);
}

TEST(RedactResponseTest, ACookieIsTheSameTokenComingAndGoing) {
  Record request;
  request.headers.Add("Cookie", "a=1; sid=secret");
  Credentials().Redact(&request);
  const std::string set = ResponseField("set-COOKIE", "sid=secret; Max-Age=60; Path=/x=y");
  EXPECT_EQ(Shape(set), "sid=<c>; Max-Age=60; Path=/x=y");
  const std::string token = set.substr(4, kTokenLength);
  EXPECT_TRUE(request.headers[0].value.ends_with("sid=" + token)) << request.headers[0].value;
}

TEST(RedactResponseTest, OddCookiesAndOtherFields) {
  EXPECT_EQ(ResponseField("Set-Cookie", ""), "");
  EXPECT_EQ(ResponseField("Set-Cookie", "sid="), "sid=");
  EXPECT_EQ(ResponseField("Set-Cookie", "; Path=/"), "; Path=/");
  EXPECT_EQ(Shape(ResponseField("Set-Cookie", "value")), "<c>");
  EXPECT_EQ(Shape(ResponseField("Set-Cookie", "a=\"b\"")), "a=\"<c>\"");
  EXPECT_EQ(Shape(ResponseField("Location", "https://u:p@h/?code=1&x=2")),
            "https://<a>@h/?code=<q>&x=2");
  EXPECT_EQ(Shape(ResponseField("X-Api-Key", "k")), "<a>");
  EXPECT_EQ(Shape(ResponseField("X-Other", kCard)), "<n>");
  EXPECT_EQ(ResponseField("ETag", kCard), kCard);
  EXPECT_EQ(ResponseField("Date", "Mon, 23 Nov 2026 11:57:53 GMT"),
            "Mon, 23 Nov 2026 11:57:53 GMT");
}

TEST(RedactResponseTest, TwiceIsOnceAndOffIsNothing) {
  Response response;
  response.headers.Add("Set-Cookie", "sid=secret; Path=/");
  response.trailers.Add("X-Session-Id", "secret");
  Response untouched = response;
  Redactor(RedactionMode::kOff, {std::string(32, 'k'), "id"}).Redact(&untouched);
  EXPECT_EQ(untouched.headers, response.headers);
  Credentials().Redact(&response);
  EXPECT_EQ(Shape(response.trailers[0].value), "<a>");
  Response again = response;
  Credentials('z').Redact(&again);
  EXPECT_EQ(again.headers, response.headers);
  EXPECT_EQ(again.trailers, response.trailers);
}

}  // namespace
}  // namespace shadowreel
