#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "formats/segment/segment_format.h"

namespace shadowreel {

// CRC-32C (Castagnoli), as in RFC 3720: "123456789" gives 0xe3069283.
uint32_t Crc32c(std::string_view bytes);

// Compresses payloads, one after the other, with reused buffers. Not thread-safe.
class PayloadEncoder {
 public:
  // `zstd_level` 0 stores everything plain.
  explicit PayloadEncoder(int zstd_level);
  ~PayloadEncoder();

  struct Encoded {
    ChunkCodec codec;
    std::string_view bytes;  // valid until the next Encode, and as long as `raw` is
  };
  // zstd where that saves at least a sixteenth, else `raw` itself.
  Encoded Encode(std::string_view raw);

 private:
  struct Context;
  const int zstd_level_;
  std::unique_ptr<Context> context_;
  std::unique_ptr<char[]> compressed_;
  size_t capacity_ = 0;
};

// Turns a stored payload into exactly `raw_length` bytes (at most kMaxRawLength) in `raw`. Returns
// what is wrong with the bytes, empty when nothing is. Thread-safe.
std::string_view DecodePayload(ChunkCodec codec, std::string_view stored, uint32_t raw_length,
                               std::string* raw);

}  // namespace shadowreel
