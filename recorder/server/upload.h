#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "formats/record.h"

namespace shadowreel {

// The memory that the records of all requests being received may take together, in bytes: from the
// end of their heads on, and without what connections and streams take themselves. Owned by the
// program, called by the listener's thread.
class UploadBudget {
 public:
  explicit UploadBudget(size_t bytes) : bytes_(bytes) {}
  UploadBudget(const UploadBudget&) = delete;
  UploadBudget& operator=(const UploadBudget&) = delete;

  // Takes all of `bytes` or nothing; false when there is not that much.
  bool Take(size_t bytes);
  void Return(size_t bytes);

  size_t used() const { return used_; }

 private:
  const size_t bytes_;
  size_t used_ = 0;
};

// One admitted request while it is received: adds body bytes to its record and holds the share of
// the budget that the record takes until then. Called by the listener's thread.
class Upload {
 public:
  // Keeps `max_body_bytes` of the body. `budget` must outlive the upload.
  Upload(UploadBudget& budget, size_t max_body_bytes)
      : budget_(budget), max_body_bytes_(max_body_bytes) {}
  ~Upload() { Release(); }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // A body of `expected_bytes` is to follow the head in `record`; 0 is unknown. False when the
  // budget is spent. The expectation only keeps memory from growing past it: a promise takes none.
  bool Start(const Record& record, uint64_t expected_bytes);

  // Adds bytes to the record's body, or counts them past the bound. False when the budget is
  // spent: the record is then of no use.
  bool Append(std::string_view bytes, Record* record);

  // Gives the share back.
  void Release();

 private:
  UploadBudget& budget_;
  const size_t max_body_bytes_;
  size_t most_ = 0;   // that the body is expected to take
  size_t taken_ = 0;  // of the budget
};

}  // namespace shadowreel
