#include "formats/reel/record_digest.h"

#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/check.h"

namespace shadowreel {
namespace {

// Feeds length-prefixed parts to XXH3, so that parts cannot run into each other.
class PartHasher {
 public:
  PartHasher() : state_(XXH3_createState()) {
    CHECK(state_ != nullptr);
    XXH3_128bits_reset(state_.get());
  }

  void Add(std::string_view part) {
    Add(uint64_t{part.size()});
    XXH3_128bits_update(state_.get(), part.data(), part.size());
  }
  void Add(uint64_t number) { XXH3_128bits_update(state_.get(), &number, sizeof(number)); }
  void Add(const Fields& fields) {
    Add(uint64_t{fields.size()});
    for (const FieldView field : fields) {
      Add(field.name);
      Add(field.value);
    }
  }

  ContentDigest Digest() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_.get());
    return {hash.low64, hash.high64};
  }
  uint64_t NonZero() const { return std::max<uint64_t>(Digest().low, 1); }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

void AddMethodAndTarget(const Record& record, PartHasher* hasher) {
  hasher->Add(record.method);
  hasher->Add(record.target);
}

void AddRest(const Record& record, PartHasher* hasher) {
  hasher->Add(static_cast<uint64_t>(record.version));
  if (record.version == HttpVersion::kHttp2) hasher->Add(record.authority);
  hasher->Add(record.headers);
  hasher->Add(static_cast<uint64_t>(record.framing));
  hasher->Add(record.body);
  hasher->Add(record.trailers);
  hasher->Add(uint64_t{record.complete});
  hasher->Add(uint64_t{record.truncated});
  if (record.truncated) hasher->Add(record.wire_body_bytes);
}

}  // namespace

ContentDigest DigestContent(const Record& record) {
  PartHasher hasher;
  AddMethodAndTarget(record, &hasher);
  AddRest(record, &hasher);
  return hasher.Digest();
}

uint64_t DigestMethodAndTarget(const Record& record) {
  PartHasher hasher;
  AddMethodAndTarget(record, &hasher);
  return hasher.NonZero();
}

uint64_t DigestAllButMethodAndTarget(const Record& record) {
  PartHasher hasher;
  AddRest(record, &hasher);
  return hasher.NonZero();
}

uint64_t DigestRequestId(const Record& record) {
  constexpr std::string_view kName = "x-request-id";
  if (record.headers.Count(kName) != 1) return 0;
  const std::string_view value = *record.headers.Find(kName);
  if (value.empty()) return 0;
  PartHasher hasher;
  hasher.Add(value);
  return hasher.NonZero();
}

}  // namespace shadowreel
