#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "formats/exchange/byte_source.h"

namespace shadowreel {

// Cuts the elements of log.entries out of a HAR document, whatever its size: the document is not
// parsed further than that needs (its strings and brackets), the elements themselves not at all.
// Its memory is the bound of an entry. A byte order mark is passed over. Not thread-safe.
class HarScanner {
 public:
  enum class Result {
    kEntry,
    kTooLong,  // an entry over the bound was passed over
    kEnd,      // the document is whole
    kBroken,   // it is not JSON from here on: problem() at position()
  };

  HarScanner(std::unique_ptr<ByteSource> source, size_t max_entry_bytes);

  // `entry` is valid until the next call. An error is the source's. After kEnd and kBroken: kEnd.
  absl::StatusOr<Result> Next(std::string_view* entry);

  uint64_t position() const { return before_ + at_; }    // offset of the byte after the last read
  const char* problem() const { return problem_; }       // "the file ends in the middle"
  bool found_entries() const { return found_entries_; }  // there is a log.entries

 private:
  static constexpr int kNoByte = -1;  // the end, or the source failed

  bool Fill();
  int Get();
  int GetPastSpace();
  void PutBack() { --at_; }  // the byte just got; at most one

  void FindEntries();
  bool EnterMember();
  bool ReadKey();
  bool PassString();
  bool PassScalar();
  bool PassValue();
  Result CutEntry();
  bool BeginEntry();
  void Keep(std::string_view bytes);
  bool Fail(int c);

  const std::unique_ptr<ByteSource> source_;
  const size_t max_entry_bytes_;
  absl::Status status_;  // of the source
  std::string buffer_;
  size_t at_ = 0;
  size_t size_ = 0;      // of what is in the buffer
  uint64_t before_ = 0;  // bytes before the buffer

  enum class Place { kStart, kDocument, kLog, kEntries, kEnd };
  Place place_ = Place::kStart;
  bool first_ = true;  // nothing stood yet in this object or array
  bool found_entries_ = false;
  const char* problem_ = nullptr;

  bool keeping_ = false;
  bool too_long_ = false;
  std::string kept_;
};

}  // namespace shadowreel
