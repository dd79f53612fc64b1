#include "formats/exchange/line_reader.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace shadowreel {
namespace {

constexpr size_t kRead = 64 << 10;

}  // namespace

LineReader::LineReader(std::unique_ptr<ByteSource> source, size_t max_line_bytes)
    : source_(std::move(source)), max_line_bytes_(max_line_bytes) {}

absl::StatusOr<LineReader::Result> LineReader::Next(std::string_view* line) {
  size_t searched = begin_;
  while (true) {
    const size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) return Take(end - begin_, 1, line);
    if (buffer_.size() - begin_ > max_line_bytes_ + 1) {  // a CR may follow the longest line
      passed_ += buffer_.size() - begin_;
      begin_ = buffer_.size();
    }
    searched = buffer_.size() - begin_;
    ASSIGN_OR_RETURN(const bool more, Fill());
    searched += begin_;
    if (more) continue;
    if (begin_ == buffer_.size() && passed_ == 0) return Result::kEnd;
    return Take(buffer_.size() - begin_, 0, line);
  }
}

absl::StatusOr<bool> LineReader::Fill() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  const size_t kept = buffer_.size();
  buffer_.resize(kept + kRead);
  absl::StatusOr<size_t> count = source_->Read(buffer_.data() + kept, kRead);
  buffer_.resize(kept + (count.ok() ? *count : 0));
  RETURN_IF_ERROR(count.status());
  return *count > 0;
}

LineReader::Result LineReader::Take(size_t length, size_t end_length, std::string_view* line) {
  *line = std::string_view(buffer_).substr(begin_, length);
  if (!line->empty() && line->back() == '\r') line->remove_suffix(1);
  const bool too_long = passed_ > 0 || line->size() > max_line_bytes_;
  ++line_number_;
  line_offset_ = offset_;
  offset_ += passed_ + length + end_length;
  passed_ = 0;
  begin_ += length + end_length;
  return too_long ? Result::kTooLong : Result::kLine;
}

}  // namespace shadowreel
