#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shadowreel {

// Cuts lines that end in CR LF out of bytes that come in any pieces, and refuses what HTTP/1
// lines must not hold: a bare LF, a bare CR, NUL and every other control byte but HTAB
// (RFC 9112, 2.2 and 9110, 5.5). Errors come at the same byte however the bytes were cut. Not
// thread-safe.
class LineScanner {
 public:
  enum class Result { kNeedBytes, kLine, kTooLong, kBadByte };

  // Takes bytes from the front of `bytes` up to the end of a line of at most `limit` bytes, CR LF
  // included. After an error the scanner is of no further use.
  Result Scan(std::string_view* bytes, size_t limit);

  // After kLine: the line with its CR LF, a view into the scanner or into what was scanned, valid
  // until the next Scan.
  std::string_view line() const { return line_; }

  // After kBadByte: what was wrong, for people.
  const char* problem() const { return problem_; }

  // The beginning of a line whose end has not come.
  std::string_view pending() const { return line_taken_ ? std::string_view() : buffer_; }

 private:
  Result FinishLine(std::string_view* bytes, size_t count);
  Result BadByte(unsigned char byte);

  std::string buffer_;
  std::string_view line_;
  const char* problem_ = nullptr;
  bool after_cr_ = false;
  bool line_taken_ = false;  // buffer_ holds a finished line
};

}  // namespace shadowreel
