#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace shadowreel {

// Splits a fuzzed input in two: the last byte says how many bytes before it, at most 63, steer the
// run (where to cut, how long to wait); what stands before them is the traffic.
class Steering {
 public:
  explicit Steering(std::string_view input) {
    if (input.empty()) return;
    const size_t count =
        std::min<size_t>(static_cast<uint8_t>(input.back()) % 64, input.size() - 1);
    traffic_ = input.substr(0, input.size() - 1 - count);
    choices_ = input.substr(traffic_.size(), count);
  }

  std::string_view traffic() const { return traffic_; }

  // The next choice; after the last comes the first again. 0 when there are none.
  uint8_t Next() {
    if (choices_.empty()) return 0;
    return static_cast<uint8_t>(choices_[next_++ % choices_.size()]);
  }

  // Cuts a piece off `rest`: all of it without choices.
  std::string_view Cut(std::string_view* rest) {
    const uint8_t choice = Next();
    size_t length = choices_.empty() ? rest->size() : 1 + choice % 16u;
    if (choice >= 128) length = 1 + (choice - 128u) * 8;
    const std::string_view piece = rest->substr(0, length);
    rest->remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view traffic_;
  std::string_view choices_;
  size_t next_ = 0;
};

}  // namespace shadowreel
