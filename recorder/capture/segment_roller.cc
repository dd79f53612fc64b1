#include "recorder/capture/segment_roller.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "base/units.h"
#include "recorder/capture/segment_inventory.h"
#include "recorder/capture/uuid.h"

namespace shadowreel {
namespace {

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "";
  return name.data();
}

trace::SegmentHeader MakeHeader(const CaptureState& state, const Redactor& redactor,
                                const Uuid& segment) {
  trace::SegmentHeader header;
  header.set_segment_uuid(UuidBytes(segment));
  header.set_recording_uuid(UuidBytes(state.recording));
  header.set_sequence(state.next_sequence);
  if (state.previous_segment != Uuid{}) {
    header.set_previous_segment_uuid(UuidBytes(state.previous_segment));
  }
  header.set_first_record_number(state.next_record_number);
  header.set_ends_at_nanos(state.ends_at.time_since_epoch().count());
  header.set_host(HostName());
  header.set_redaction_mode(ToString(redactor.mode()));
  header.set_redaction_policy_digest(redactor.policy_digest());
  header.set_redaction_key_id(redactor.key_id());
  return header;
}

}  // namespace

SegmentRoller::SegmentRoller(RollerOptions options, FileSystem& files, const Clock& clock,
                             const Redactor& redactor, CaptureState& state, DiskCondition& disk,
                             Ledger& ledger, Warn warn)
    : options_(std::move(options)),
      files_(files),
      clock_(clock),
      redactor_(redactor),
      state_(state),
      disk_(disk),
      ledger_(ledger),
      warn_(std::move(warn)),
      save_at_(clock.SteadyNow() + options_.save_interval) {
  disk_.budget_spent = state_.bytes_spent >= options_.max_bytes;
}

void SegmentRoller::Take(Record&& record) {
  CHECK(!blocked());
  const Ticket ticket = ++last_ticket_;
  if (disk_.budget_spent) return ShedTicket(ticket, ShedReason::kBudget);
  redactor_.Redact(&record);
  if (kept_.empty()) oldest_kept_ = clock_.SteadyNow();
  kept_bytes_ += ApproximateBytes(record);
  kept_.push_back({std::move(record), ticket});
  Settle(AppendKept());
}

void SegmentRoller::Tick() {
  const SteadyTime now = clock_.SteadyNow();
  if (blocked() && now >= retry_at_) Retry();
  if (!blocked() && SyncDue(now)) Settle(SyncAndCheckLimits());
  if (!blocked() && SealDue(now)) Settle(Seal());
  if (now >= save_at_) SaveStateOrWarn();
}

void SegmentRoller::Retry() {
  if (!blocked()) return;
  absl::Status status = CheckFreeSpace();
  if (status.ok()) status = AppendKept();
  // The proof that the disk is back: until then more records would only fill memory.
  if (status.ok()) status = Sync();
  if (!status.ok()) return Fail(status);
  disk_.full_queue_reason = ShedReason::kQueueFull;
  warn_("the disk is back: recording again");
}

void SegmentRoller::Shed() { ShedTicket(++last_ticket_, disk_.full_queue_reason); }

void SegmentRoller::ShedTicket(Ticket ticket, ShedReason reason) {
  ledger_.Shed(reason);
  if (options_.acknowledgements != nullptr) options_.acknowledgements->Shed(ticket);
}

absl::Status SegmentRoller::Finish() {
  absl::Status failure;
  const uint32_t left_unsealed = left_unsealed_;
  // Twice: what a dying file did not take has its chance in a new one.
  for (int attempt = 0; attempt < 2; ++attempt) {
    Retry();
    if (blocked()) break;
    const absl::Status sealed = Seal();
    if (sealed.ok()) {
      if (left_unsealed_ == left_unsealed) failure = absl::OkStatus();
      break;
    }
    failure = sealed;
    Fail(sealed);
  }
  for (const Kept& kept : kept_) ShedTicket(kept.ticket, disk_.full_queue_reason);
  kept_.clear();
  const absl::Status saved = SaveState();
  return failure.ok() ? saved : failure;
}

absl::Status SegmentRoller::SaveState() {
  state_.ledger = ledger_.Snapshot();
  save_at_ = clock_.SteadyNow() + options_.save_interval;
  if (state_ == saved_) return absl::OkStatus();
  RETURN_IF_ERROR(SaveCaptureState(files_, options_.directory, state_));
  saved_ = state_;
  return absl::OkStatus();
}

absl::Status SegmentRoller::CheckFreeSpace() {
  ASSIGN_OR_RETURN(const uint64_t free, files_.FreeBytes(options_.directory));
  if (free >= options_.min_free) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      fmt::format("{}: {} free, less than the {} to keep (--min_free)", options_.directory,
                  FormatBytes(free), FormatBytes(options_.min_free)));
}

