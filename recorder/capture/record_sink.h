#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "formats/record.h"

namespace shadowreel {

// Why a request was answered with an error and not recorded.
enum class Refusal {
  kBadRequest,      // not HTTP, or HTTP that must not be passed on (RFC 9112, 11)
  kHeadTooLarge,    // header bytes or count over the bound
  kUnknownMethod,   // not in llhttp's list
  kHeadIncomplete,  // the peer went away or took too long before the head ended
};
inline constexpr size_t kRefusals = 4;
std::string_view ToString(Refusal refusal);

// Stands for one record on its way to the disk: consecutive numbers, from 1, in the order in which
// the records will be stored.
using Ticket = uint64_t;
inline constexpr Ticket kNoTicket = 0;

// What became of a request that waited for its record.
enum class TicketOutcome : uint8_t {
  kDurable,  // a crash of the machine does not lose it any more
  kShed,     // it is not stored
  kLate,     // nobody knew when its deadline passed
};

// Where sessions put what they receive. Called on the listener's thread; never waits.
class RecordSink {
 public:
  virtual ~RecordSink() = default;

  // Asked once a request's head is complete. False: the body is parsed past and nothing more is
  // said of this request (sampled out, or after the capture's end).
  virtual bool Admit() = 0;

  // An admitted request, complete or cut short. A full queue is a counted shed. Returns the ticket
  // to wait for before the request is answered, or kNoTicket: it is to be answered at once.
  virtual Ticket Offer(Record&& record) = 0;

  // A request that has waited for its ticket is answered now.
  virtual void Answered(TicketOutcome outcome) = 0;

  // An admitted request that the session gave up while receiving it: there was no memory for more.
  // It counts as shed.
  virtual void Shed() = 0;

  // A request that never reached Admit.
  virtual void Refuse(Refusal refusal) = 0;
};

}  // namespace shadowreel
