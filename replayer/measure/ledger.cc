#include "replayer/measure/ledger.h"

#include <initializer_list>
#include <string_view>

#include "base/status.h"

namespace shadowreel {
namespace {

struct Part {
  std::string_view name;
  uint64_t count;
};

absl::Status CheckSum(const Part& whole, std::initializer_list<Part> parts) {
  uint64_t sum = 0;
  std::string terms;
  for (const Part& part : parts) {
    sum += part.count;
    terms += fmt::format("{}{} {}", terms.empty() ? "" : " + ", part.name, part.count);
  }
  if (sum == whole.count) return absl::OkStatus();
  return absl::InternalError(
      fmt::format("the ledger does not add up: {} {} is not {}", whole.name, whole.count, terms));
}

absl::Status CheckBreakdown(const Part& whole, std::string_view name, const CountsByText& counts) {
  uint64_t sum = 0;
  for (const auto& [text, count] : counts) sum += count;
  return CheckSum(whole, {{name, sum}});
}

}  // namespace

absl::Status ReplayLedger::CheckIdentities() const {
  RETURN_IF_ERROR(CheckSum({"read", read}, {{"filtered", filtered},
                                            {"sampled_out", sampled_out},
                                            {"skipped", skipped},
                                            {"planned", planned}}));
  RETURN_IF_ERROR(
      CheckSum({"planned", planned},
               {{"shed", shed}, {"cancelled", cancelled}, {"unsent", unsent}, {"sent", sent}}));
  RETURN_IF_ERROR(CheckSum({"sent", sent}, {{"completed", completed},
                                            {"failed", failed},
                                            {"timed_out", timed_out},
                                            {"abandoned", abandoned}}));
  RETURN_IF_ERROR(CheckBreakdown({"filtered", filtered}, "filtered_by", filtered_by));
  RETURN_IF_ERROR(CheckBreakdown({"skipped", skipped}, "skipped_by", skipped_by));
  RETURN_IF_ERROR(CheckBreakdown({"shed", shed}, "shed_by", shed_by));
  RETURN_IF_ERROR(CheckBreakdown({"unsent", unsent}, "unsent_by", unsent_by));
  return CheckBreakdown({"failed", failed}, "failed_by", failed_by);
}

}  // namespace shadowreel
