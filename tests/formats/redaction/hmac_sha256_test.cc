#include "formats/redaction/hmac_sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace shadowreel {
namespace {

std::string Hex(const Sha256Digest& digest) {
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

struct Row {
  std::string key;
  std::string message;
  std::string mac;
};

// RFC 4231, 4.2 to 4.8, without the truncated one.
std::vector<Row> Rows() {
  std::string counting;
  for (char byte = 1; byte <= 25; ++byte) counting += byte;
  return {
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {counting, std::string(50, '\xcd'),
       "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
  };
}

TEST(HmacSha256Test, HoldsTheVectorsOfItsRfcHoweverTheMessageIsParted) {
  for (const Row& row : Rows()) {
    const HmacSha256 hmac(row.key);
    for (size_t parting = 0; parting <= row.message.size(); ++parting) {
      const std::string beginning = row.message.substr(0, parting);
      EXPECT_EQ(Hex(hmac.Of(beginning, row.message.substr(parting))), row.mac) << row.message;
    }
  }
}

// FIPS 180-4's example, and the digest of nothing.
TEST(HmacSha256Test, DigestIsSha256) {
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace shadowreel
