#include "formats/exchange/second_spread.h"

#include <algorithm>
#include <utility>

namespace shadowreel {
namespace {

constexpr Nanos kSecond = std::chrono::seconds(1);

void Shift(Nanos by, ImportedRequest* request) {
  request->record.arrival += by;
  request->record.completed += by;
  if (!request->response || request->response->completed == WallTime()) return;
  request->response->first_byte += by;
  request->response->completed += by;
}

}  // namespace

// splitmix64.
uint64_t SecondSpread::Draw() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

void SecondSpread::Add(ImportedRequest request, bool whole_second) {
  const bool continues =
      whole_second && !group_.empty() && group_.front().record.arrival == request.record.arrival;
  if (!continues) Release(true);
  if (!whole_second) {
    ready_.push_back(std::move(request));
    return;
  }
  group_bytes_ += ApproximateBytes(request.record);
  group_.push_back(std::move(request));
  if (group_.size() > kMaxRequests || group_bytes_ > kMaxBytes) Release(false);
}

void SecondSpread::Finish() { Release(true); }

// All but the newest when more of the same second may come: it says which second that is.
void SecondSpread::Release(bool last) {
  const size_t count = last ? group_.size() : group_.size() - 1;
  const Nanos span = last ? kSecond - begin_ : (kSecond - begin_) / 2;
  std::vector<uint64_t> offsets(count);
  for (uint64_t& offset : offsets) {
    offset = Draw() % static_cast<uint64_t>(std::max<int64_t>(span.count(), 1));
  }
  std::sort(offsets.begin(), offsets.end());
  for (size_t i = 0; i < count; ++i) {
    Shift(begin_ + Nanos(static_cast<int64_t>(offsets[i])), &group_[i]);
    ready_.push_back(std::move(group_[i]));
  }
  group_.erase(group_.begin(), group_.begin() + static_cast<ptrdiff_t>(count));
  begin_ = last ? Nanos(0) : begin_ + span;
  group_bytes_ = last ? 0 : ApproximateBytes(group_.front().record);
}

bool SecondSpread::Next(ImportedRequest* request) {
  if (ready_.empty()) return false;
  *request = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

}  // namespace shadowreel
