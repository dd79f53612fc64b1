#include "replayer/plan/path_fold.h"

#include <gtest/gtest.h>

#include <string>

namespace shadowreel {
namespace {

TEST(PathFoldTest, TellsIdsFromWords) {
  const struct {
    const char* segment;
    const char* parameter;
  } kRows[] = {
      {"0", "{number}"},
      {"42", "{number}"},
      {"20240131235959000000000", "{number}"},
      {"01234567-89ab-cdef-0123-456789abcdef", "{uuid}"},
      {"F47AC10B-58CC-4372-A567-0E02B2C3D479", "{uuid}"},
      // Hexadecimal, from 12 characters on.
      {"3f2a1b9c8d7e", "{id}"},
      {"507f1f77bcf86cd799439011", "{id}"},
      {"da39a3ee5e6b4b0d3255bfef95601890afd80709", "{id}"},
      {"f47ac10b58cc4372a5670e02b2c3d479", "{id}"},
      {"3f2a1b", ""},
      {"facadefacade", ""},
      // A word and a number.
      {"order-12345", "{id}"},
      {"order_1234", "{id}"},
      {"order-123", ""},
      {"sku12345", "{id}"},
      {"ABC-2024-000123", "{id}"},
      {"order-12345-x", "{id}"},
      // Drawn by lot.
      {"01ARZ3NDEKTSV4RRFFQ69G5FAV", "{id}"},
      {"01h2xcejqtf2nbrexx3vqjhp41", "{id}"},
      {"user_01h2xcejqtf2nbrexx3vqjhp41", "{id}"},
      {"3f2a1b9", "{id}"},
      {"V1StGXR8_Z5jdHi6B-myT", "{id}"},
      {"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "{id}"},
      {"app.4f2x1b9c8d7e.js", "{id}"},
      // Words.
      {"", ""},
      {"cart", ""},
      {"v1", ""},
      {"v2", ""},
      {"v1beta1", ""},
      {"v3alpha2", ""},
      {"base64", ""},
      {"base64encoded", ""},
      {"oauth2", ""},
      {"oauth2callback", ""},
      {"getOAuth2TokenForUser", ""},
      {"2fa", ""},
      {"3d-models-2d-and-4k", ""},
      {"mp3", ""},
      {"utf-8", ""},
      {"sha256", ""},
      {"sha-256", ""},
      {"iso-8859-1", ""},
      {"index.html", ""},
      {"logo@2x.png", ""},
      {"jquery-3.6.0.min.js", ""},
      {"1.2.3", ""},
      {"10.0.0.1", ""},
      {"2024-01-31", ""},
      {"best-shoes-of-2024", ""},
      {"hipstershop.ProductCatalogService", ""},
      {"%E4%BD%A0%E5%A5%BD%E4%B8%96%E7%95%8C", ""},
      {"caf%C3%A9", ""},
      {"100%", ""},
      {"a%2", ""},
      {"a1b%", ""},
      {"{number}", ""},
  };
  for (const auto& row : kRows) EXPECT_EQ(ParameterFor(row.segment), row.parameter) << row.segment;
}

}  // namespace
}  // namespace shadowreel
