#include "recorder/capture/record_sink.h"

#include "base/check.h"

namespace shadowreel {

std::string_view ToString(Refusal refusal) {
  switch (refusal) {
    case Refusal::kBadRequest:
      return "bad_request";
    case Refusal::kHeadTooLarge:
      return "head_too_large";
    case Refusal::kUnknownMethod:
      return "unknown_method";
    case Refusal::kHeadIncomplete:
      return "head_incomplete";
  }
  CHECK(false);
}

}  // namespace shadowreel
