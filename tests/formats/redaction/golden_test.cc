// What redaction made of given bytes once, it makes for ever: recordings of one capture are joined
// by their pseudonyms, whichever version of the recorder took them. A change here needs another
// version of the rules.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "formats/record.h"
#include "formats/redaction/policy.h"
#include "formats/redaction/redactor.h"

namespace shadowreel {
namespace {

constexpr char kCard[] = "4111111111111111";
constexpr char kJwt[] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
constexpr char kToken[] = "sr1avDVDI_crw9Div6fEnYf3vhM9-b";  // of another key
constexpr int kRecords = 5000;

Redactor Credentials() {
  return Redactor(RedactionMode::kCredentials, {std::string(32, 'k'), "id"});
}

// FNV-1a, 64 bits.
class Fingerprint {
 public:
  void Add(std::string_view text) {
    for (char c : text) AddByte(static_cast<unsigned char>(c));
    AddNumber(text.size());
  }
  void AddNumber(uint64_t number) {
    for (int i = 0; i < 8; ++i) AddByte(number >> (8 * i) & 255);
  }
  uint64_t value() const { return value_; }

 private:
  void AddByte(uint64_t byte) { value_ = (value_ ^ byte) * 0x100000001b3; }

  uint64_t value_ = 0xcbf29ce484222325;
};

void Add(const Fields& fields, Fingerprint* sum) {
  sum->AddNumber(fields.size());
  for (const FieldView field : fields) {
    sum->Add(field.name);
    sum->Add(field.value);
  }
}

void Add(const Record& record, Fingerprint* sum) {
  sum->Add(record.target);
  Add(record.headers, sum);
  Add(record.trailers, sum);
  for (const RedactionSpan& span : record.redactions) {
    sum->AddNumber(static_cast<uint64_t>(span.place));
    sum->AddNumber(static_cast<uint64_t>(span.kind));
    sum->AddNumber(span.field);
    sum->AddNumber(span.begin);
    sum->AddNumber(span.length);
  }
}

const std::vector<std::string>& Bits() {
  static const auto* const bits = new std::vector<std::string>{
      kCard, kJwt,     "eyJ",  "eyJa.b",  ".",       ".b",    "-",      " ",     "4111",
      "1-",  "1",      "0",    "?",       "&",       ";",     "#",      "=",     "a",
      "\"",  "token=", "sid=", "//",      "@",       "://",   "http",   "/",     "sr1",
      "_",   "%74",    "\t",   "5 ",      "Bearer ", "a=b;",  "+",      "\xc3",  "4222222222222",
      "key", "J",      "ey",   "1 1 1 1", "8888888", kToken,  "Digest", "0-0-0", "1111 1111",
      "=x;", "?code=", "00",   "999999",  "1.",      "&sig=", "ftp://", "u:p@h", "411111111111"};
  return *bits;
}

std::string RandomText(std::mt19937* random) {
  std::string text;
  for (size_t count = (*random)() % 9; count > 0; --count) {
    text += Bits()[(*random)() % Bits().size()];
  }
  return text;
}

Record RandomRecord(std::mt19937* random) {
  static const auto* const names = new std::vector<std::string>{
      "Authorization", "Cookie",  "X-Custom",   "Referer",   "X-Api-Key", "Host",
      "x-my-secret",   "Accept",  "x-B3-Flags", "if-unless", "a-SESSION", "proxy-authorization",
      "X-Request-Id",  "X-Other", "User-Agent", "cookie",    "x-a-token", "X-Original-URI"};
  Record record;
  record.target = RandomText(random);
  for (int i = 0; i < 6; ++i) {
    const std::string& name = (*names)[(*random)() % names->size()];
    record.headers.Add(name, RandomText(random));
  }
  const std::string& name = (*names)[(*random)() % names->size()];
  record.trailers.Add(name, RandomText(random));
  return record;
}

TEST(RedactionGoldenTest, PseudonymsStay) {
  Record record;
  record.target = std::string("/a?token=x&card=") + kCard;
  record.headers.Add("Authorization", "Bearer xyz");
  record.headers.Add("Cookie", "sid=1");
  record.headers.Add("X-Custom", "eyJa.b.c");
  Credentials().Redact(&record);
  EXPECT_EQ(record.target,
            "/a?token=sr1qwTM8rT_pmUQraGF_C7tfzqQ1IA&card=sr1nve-sbyCRaHBDDe54hlHzrgXuvY");
  EXPECT_EQ(record.headers[0].value, "Bearer sr1aMK4tphO7Dl_G1giGBtpiHznshn");
  EXPECT_EQ(record.headers[1].value, "sid=sr1cUimbChVIVCVYbqWkIEMZk5DKJe");
  EXPECT_EQ(record.headers[2].value,
            "sr1jNcw4Ev52SdJa8kdlNcWIT-hTXE.sr1jBX6CGt533dDR4oJY_BBWriaiwO."
            "sr1jpkXriCIQmS3aTkGowTbriEHcis");
}

TEST(RedactionGoldenTest, PseudonymsOfResponsesStay) {
  Response response;
  response.headers.Add("Set-Cookie", "sid=1; Path=/; HttpOnly");
  response.headers.Add("X-Auth-Token", "xyz");
  response.headers.Add("Location", "/in?token=x");
  response.trailers.Add("X-Custom", kCard);
  Credentials().Redact(&response);
  EXPECT_EQ(response.headers[0].value, "sid=sr1cUimbChVIVCVYbqWkIEMZk5DKJe; Path=/; HttpOnly");
  EXPECT_EQ(response.headers[1].value, "sr1aMK4tphO7Dl_G1giGBtpiHznshn");
  EXPECT_EQ(response.headers[2].value, "/in?token=sr1qwTM8rT_pmUQraGF_C7tfzqQ1IA");
  EXPECT_EQ(response.trailers[0].value, "sr1nve-sbyCRaHBDDe54hlHzrgXuvY");
}

TEST(RedactionGoldenTest, PolicyDigestStays) {
  std::string hex;
  for (const char c : PolicyDigest("credentials")) {
    hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    hex += "0123456789abcdef"[c & 15];
  }
  EXPECT_EQ(hex, "ae4377242dbb23a7b43bf9e3bacaef33");
}

TEST(RedactionGoldenTest, RandomRecordsStay) {
  std::mt19937 random(4231);
  const Redactor redactor = Credentials();
  Fingerprint sum;
  for (int i = 0; i < kRecords; ++i) {
    Record record = RandomRecord(&random);
    redactor.Redact(&record);
    Add(record, &sum);
  }
  EXPECT_EQ(sum.value(), 13739996180902076347u);
}

}  // namespace
}  // namespace shadowreel
