#pragma once

#include <array>
#include <string_view>

namespace shadowreel {

// A set of bytes, for asking of every request on its way whether a name, a value or a target is
// made of them alone: std::string_view::find_first_of takes several times as long. A value;
// thread-safe.
class ByteSet {
 public:
  // The bytes for which `holds`, a predicate of an unsigned char, is true.
  template <typename Predicate>
  static constexpr ByteSet Where(Predicate holds) {
    ByteSet set;
    for (unsigned byte = 0; byte < set.holds_.size(); ++byte) {
      set.holds_[byte] = holds(static_cast<unsigned char>(byte));
    }
    return set;
  }

  constexpr bool Holds(char c) const { return holds_[static_cast<unsigned char>(c)] != 0; }

  // Whether it holds every byte of `text`; of an empty one, it does.
  constexpr bool HoldsAllOf(std::string_view text) const {
    unsigned char all = 1;  // no branch a byte: nearly every text is read to its end anyway
    for (const char c : text) all &= holds_[static_cast<unsigned char>(c)];
    return all != 0;
  }

 private:
  constexpr ByteSet() = default;

  std::array<unsigned char, 256> holds_{};
};

}  // namespace shadowreel
