#include "formats/exchange/har_scanner.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace shadowreel {
namespace {

constexpr size_t kRead = size_t{64} << 10;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr size_t kMaxKey = 64;  // longer keys are none of ours

bool IsSpace(int c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool IsScalar(int c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '+' || c == '.';
}

}  // namespace

HarScanner::HarScanner(std::unique_ptr<ByteSource> source, size_t max_entry_bytes)
    : source_(std::move(source)), max_entry_bytes_(max_entry_bytes), buffer_(kRead, '\0') {}

bool HarScanner::Fill() {
  if (!status_.ok()) return false;
  before_ += size_;
  at_ = size_ = 0;
  absl::StatusOr<size_t> count = source_->Read(buffer_.data(), buffer_.size());
  if (!count.ok()) {
    status_ = count.status();
    return false;
  }
  size_ = *count;
  return size_ > 0;
}

int HarScanner::Get() {
  if (at_ == size_ && !Fill()) return kNoByte;
  if (keeping_) Keep(std::string_view(buffer_).substr(at_, 1));
  return static_cast<unsigned char>(buffer_[at_++]);
}

int HarScanner::GetPastSpace() {
  int c = Get();
  while (IsSpace(c)) c = Get();
  return c;
}

void HarScanner::Keep(std::string_view bytes) {
  if (kept_.size() + bytes.size() <= max_entry_bytes_) {
    kept_.append(bytes);
  } else {
    too_long_ = true;
  }
}

// `c` is what stands where something else should.
bool HarScanner::Fail(int c) {
  problem_ = c == kNoByte ? "the file ends in the middle" : "this is not JSON";
  place_ = Place::kEnd;
  return false;
}

// After the opening quote. Strings are most of a document: their bytes are taken in runs.
bool HarScanner::PassString() {
  while (true) {
    if (at_ == size_ && !Fill()) return Fail(kNoByte);
    const size_t begin = at_;
    while (at_ < size_ && buffer_[at_] != '"' && buffer_[at_] != '\\') ++at_;
    if (keeping_) Keep(std::string_view(buffer_).substr(begin, at_ - begin));
    if (at_ == size_) continue;
    if (Get() == '"') return true;
    if (Get() == kNoByte) return Fail(kNoByte);
  }
}

// After its first byte.
bool HarScanner::PassScalar() {
  int c = Get();
  while (IsScalar(c)) c = Get();
  if (c == kNoByte) return true;
  PutBack();
  if (keeping_ && !kept_.empty()) kept_.pop_back();
  return true;
}

bool HarScanner::PassValue() {
  uint64_t depth = 0;
  do {
    const int c = GetPastSpace();
    if (c == '"') {
      if (!PassString()) return false;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    } else if (IsScalar(c)) {
      PassScalar();
    } else if (depth == 0 || (c != ',' && c != ':')) {
      return Fail(c);
    }
  } while (depth > 0);
  return true;
}

// Reads a key, after its opening quote, and its colon; kept_ is the key then, or too long for one.
bool HarScanner::ReadKey() {
  kept_.clear();
  bool escaped = false;
  for (int c = Get(); c != '"'; c = Get()) {
    if (c == kNoByte) return Fail(c);
    if (kept_.size() < kMaxKey) kept_ += static_cast<char>(c);
    if (c != '\\') continue;
    escaped = true;
    const int next = Get();
    if (next == kNoByte) return Fail(next);
    if (kept_.size() < kMaxKey) kept_ += static_cast<char>(next);
  }
  const int colon = GetPastSpace();
  if (colon != ':') return Fail(colon);
  if (!escaped) return true;
  const nlohmann::json key = nlohmann::json::parse('"' + kept_ + '"', nullptr, false);
  kept_ = key.is_string() ? key.get<std::string>() : std::string();
  return true;
}

// Enters or passes the member of the document or of log whose key is in kept_.
bool HarScanner::EnterMember() {
  first_ = false;
  const int c = GetPastSpace();
  if (place_ == Place::kDocument && kept_ == "log" && c == '{') {
    place_ = Place::kLog;
    first_ = true;
    return true;
  }
  if (place_ == Place::kLog && kept_ == "entries" && c == '[') {
    place_ = Place::kEntries;
    found_entries_ = true;
    first_ = true;
    return true;
  }
  if (c == kNoByte) return Fail(c);
  PutBack();
  return PassValue();
}

// Goes on to the next entry, or to the end.
void HarScanner::FindEntries() {
  if (place_ == Place::kStart) {
    int c = GetPastSpace();
    for (const char mark : kByteOrderMark) {
      if (c != static_cast<unsigned char>(mark)) break;
      c = Get();
    }
    if (IsSpace(c)) c = GetPastSpace();
    if (c != '{') {
      Fail(c);
      return;
    }
    place_ = Place::kDocument;
  }
  while (place_ == Place::kDocument || place_ == Place::kLog) {
    int c = GetPastSpace();
    if (c == '}') {
      place_ = place_ == Place::kLog ? Place::kDocument : Place::kEnd;
      first_ = false;
      continue;
    }
    if (!first_ && c == ',') {
      c = GetPastSpace();
    } else if (!first_) {
      Fail(c);
      return;
    }
    if (c != '"') {
      Fail(c);
      return;
    }
    if (!ReadKey() || !EnterMember()) return;
  }
  if (place_ != Place::kEnd) return;
  if (const int c = GetPastSpace(); c != kNoByte) Fail(c);
}

// Whether another entry begins; leaves the array at its end.
bool HarScanner::BeginEntry() {
  int c = GetPastSpace();
  if (c == ']') {
    place_ = Place::kLog;
    first_ = false;
    return false;
  }
  if (!first_ && c != ',') return Fail(c);
  if (!first_) c = GetPastSpace();
  first_ = false;
  if (c == kNoByte) return Fail(c);
  PutBack();
  return true;
}

HarScanner::Result HarScanner::CutEntry() {
  kept_.clear();
  too_long_ = false;
  keeping_ = true;
  const bool whole = PassValue();
  keeping_ = false;
  if (!whole) return Result::kBroken;
  return too_long_ ? Result::kTooLong : Result::kEntry;
}

absl::StatusOr<HarScanner::Result> HarScanner::Next(std::string_view* entry) {
  if (place_ == Place::kEnd) return Result::kEnd;
  Result result = Result::kEnd;
  while (place_ != Place::kEnd) {
    if (place_ != Place::kEntries) {
      FindEntries();
    } else if (BeginEntry()) {
      result = CutEntry();
      break;
    }
  }
  if (!status_.ok()) return status_;
  if (problem_ != nullptr) return Result::kBroken;
  *entry = kept_;
  return result;
}

}  // namespace shadowreel
