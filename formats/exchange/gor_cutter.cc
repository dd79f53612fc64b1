#include "formats/exchange/gor_cutter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace shadowreel {
namespace {

constexpr size_t kRead = 256 << 10;
constexpr size_t kMaxRecord = GorCutter::kMaxMeta + GorCutter::kMaxPayload;
constexpr std::string_view kMonkeys = kGorSeparator.substr(1);
constexpr size_t kMetaFields = 4;

// The first fields of a meta line, as GoReplay splits it: at every space.
struct MetaFields {
  std::array<std::string_view, kMetaFields> texts;
  size_t count = 0;
};

MetaFields SplitMeta(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  MetaFields fields;
  while (fields.count < kMetaFields) {
    const size_t space = line.find(' ');
    fields.texts[fields.count++] = line.substr(0, space);
    if (space == line.npos) break;
    line.remove_prefix(space + 1);
  }
  return fields;
}

// A count of nanoseconds that is not negative.
std::optional<int64_t> ParseNanos(std::string_view text) {
  int64_t nanos = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), nanos);
  if (error != std::errc() || stop != text.data() + text.size() || nanos < 0) return std::nullopt;
  return nanos;
}

// Where the first separator at `from` or behind it begins. Looks for its second byte, which is
// rarer than its first.
size_t FindMonkeys(std::string_view bytes, size_t from) {
  for (size_t at = from + 1; at < bytes.size(); ++at) {
    at = bytes.find(kGorSeparator[1], at);
    if (at == bytes.npos) break;
    if (bytes.substr(at - 1).starts_with(kGorSeparator)) return at - 1;
  }
  return bytes.npos;
}

bool IsBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

}  // namespace

