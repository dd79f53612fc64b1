#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/clock.h"

namespace shadowreel {

// Answers that the peer has not taken yet. Unbounded: its session stops reading before it is large.
// Owned and called by the session.
class OutputBuffer {
 public:
  std::string_view view() const { return std::string_view(bytes_).substr(sent_); }
  bool empty() const { return view().empty(); }
  // When it became non-empty.
  SteadyTime since() const { return since_; }

  void Append(std::string_view bytes, SteadyTime now) {
    if (empty()) since_ = now;
    bytes_.append(bytes);
  }

  // The first `count` bytes were sent.
  void Consume(size_t count) {
    CHECK(count <= view().size());
    sent_ += count;
    if (sent_ < bytes_.size()) return;
    Clear();
    if (bytes_.capacity() > kKeptCapacity) bytes_.shrink_to_fit();
  }

  void Clear() {
    bytes_.clear();
    sent_ = 0;
  }

 private:
  // Memory kept for a connection that has nothing to say.
  static constexpr size_t kKeptCapacity = 4 << 10;

  std::string bytes_;
  size_t sent_ = 0;  // of the beginning of bytes_
  SteadyTime since_;
};

}  // namespace shadowreel