absl::Status SegmentRoller::OpenSegment() {
  RETURN_IF_ERROR(CheckFreeSpace());
  const Uuid uuid = NewUuid();
  ASSIGN_OR_RETURN(writer_,
                   SegmentWriter::Create(files_, clock_, options_.directory,
                                         SegmentName(state_.next_sequence, uuid),
                                         MakeHeader(state_, redactor_, uuid), options_.writer));
  opened_at_ = clock_.SteadyNow();
  return absl::OkStatus();
}

// Puts the kept records that are not in the segment yet into it, opening one when needed.
absl::Status SegmentRoller::AppendKept() {
  while (appended_ < kept_.size()) {
    if (writer_ == nullptr) RETURN_IF_ERROR(OpenSegment());
    const Kept& next = kept_[appended_];
    const absl::Status status = writer_->Append(next.record).status();
    if (absl::IsInvalidArgument(status)) {
      ShedTicket(next.ticket, ShedReason::kTooLarge);
      kept_bytes_ -= ApproximateBytes(next.record);
      kept_.erase(kept_.begin() + static_cast<ptrdiff_t>(appended_));
      continue;
    }
    RETURN_IF_ERROR(status);
    ++appended_;
  }
  return absl::OkStatus();
}

// All kept records must be in the segment.
absl::Status SegmentRoller::Sync() {
  if (kept_.empty()) return absl::OkStatus();
  CHECK(appended_ == kept_.size());
  RETURN_IF_ERROR(writer_->Sync());  // of a new file the directory, too
  holds_written_ = true;
  for (const Kept& kept : kept_) ledger_.Written(kept.record);
  state_.next_record_number += kept_.size();
  ledger_.DurableThrough(state_.next_record_number - 1);
  if (options_.acknowledgements != nullptr) options_.acknowledgements->Durable(last_ticket_);
  kept_.clear();
  kept_bytes_ = 0;
  appended_ = 0;
  return absl::OkStatus();
}

absl::Status SegmentRoller::SyncAndCheckLimits() {
  RETURN_IF_ERROR(Sync());
  if (writer_ != nullptr && state_.bytes_spent + writer_->file_bytes() >= options_.max_bytes) {
    disk_.budget_spent = true;
    return Seal();
  }
  absl::Status space = CheckFreeSpace();
  // Sealed while there is still room for its footer: a sealed segment can be replayed.
  if (IsDiskFull(space)) RETURN_IF_ERROR(Seal());
  return space;
}

absl::Status SegmentRoller::Seal() {
  RETURN_IF_ERROR(Sync());
  if (writer_ == nullptr) return absl::OkStatus();
  if (!holds_written_) {
    AbandonSegment();
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(writer_->Seal(LedgerToProto(ledger_.Snapshot())));
  LeaveSegment();
  SaveStateOrWarn();
  return absl::OkStatus();
}

bool SegmentRoller::SyncDue(SteadyTime now) const {
  if (kept_.empty()) return false;
  return full() || now - oldest_kept_ >= options_.sync_interval;
}

Nanos SegmentRoller::until_sync() const {
  if (kept_.empty()) return Nanos::max();
  return oldest_kept_ + options_.sync_interval - clock_.SteadyNow();
}

bool SegmentRoller::SealDue(SteadyTime now) const {
  if (writer_ == nullptr) return false;
  return writer_->file_bytes() >= options_.segment_bytes ||
         now - opened_at_ >= options_.segment_age;
}

void SegmentRoller::Settle(const absl::Status& status) {
  if (!status.ok()) Fail(status);
}

void SegmentRoller::Fail(const absl::Status& status) {
  AbandonSegment();
  const bool news = !blocked();
  disk_.full_queue_reason = IsDiskFull(status) ? ShedReason::kDiskFull : ShedReason::kDiskError;
  retry_at_ = clock_.SteadyNow() + options_.retry_interval;
  if (news) warn_(Message(status) + "; requests queue up, then are shed, until it is back");
}

void SegmentRoller::SaveStateOrWarn() {
  const absl::Status status = SaveState();
  if (!status.ok() && !save_failed_) warn_(Message(status));
  save_failed_ = !status.ok();
}

// Gives up a segment whose file is dead.
void SegmentRoller::AbandonSegment() {
  appended_ = 0;
  if (writer_ == nullptr) return;
  const std::string path = writer_->path();
  if (holds_written_) {
    warn_(path + " stays unsealed: its records are not lost, but not replayed");
    ++left_unsealed_;
    return LeaveSegment();
  }
  writer_.reset();
  files_.Remove(path).IgnoreError();
}

// Ends the segment; its file stays.
void SegmentRoller::LeaveSegment() {
  state_.bytes_spent += writer_->file_bytes();
  state_.previous_segment = UuidFromBytes(writer_->header().segment_uuid()).value();
  ++state_.next_sequence;
  holds_written_ = false;
  writer_.reset();
}

}  // namespace shadowreel
