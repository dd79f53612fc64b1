#pragma once

#include <cstddef>
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

// Where sessions put what they receive. Called on the listener's thread; never waits.
class RecordSink {
 public:
  virtual ~RecordSink() = default;

  // Asked once a request's head is complete. False: the body is parsed past and nothing more is
  // said of this request (sampled out, or after the capture's end).
  virtual bool Admit() = 0;

  // An admitted request, complete or cut short. A full queue is a counted shed.
  virtual void Offer(Record&& record) = 0;

  // An admitted request that the session gave up while receiving it: there was no memory for more.
  // It counts as shed.
  virtual void Shed() = 0;

  // A request that never reached Admit.
  virtual void Refuse(Refusal refusal) = 0;
};

}  // namespace shadowreel
