#include "replayer/plan/plan_digest.h"

#include <xxhash.h>

#include <cstring>
#include <optional>
#include <utility>

#include "base/check.h"
#include "formats/byte_text.h"
#include "net/http/authority.h"

namespace shadowreel {
namespace {

// In place of the length of an authority that does not count: no text is so long.
constexpr uint64_t kTargetsOwn = UINT64_MAX;

// In an order of bytes that is the same on every machine.
PlanDigest::Hash Canonical(XXH128_hash_t hash) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  PlanDigest::Hash bytes;
  static_assert(sizeof(canonical) == sizeof(bytes));
  std::memcpy(bytes.data(), &canonical, sizeof(bytes));
  return bytes;
}

PlanDigest::Hash HashOfBytes(std::string_view bytes) {
  return Canonical(XXH3_128bits(bytes.data(), bytes.size()));
}

}  // namespace

struct PlanDigest::State {
  State() : xxh3(XXH3_createState()) { CHECK(xxh3 != nullptr); }
  ~State() { XXH3_freeState(xxh3); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  XXH3_state_t* const xxh3;
};

PlanDigest::PlanDigest(std::string marker_name)
    : marker_name_(std::move(marker_name)),
      state_(std::make_unique<State>()),
      chain_(HashOfBytes("shadowreel plan, version 1")) {}

PlanDigest::~PlanDigest() = default;

PlanDigest::Hash PlanDigest::HashOf(const PlannedRequest& planned, bool names_target) {
  const OutboundRequest& request = planned.request;
  head_.clear();
  AppendNumber(planned.index);
  AppendNumber(static_cast<uint64_t>(planned.intended.count()));
  AppendBytes(request.method);
  const std::string_view target = request.target;
  const std::optional<std::string_view> authority =
      names_target ? AuthorityOfTarget(target) : std::nullopt;
  if (authority) {
    const auto begin = static_cast<size_t>(authority->data() - target.data());
    AppendBytes(target.substr(0, begin));
    AppendNumber(kTargetsOwn);
    AppendBytes(target.substr(begin + authority->size()));
  } else {
    AppendBytes(target);
  }
  AppendNumber(request.http10 ? 1 : 0);
  AppendNumber(request.chunked ? 1 : 0);
  AppendFields(request.headers, names_target);
  AppendFields(request.trailers, false);
  AppendNumber(request.body.size());
  XXH3_128bits_reset(state_->xxh3);
  XXH3_128bits_update(state_->xxh3, head_.data(), head_.size());
  XXH3_128bits_update(state_->xxh3, request.body.data(), request.body.size());
  return Canonical(XXH3_128bits_digest(state_->xxh3));
}

void PlanDigest::Add(const Hash& request) {
  std::array<char, 2 * sizeof(Hash)> both;
  std::memcpy(both.data(), chain_.data(), sizeof(Hash));
  std::memcpy(both.data() + sizeof(Hash), request.data(), sizeof(Hash));
  chain_ = HashOfBytes({both.data(), both.size()});
}

std::string PlanDigest::Value() const {
  return Hex({reinterpret_cast<const char*>(chain_.data()), chain_.size()});
}

// Little-endian.
void PlanDigest::AppendNumber(uint64_t number) {
  char bytes[sizeof(number)];
  for (char& byte : bytes) {
    byte = static_cast<char>(number & 0xff);
    number >>= 8;
  }
  head_.append(bytes, sizeof(bytes));
}

void PlanDigest::AppendBytes(std::string_view bytes) {
  AppendNumber(bytes.size());
  head_.append(bytes);
}

// What ends the list is no length of a name.
void PlanDigest::AppendFields(const Fields& fields, bool names_target) {
  for (const FieldView field : fields) {
    if (!marker_name_.empty() && EqualsIgnoreCase(field.name, marker_name_)) continue;
    AppendBytes(field.name);
    if (names_target && EqualsIgnoreCase(field.name, "host")) {
      AppendNumber(kTargetsOwn);
    } else {
      AppendBytes(field.value);
    }
  }
  AppendNumber(kTargetsOwn);
}

}  // namespace shadowreel
