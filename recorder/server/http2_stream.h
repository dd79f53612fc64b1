#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

#include "formats/record.h"
#include "recorder/capture/record_sink.h"
#include "recorder/server/server_session.h"
#include "recorder/server/upload.h"

namespace shadowreel {

struct Http2Limits {
  size_t max_head_bytes = 60 << 10;  // names and values, pseudo-headers included; trailers again
  size_t max_fields = 100;           // regular ones in the head; in the trailers again
};

// One HTTP/2 request being received: its fields, body and trailers become a record. nghttp2 has
// checked each field before it comes here (RFC 9113, 8.2 and 8.3). Owned and called by its session.
class Http2Stream {
 public:
  enum class Phase : uint8_t {
    kHead,
    kHeadTooLarge,  // refused, not answered yet; the rest of its head is only counted
    kReceiving,     // admitted
    kIgnored,       // its outcome is told; what still comes is parsed past, then answered
    kAwaiting,      // whole; its answer waits for its ticket
    kAnswered,      // what still comes is parsed past
  };
  enum class FieldFate : uint8_t { kTaken, kTooMuch, kFarTooMuch };

  Http2Stream(int32_t id, Instant now, UploadBudget& uploads, size_t max_body_bytes);
  Http2Stream(const Http2Stream&) = delete;
  Http2Stream& operator=(const Http2Stream&) = delete;

  int32_t id() const { return id_; }
  Phase phase() const { return phase_; }
  SteadyTime last_frame() const { return last_frame_; }
  // Notes that bytes of the stream came.
  void Touch(Instant now);

  // Adds one field, of the trailers once they have begun. What is over the limits is counted
  // and not kept; far too much is four times the limits.
  FieldFate AddField(std::string_view name, std::string_view value, const Http2Limits& limits);

  // The trailers begin.
  void BeginTrailers();

  // The head is complete. Fills in what follows from its fields.
  void EndHead(uint64_t connection, const std::string& peer);
  // After EndHead.
  bool is_connect() const { return record_.method == "CONNECT"; }
  bool is_grpc() const { return is_grpc_; }
  bool expects_continue() const;

  // The request is admitted, and a body is to come; false as Upload.
  bool StartUpload() { return upload_.Start(record_, content_length_); }
  bool AppendBody(std::string_view bytes) { return upload_.Append(bytes, &record_); }

  void Admitted() { phase_ = Phase::kReceiving; }
  // Frees all that was kept.
  void Drop(Phase next);
  // Hands the record over; the stream is then kIgnored.
  Record TakeRecord(bool complete);

  // The request is whole; its answer is to come when `ticket` is settled, or at `deadline`.
  void Await(Ticket ticket, SteadyTime deadline);
  void StopAwaiting() { phase_ = Phase::kAnswered; }
  // Of the last Await.
  Ticket ticket() const { return ticket_; }
  SteadyTime ack_deadline() const { return ack_deadline_; }

  std::list<Http2Stream>::iterator self;  // in the session's list, which owns it

 private:
  void AddRegularField(std::string_view name, std::string_view value);

  const int32_t id_;
  Phase phase_ = Phase::kHead;
  bool in_trailers_ = false;
  bool is_grpc_ = false;
  size_t block_bytes_ = 0;   // of the head, later of the trailers
  size_t block_fields_ = 0;  // the regular ones
  uint64_t content_length_ = 0;
  SteadyTime last_frame_;
  WallTime last_byte_;
  Ticket ticket_ = kNoTicket;
  SteadyTime ack_deadline_;
  Record record_;
  Upload upload_;
};

}  // namespace shadowreel
