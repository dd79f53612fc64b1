#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/yaml/place.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {

// A text as yaml-cpp can read it, and the places in the file of what stands in it. yaml-cpp takes
// some control bytes for the end of the file and does not know JSON's surrogate pairs; its lines
// and columns are wrong at the end of a file, its positions are not. Not thread-safe.
class SourceText {
 public:
  // Nothing when the text cannot be read at all, which is then one of the problems.
  static std::optional<SourceText> Of(std::string_view text, const std::string& file,
                                      Problems* problems);

  // What yaml-cpp shall read: without a byte order mark, JSON's surrogate pairs (\ud83d\ude00) as
  // the characters they stand for.
  const std::string& text() const { return text_; }

  // Of the byte at `position` of text(), or of its end.
  Place PlaceAt(size_t position) const;

 private:
  SourceText(std::string_view text, const std::string& file);

  void JoinSurrogates();

  std::shared_ptr<const std::string> file_;
  std::string text_;
  std::vector<uint32_t> lines_;   // where the file's lines begin
  std::vector<uint32_t> joined_;  // where characters stand in text_ that were surrogate pairs
};

}  // namespace shadowreel