bool GorCutter::Fill() {
  if (ended_) return false;
  if (begin_ > buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  const size_t kept = buffer_.size();
  buffer_.resize(kept + kRead);
  absl::StatusOr<size_t> count = source_->Read(buffer_.data() + kept, kRead);
  buffer_.resize(kept + (count.ok() ? *count : 0));
  if (count.ok() && *count > 0) return true;
  failure_ = count.status();
  ended_ = true;
  // A last separator may lack its own line end.
  const bool lacks_line_end = rest().ends_with(kGorSeparator.substr(0, kGorSeparator.size() - 1));
  if (lacks_line_end) buffer_ += '\n';
  return lacks_line_end;
}

bool GorCutter::Need(size_t bytes) {
  while (rest().size() < bytes) {
    if (!Fill()) return false;
  }
  return true;
}

// Where the first separator begins; npos when none stands within the bound.
size_t GorCutter::FindSeparator() {
  size_t from = 0;
  while (true) {
    const std::string_view bytes = rest();
    if (const size_t at = FindMonkeys(bytes, from); at != bytes.npos) return at;
    if (bytes.size() > kMaxRecord + kGorSeparator.size()) return std::string_view::npos;
    from = bytes.size() - std::min(bytes.size(), kGorSeparator.size() - 1);
    if (!Fill()) return std::string_view::npos;
  }
}

// Reads on to the separator behind a record over the bound; over_ keeps its beginning.
void GorCutter::ReadOver() {
  over_.assign(rest().substr(0, kMaxRecord));
  over_bytes_ = 0;
  while (true) {
    const size_t separator = FindSeparator();
    const bool found = separator != std::string_view::npos;
    // What was looked at goes, but for what may be a separator's beginning.
    const size_t kept = ended_ ? 0 : kGorSeparator.size() - 1;
    const size_t gone = found ? separator : rest().size() - std::min(rest().size(), kept);
    begin_ += gone;
    offset_ += gone;
    over_bytes_ += gone;
    if (found || ended_) return;
  }
}

GorCutter::Result GorCutter::TakeMeta(std::string_view meta, GorRecord* record) {
  if (meta.size() >= kMaxMeta) return Malformed("record without a meta line");
  const MetaFields fields = SplitMeta(meta);
  if (fields.count < 3 || fields.texts[1].empty()) {
    return Malformed("record with fewer than three meta fields");
  }
  const std::string_view type = fields.texts[0];
  if (type.size() != 1 || type < "1" || type > "3") return Malformed("record of an unknown type");
  const auto time = ParseNanos(fields.texts[2]);
  if (!time) return Malformed("record whose time is not in Unix nanoseconds");
  record->type = static_cast<GorType>(type[0]);
  record->id = fields.texts[1];
  record->time = WallTime(Nanos(*time));
  record->latency.reset();
  if (fields.count > 3) {
    const auto latency = ParseNanos(fields.texts[3]);
    if (latency && *latency <= std::numeric_limits<int64_t>::max() - *time) {
      record->latency = Nanos(*latency);
    }
  }
  return Result::kRecord;
}

// Where the payload that begins there ends: at the first separator, or at a later one that its
// framing leads to.
size_t GorCutter::FindEnd(size_t payload_begin, size_t separator) {
  const auto beyond = [&](const MessageEnd& end) {
    return end.kind != MessageEnd::Kind::kUnknown && end.bytes <= kMaxPayload &&
           end.bytes > separator - payload_begin;
  };
  MessageEnd end = FindMessageEnd(rest().substr(payload_begin, separator - payload_begin));
  if (!beyond(end)) return separator;
  if (end.kind == MessageEnd::Kind::kNeedsMore) {
    // Looked through in vain once is enough: else each record could ask for the same chunks again.
    if (offset_ < looked_at_) return separator;
    end = FindEndOfChunks(payload_begin);
    const bool found = end.kind == MessageEnd::Kind::kAt && beyond(end);
    if (!found || !IsEnd(payload_begin + end.bytes)) looked_at_ = offset_ + rest().size();
    if (!found) return separator;
  }
  const size_t at = payload_begin + end.bytes;
  return IsEnd(at) ? at : separator;
}

// Reads on while that can help.
MessageEnd GorCutter::FindEndOfChunks(size_t payload_begin) {
  while (true) {
    const MessageEnd end = FindMessageEnd(rest().substr(payload_begin));
    if (end.kind != MessageEnd::Kind::kNeedsMore || end.bytes > kMaxPayload) return end;
    const size_t size = rest().size();
    Need(std::max(payload_begin + end.bytes, 2 * size));
    if (rest().size() == size) return end;
  }
}

// Whether a record can end there: before a separator, or with the file.
bool GorCutter::IsEnd(size_t at) {
  if (!Need(at + kGorSeparator.size())) return rest().size() == at;
  return rest().substr(at).starts_with(kGorSeparator);
}

absl::StatusOr<GorCutter::Result> GorCutter::Next(GorRecord* record) {
  begin_ += taken_;
  offset_ += taken_;
  taken_ = 0;
  record->offset = offset_;
  const size_t separator = FindSeparator();
  if (separator == std::string_view::npos && rest().size() > kMaxRecord) return TakeOver(record);
  if (separator == std::string_view::npos && IsBlank(rest())) {
    if (!failure_.ok()) return failure_;
    return Result::kEnd;
  }
  return TakeWhole(std::min(separator, rest().size()), record);
}

GorCutter::Result GorCutter::TakeWhole(size_t separator, GorRecord* record) {
  // GoReplay reads lines: no line end need stand before the monkeys.
  const bool empty = rest().starts_with(kMonkeys);
  taken_ = empty ? kMonkeys.size() : std::min(separator + kGorSeparator.size(), rest().size());
  if (empty) return Malformed("record with fewer than three meta fields");
  const size_t meta_end = rest().substr(0, kMaxMeta).find('\n');
  if (const Result result = TakeMeta(rest().substr(0, meta_end), record);
      result != Result::kRecord) {
    return result;
  }
  const size_t begin = std::min(meta_end + 1, separator);
  const size_t end = separator < rest().size() ? FindEnd(begin, separator) : separator;
  taken_ = std::min(end + kGorSeparator.size(), rest().size());
  record->separated = end < rest().size();
  record->payload = rest().substr(begin, end - begin);
  record->payload_bytes = record->payload.size();
  return Result::kRecord;
}

GorCutter::Result GorCutter::TakeOver(GorRecord* record) {
  ReadOver();
  record->separated = !rest().empty();
  taken_ = record->separated ? kGorSeparator.size() : 0;
  const std::string_view bytes = over_;
  const size_t meta_end = bytes.substr(0, kMaxMeta).find('\n');
  if (const Result result = TakeMeta(bytes.substr(0, meta_end), record);
      result != Result::kRecord) {
    return result;
  }
  record->payload = bytes.substr(meta_end + 1, kMaxPayload);
  record->payload_bytes = over_bytes_ - (meta_end + 1);
  return Result::kRecord;
}

GorCutter::Result GorCutter::Malformed(std::string_view problem) {
  problem_ = problem;
  return Result::kMalformed;
}

}  // namespace shadowreel
