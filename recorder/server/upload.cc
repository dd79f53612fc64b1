#include "recorder/server/upload.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/check.h"

namespace shadowreel {

bool UploadBudget::Take(size_t bytes) {
  if (bytes > bytes_ - used_) return false;
  used_ += bytes;
  return true;
}

void UploadBudget::Return(size_t bytes) {
  CHECK(bytes <= used_);
  used_ -= bytes;
}

bool Upload::Start(const Record& record, uint64_t expected_bytes) {
  most_ = max_body_bytes_;
  if (expected_bytes > 0) most_ = std::min<uint64_t>(most_, expected_bytes);
  const size_t head = ApproximateBytes(record);
  if (!budget_.Take(head)) return false;
  taken_ += head;
  return true;
}

bool Upload::Append(std::string_view bytes, Record* record) {
  std::string& body = record->body;
  record->wire_body_bytes += bytes.size();
  const size_t size = body.size() + std::min(bytes.size(), max_body_bytes_ - body.size());
  record->truncated = record->wire_body_bytes > size;
  if (size > body.capacity()) {
    // Never past the expectation: doubling at the end would take memory that stays empty.
    const size_t capacity = std::max(size, std::min(2 * body.capacity(), most_));
    const size_t more = capacity - body.capacity();
    if (!budget_.Take(more)) return false;
    taken_ += more;
    std::string grown;  // body.reserve() would double what it has, whatever it is asked
    grown.reserve(capacity);
    grown.append(body);
    body = std::move(grown);
  }
  body.append(bytes.substr(0, size - body.size()));
  return true;
}

void Upload::Release() {
  budget_.Return(taken_);
  taken_ = 0;
}

}  // namespace shadowreel
