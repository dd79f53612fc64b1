#include "formats/segment/payload_codec.h"

#include <isa-l/crc.h>
#include <zstd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <memory>

#include "base/check.h"

namespace shadowreel {
namespace {

// isa-l's AVX-512 code leaves the upper halves of the vector registers in use. After it all code
// compiled for plain SSE runs on with false dependencies on them, for good: decoding a record was
// measured at four times its time.
#if defined(__x86_64__)
__attribute__((target("avx"))) void ZeroUpperHalves() { _mm256_zeroupper(); }
void CleanVectorRegisters() {
  static const bool kHasAvx = __builtin_cpu_supports("avx") != 0;
  if (kHasAvx) ZeroUpperHalves();
}
#else
void CleanVectorRegisters() {}
#endif

// One a thread, kept: making one asks the processor what it can do (cpuid), which in a virtual
// machine takes longer than decompressing a small chunk.
ZSTD_DCtx* DecompressionContext() {
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  CHECK(context != nullptr);
  return context.get();
}

void Set(ZSTD_CCtx* context, ZSTD_cParameter parameter, int value) {
  CHECK(ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value)) == 0);
}

}  // namespace

uint32_t Crc32c(std::string_view bytes) {
  CHECK(bytes.size() <= INT32_MAX);
  // isa-l takes the bytes as if it might write them; it does not.
  auto* const begin = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  const uint32_t crc = ~crc32_iscsi(begin, static_cast<int>(bytes.size()), ~uint32_t{0});
  CleanVectorRegisters();
  return crc;
}

struct PayloadEncoder::Context {
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> zstd{ZSTD_createCCtx()};
};

PayloadEncoder::PayloadEncoder(int zstd_level)
    : zstd_level_(zstd_level), context_(std::make_unique<Context>()) {
  CHECK(context_->zstd != nullptr);
  Set(context_->zstd.get(), ZSTD_c_compressionLevel, zstd_level);
  // Half of level 1's own hash table: requests resemble those just before them, so on recordings
  // it is some 8 % faster and costs 0.2 to 0.8 % of size.
  if (zstd_level == 1) Set(context_->zstd.get(), ZSTD_c_hashLog, 13);
}

PayloadEncoder::~PayloadEncoder() = default;

PayloadEncoder::Encoded PayloadEncoder::Encode(std::string_view raw) {
  const Encoded plain{ChunkCodec::kPlain, raw};
  // No more room than what is worth keeping: zstd gives up when it does not fit.
  const size_t worthwhile = raw.size() - raw.size() / 16 - 1;
  if (zstd_level_ == 0 || raw.size() < 16) return plain;
  if (worthwhile > capacity_) {
    compressed_.reset(new char[worthwhile]);  // not zeroed
    capacity_ = worthwhile;
  }
  const size_t size =
      ZSTD_compress2(context_->zstd.get(), compressed_.get(), worthwhile, raw.data(), raw.size());
  if (ZSTD_isError(size) != 0) return plain;
  return {ChunkCodec::kZstd, {compressed_.get(), size}};
}

std::string_view DecodePayload(ChunkCodec codec, std::string_view stored, uint32_t raw_length,
                               std::string* raw) {
  CHECK(raw_length <= kMaxRawLength);
  switch (codec) {
    case ChunkCodec::kPlain:
      if (stored.size() != raw_length) return "its lengths contradict";
      raw->assign(stored);
      return {};
    case ChunkCodec::kZstd: {
      raw->resize(raw_length);
      const size_t size = ZSTD_decompressDCtx(DecompressionContext(), raw->data(), raw_length,
                                              stored.data(), stored.size());
      if (ZSTD_isError(size) != 0 || size != raw_length) return "it does not decompress";
      return {};
    }
  }
  return "its codec is not known to this version";
}

}  // namespace shadowreel
