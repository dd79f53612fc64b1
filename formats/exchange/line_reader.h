#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "formats/exchange/byte_source.h"

namespace shadowreel {

// Cuts a source into lines that end in LF or CR LF; the last may do without. Its memory is the
// bound and one read, whatever the source holds. Not thread-safe.
class LineReader {
 public:
  enum class Result {
    kLine,
    kTooLong,  // a line over the bound was passed over: count it
    kEnd,
  };

  LineReader(std::unique_ptr<ByteSource> source, size_t max_line_bytes);

  // `line` comes without its end and is valid until the next call. An error is the source's: the
  // whole lines before it were given, a line that it broke off is not.
  absl::StatusOr<Result> Next(std::string_view* line);

  // Of the line given or passed over last: from 1, and where it begins in the (decompressed)
  // source.
  uint64_t line_number() const { return line_number_; }
  uint64_t line_offset() const { return line_offset_; }

 private:
  absl::StatusOr<bool> Fill();
  Result Take(size_t length, size_t end_length, std::string_view* line);

  const std::unique_ptr<ByteSource> source_;
  const size_t max_line_bytes_;
  std::string buffer_;
  size_t begin_ = 0;     // of the line being read, in buffer_
  uint64_t offset_ = 0;  // of that place in the source
  uint64_t passed_ = 0;  // bytes of that line which were over the bound and are gone
  uint64_t line_number_ = 0;
  uint64_t line_offset_ = 0;
};

}  // namespace shadowreel
