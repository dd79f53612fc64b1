#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "formats/record.h"
#include "formats/redaction/finding.h"
#include "formats/redaction/pseudonym.h"

namespace shadowreel {

// Writes tokens over findings in the texts of one record, one text after the other. The buffers
// are kept from text to text. Owned by the thread that redacts the record.
class Replacement {
 public:
  // `spans` gets one span for each token written.
  Replacement(const TokenMaker& tokens, std::vector<RedactionSpan>* spans);

  // Turns to another text, at the place and field of `where`. The text must outlive its turn.
  void Begin(const RedactionSpan& where, std::string_view text);

  // Writes a token over every finding in text() that is neither empty nor a pseudonym already, and
  // removes the others from `findings`. The spans of this text move with their bytes and stay
  // ascending.
  void Replace(Findings* findings);

  // The text as it is now; valid until the next call that changes something.
  std::string_view text() const { return text_; }
  // Whether a token was written into this text.
  bool changed() const { return spans_->size() > first_span_; }

 private:
  void MoveSpans(const Findings& findings);
  void WriteTokens(const Findings& findings);

  const TokenMaker& tokens_;
  std::vector<RedactionSpan>* const spans_;
  RedactionSpan where_;
  size_t first_span_ = 0;  // of this text
  std::string_view text_;
  std::string buffer_;  // text_ when it is changed
  std::string fresh_;
};

}  // namespace shadowreel
