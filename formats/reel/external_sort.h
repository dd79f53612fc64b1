#pragma once

#include <absl/status/status.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "formats/reel/interrupt.h"
#include "formats/reel/spill_file.h"

namespace shadowreel {

// Sorts any number of small entries within `space.memory_bytes`; entries that tie keep the order
// in which they were added. What fits is sorted in memory and never touches the disk; what does
// not is spilled in sorted runs to one temporary file, of the entries' size in all, and merged as
// it is read. Bounded for up to (memory / entry size)^2 entries. After an error it is over. Not
// thread-safe.
template <typename Entry, typename Less>
class ExternalSort {
  static_assert(std::is_trivially_copyable_v<Entry>);

 public:
  // What `space` refers to must outlive it.
  explicit ExternalSort(const SortSpace& space, Less less = Less())
      : space_(space), less_(std::move(less)) {}
  ExternalSort(const ExternalSort&) = delete;
  ExternalSort& operator=(const ExternalSort&) = delete;

  uint64_t size() const { return size_; }

  absl::Status Add(const Entry& entry) {
    CHECK(!started_);
    if (buffer_.size() == buffer_.capacity()) {
      if (buffer_.size() >= MaxBuffered()) RETURN_IF_ERROR(Spill());
      buffer_.reserve(std::min(MaxBuffered(), std::max<size_t>(64, 2 * buffer_.size())));
    }
    buffer_.push_back(entry);
    ++size_;
    return absl::OkStatus();
  }

  // Ends the adding; Peek() is the least entry. Called again, it begins anew.
  absl::Status Start() {
    if (!std::exchange(started_, true)) RETURN_IF_ERROR(EndAdding());
    next_ = 0;
    heap_.clear();
    for (Run& run : runs_) {
      run.read = 0;
      run.window.clear();
      run.at = 0;
      RETURN_IF_ERROR(Advance(&run));
      heap_.push_back(&run);
    }
    for (size_t at = heap_.size(); at-- > 0;) SiftDown(at);
    return absl::OkStatus();
  }

  // The least entry not yet popped, null when there is none; valid until Pop() or Start().
  const Entry* Peek() const {
    if (runs_.empty()) return next_ < buffer_.size() ? &buffer_[next_] : nullptr;
    return heap_.empty() ? nullptr : &heap_.front()->head;
  }

  // Takes away what Peek() returned, which was not null.
  absl::Status Pop() {
    if (runs_.empty()) {
      ++next_;
      return absl::OkStatus();
    }
    Run* const run = heap_.front();
    if (run->read == run->entries && run->at == run->window.size()) {
      std::swap(heap_.front(), heap_.back());
      heap_.pop_back();
    } else {
      RETURN_IF_ERROR(Advance(run));
    }
    SiftDown(0);
    return absl::OkStatus();
  }

 private:
  struct Run {
    uint64_t offset;     // in the file, in bytes
    uint64_t entries;    // in all
    uint64_t read = 0;   // of these, into the window
    std::string window;  // bytes of whole entries
    size_t at = 0;       // in the window, after the head
    Entry head{};
  };

  // stable_sort takes half of them again, as does growing; hence two thirds.
  size_t MaxBuffered() const {
    return std::max<size_t>(1, space_.memory_bytes / 3 * 2 / sizeof(Entry));
  }

  absl::Status Spill() {
    std::stable_sort(buffer_.begin(), buffer_.end(), less_);
    if (file_ == nullptr) {
      ASSIGN_OR_RETURN(file_, SpillFile::Create(space_));
    }
    Run run;
    run.offset = file_->size();
    run.entries = buffer_.size();
    RETURN_IF_ERROR(file_->Append(
        {reinterpret_cast<const char*>(buffer_.data()), buffer_.size() * sizeof(Entry)}));
    runs_.push_back(std::move(run));
    buffer_.clear();
    return absl::OkStatus();
  }

  absl::Status EndAdding() {
    if (runs_.empty()) {
      std::stable_sort(buffer_.begin(), buffer_.end(), less_);
      return absl::OkStatus();
    }
    if (!buffer_.empty()) RETURN_IF_ERROR(Spill());
    std::vector<Entry>().swap(buffer_);
    return absl::OkStatus();
  }

  // Moves the run's next entry, which there is, into its head.
  absl::Status Advance(Run* run) {
    if (run->at == run->window.size()) {
      const uint64_t fitting = space_.memory_bytes / runs_.size() / sizeof(Entry);
      const uint64_t entries = std::min(run->entries - run->read, std::max<uint64_t>(1, fitting));
      RETURN_IF_ERROR(file_->ReadAt(run->offset + run->read * sizeof(Entry),
                                    entries * sizeof(Entry), &run->window));
      run->read += entries;
      run->at = 0;
    }
    std::memcpy(&run->head, run->window.data() + run->at, sizeof(Entry));
    run->at += sizeof(Entry);
    return absl::OkStatus();
  }

  bool Before(const Run* a, const Run* b) const {
    if (less_(a->head, b->head)) return true;
    if (less_(b->head, a->head)) return false;
    return a->offset < b->offset;
  }

  void SiftDown(size_t at) {
    for (;;) {
      size_t child = 2 * at + 1;
      if (child >= heap_.size()) return;
      if (child + 1 < heap_.size() && Before(heap_[child + 1], heap_[child])) ++child;
      if (!Before(heap_[child], heap_[at])) return;
      std::swap(heap_[child], heap_[at]);
      at = child;
    }
  }

  const SortSpace space_;
  const Less less_;
  uint64_t size_ = 0;
  bool started_ = false;
  std::vector<Entry> buffer_;
  size_t next_ = 0;  // in the buffer, when nothing was spilled
  std::unique_ptr<SpillFile> file_;
  std::vector<Run> runs_;
  std::vector<Run*> heap_;  // the run with the least head first
};

// Takes the entries of two started sorts in turn: the k-th of A with a key goes with the k-th of B
// with it to `pair(a, b)`, all others to `alone(side, entry)`, each side's in its order. `compare`
// of an entry of A and one of B is negative, zero or positive, in the order of both sorts.
template <typename SortA, typename SortB, typename Compare, typename Pair, typename Alone>
absl::Status JoinSorted(SortA& a, SortB& b, const Compare& compare, const Pair& pair,
                        const Alone& alone) {
  for (;;) {
    RETURN_IF_ERROR(CheckInterrupt());
    const auto* const in_a = a.Peek();
    const auto* const in_b = b.Peek();
    if (in_a == nullptr && in_b == nullptr) return absl::OkStatus();
    const int order = in_b == nullptr ? -1 : in_a == nullptr ? 1 : compare(*in_a, *in_b);
    if (order == 0) {
      RETURN_IF_ERROR(pair(*in_a, *in_b));
    } else {
      RETURN_IF_ERROR(order < 0 ? alone(0, *in_a) : alone(1, *in_b));
    }
    if (order <= 0) RETURN_IF_ERROR(a.Pop());
    if (order >= 0) RETURN_IF_ERROR(b.Pop());
  }
}

}  // namespace shadowreel
