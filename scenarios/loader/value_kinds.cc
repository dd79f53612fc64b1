#include "scenarios/loader/value_kinds.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "base/units.h"
#include "formats/record_filter.h"
#include "net/http/authority.h"
#include "net/http/token.h"
#include "net/transport/address_guard.h"
#include "net/transport/target_url.h"
#include "scenarios/loader/rules.h"
#include "scenarios/terms/authority_choice.h"
#include "scenarios/terms/client_address.h"
#include "scenarios/terms/header_line.h"
#include "scenarios/terms/path_rewrite.h"
#include "scenarios/terms/path_template.h"
#include "scenarios/terms/sample_key.h"
#include "scenarios/terms/threshold.h"
#include "scenarios/yaml/problems.h"

namespace shadowreel {
namespace {

using google::protobuf::FieldDescriptor;

absl::Status CheckAnything(const std::string&) { return absl::OkStatus(); }

absl::Status CheckDuration(const std::string& text) { return ParseDuration(text).status(); }
absl::Status CheckSize(const std::string& text) { return ParseBytes(text).status(); }
absl::Status CheckNumber(const std::string& text) { return ParseNumber(text).status(); }
absl::Status CheckPercent(const std::string& text) { return ParsePercent(text).status(); }

absl::Status CheckInteger(const std::string& text) {
  const char* const digits = text.data() + (text.starts_with('-') ? 1 : 0);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits, text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return absl::OkStatus();
  return UsageError("'{}' is not a whole number", text);
}

absl::Status CheckRate(const std::string& text) {
  if (text == "max" || ParseNumber(text).ok()) return absl::OkStatus();
  return UsageError("'{}' is neither a number of requests a second nor max", text);
}

absl::Status CheckListen(const std::string& text) {
  const HostPort parts = SplitHostPort(text);
  uint16_t port = 0;
  if (parts.port) {
    const char* const last = parts.port->data() + parts.port->size();
    const auto [end, error] = std::from_chars(parts.port->data(), last, port);
    if (error == std::errc() && end == last) return absl::OkStatus();
  }
  return UsageError("'{}' is not HOST:PORT with a port from 0 to 65535", text);
}

absl::Status CheckUrl(const std::string& text) { return ParseTargetUrl(text).status(); }

absl::Status CheckAllowed(const std::string& text) { return AddressGuard::Create({text}).status(); }

absl::Status CheckToken(const std::string& text) {
  if (IsToken(text)) return absl::OkStatus();
  return UsageError("'{}' is not a name of letters, digits and - (RFC 9110, 5.6.2)", text);
}

// The filter's errors begin with a flag, which is not how a scenario's field was written.
absl::Status CheckFilter(const RecordFilter::Options& options) {
  const absl::Status status = RecordFilter::Parse(options).status();
  const std::string message = Message(status);
  const size_t colon = message.starts_with("--") ? message.find(": ") : std::string::npos;
  if (colon == std::string::npos) return status;
  return UsageError("{}", message.substr(colon + 2));
}

absl::Status CheckHostPattern(const std::string& text) { return CheckFilter({.host = text}); }
absl::Status CheckPathPattern(const std::string& text) { return CheckFilter({.path = text}); }
absl::Status CheckHeaderPattern(const std::string& text) { return CheckFilter({.header = text}); }

absl::Status CheckName(const std::string& text) { return CheckHeaderName(text); }
absl::Status CheckHeader(const std::string& text) { return ParseHeaderLine(text).status(); }
absl::Status CheckRewrite(const std::string& text) { return PathRewrite::Parse(text).status(); }

absl::Status CheckTemplate(const std::string& text) { return ParsePathTemplate(text).status(); }
absl::Status CheckThreshold(const std::string& text) { return ParseThreshold(text).status(); }

absl::Status CheckAuthority(const std::string& text) { return ParseAuthorityChoice(text).status(); }
absl::Status CheckSampleKey(const std::string& text) { return ParseSampleKey(text).status(); }
absl::Status CheckAddress(const std::string& text) { return CheckClientAddress(text); }

constexpr char kNumbers[] = R"(^-?[0-9]*\.?[0-9]+$)";

constexpr ValueKind kKinds[] = {
    {scenario::TEXT, "a text", nullptr, CheckAnything},
    {scenario::PATH, "a path", nullptr, CheckAnything},
    {scenario::DURATION, "a duration like 250ms, 10s, 5m or 2h",
     R"(^(0|[0-9]*\.?[0-9]+(ns|us|ms|s|m|h))$)", CheckDuration},
    {scenario::SIZE, "a size like 65536, 64KiB or 1GiB", R"(^[0-9]*\.?[0-9]+(B|KiB|MiB|GiB|TiB)?$)",
     CheckSize},
    {scenario::NUMBER, "a number", kNumbers, CheckNumber},
    {scenario::INTEGER, "a whole number", R"(^-?[0-9]+$)", CheckInteger},
    {scenario::PERCENT, "a percentage from 0 to 100", R"(^[0-9]*\.?[0-9]+%?$)", CheckPercent},
    {scenario::ONE_OF, "one of its words", nullptr, CheckAnything},
    {scenario::LISTEN, "HOST:PORT with a port from 0 to 65535", R"(^.*:[0-9]+$)", CheckListen},
    {scenario::URL, "http://HOST[:PORT] or https://HOST[:PORT]", R"(^https?://[^/?#@]+/?$)",
     CheckUrl},
    {scenario::HOST_OR_CIDR, "a host name, an address or a CIDR block",
     R"(^[0-9A-Za-z_.:-]+(/[0-9]+)?$)", CheckAllowed},
    {scenario::METHOD, "a method like GET", R"(^[!#$%&'*+.^_`|~0-9A-Za-z-]+$)", CheckToken},
    {scenario::HOST_PATTERN, "a host like shop.example or *.example", nullptr, CheckHostPattern},
    {scenario::PATH_PATTERN, "a prefix like /cart or an expression like re:^/v[12]/", nullptr,
     CheckPathPattern},
    {scenario::HEADER_PATTERN, "NAME or NAME:VALUE", nullptr, CheckHeaderPattern},
    {scenario::HEADER_NAME, "a header's name", R"(^[!#$%&'*+.^_`|~0-9A-Za-z-]+$)", CheckName},
    {scenario::HEADER_LINE, "a header like 'x-env: staging'", nullptr, CheckHeader},
    {scenario::PATH_REWRITE, "a rewrite like '/old -> /new'", nullptr, CheckRewrite},
    {scenario::PATH_TEMPLATE, "a path like /product/{name}", nullptr, CheckTemplate},
    {scenario::CHECK, "a check like latency.p99 < 250ms or errors < 0.1%", nullptr, CheckThreshold},
    {scenario::AUTHORITY, "target, recorded, stripped, shadow or HOST[:PORT]", nullptr,
     CheckAuthority},
    {scenario::SAMPLE_KEY, "record or header:NAME", R"(^(record|header:.+)$)", CheckSampleKey},
    {scenario::RATE, "a number of requests a second, or max", R"(^([0-9]*\.?[0-9]+|max)$)",
     CheckRate},
    {scenario::ADDRESS, "an address like 10.1.2.3 or 2001:db8::1", R"(^[0-9A-Fa-f.:]+$)",
     CheckAddress},
};

// A value in its kind's smallest unit, to compare with bounds; NaN for what has none. A long double
// holds every 64-bit number.
long double Measure(scenario::Kind kind, const std::string& text) {
  constexpr long double kNone = std::numeric_limits<long double>::quiet_NaN();
  switch (kind) {
    case scenario::DURATION:
      return static_cast<long double>(ParseDuration(text).value_or(Nanos(0)).count());
    case scenario::SIZE:
      return static_cast<long double>(ParseBytes(text).value_or(0));
    case scenario::INTEGER: {
      const bool negative = text.starts_with('-');
      uint64_t value = 0;
      std::from_chars(text.data() + (negative ? 1 : 0), text.data() + text.size(), value);
      return negative ? -static_cast<long double>(value) : static_cast<long double>(value);
    }
    case scenario::NUMBER:
    case scenario::PERCENT:
    case scenario::RATE: {
      const absl::StatusOr<double> value =
          kind == scenario::PERCENT ? ParsePercent(text) : ParseNumber(text);
      return value.ok() ? static_cast<long double>(*value) : kNone;
    }
    default:
      return kNone;
  }
}

absl::Status CheckWord(const scenario::Rule& rule, const std::string& text) {
  const std::vector<std::string> words(rule.words().begin(), rule.words().end());
  const std::string nearest = NearestName(text, words);
  return UsageError("'{}' is none of {}{}", text, fmt::join(words, ", "),
                    nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest));
}

bool FitsType(const FieldDescriptor& field, long double value) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return value >= std::numeric_limits<int32_t>::min() &&
             value <= std::numeric_limits<int32_t>::max();
    case FieldDescriptor::CPPTYPE_UINT64:
      return value >= 0;
    default:
      return true;
  }
}

}  // namespace

const ValueKind& KindOf(const FieldDescriptor& field) {
  const scenario::Kind kind = RuleOf(field).kind();
  const auto* const found =
      std::find_if(std::begin(kKinds), std::end(kKinds),
                   [kind](const ValueKind& each) { return each.kind == kind; });
  CHECK(found != std::end(kKinds));
  return *found;
}

absl::Status CheckValue(const FieldDescriptor& field, const std::string& text) {
  const scenario::Rule& rule = RuleOf(field);
  if (std::find(rule.words().begin(), rule.words().end(), text) != rule.words().end()) {
    return absl::OkStatus();
  }
  if (rule.kind() == scenario::ONE_OF) return CheckWord(rule, text);
  RETURN_IF_ERROR(KindOf(field).check(text));
  const long double value = Measure(rule.kind(), text);
  if ((!rule.least().empty() && value < Measure(rule.kind(), rule.least())) ||
      (!rule.most().empty() && value > Measure(rule.kind(), rule.most()))) {
    return UsageError("{} is out of range: {}", text, RangeOf(field));
  }
  if (!FitsType(field, value)) return UsageError("{} is out of range", text);
  return absl::OkStatus();
}

std::string RangeOf(const FieldDescriptor& field) {
  const scenario::Rule& rule = RuleOf(field);
  if (rule.least().empty() && rule.most().empty()) return "";
  if (rule.most().empty()) return "at least " + rule.least();
  if (rule.least().empty()) return "at most " + rule.most();
  return fmt::format("from {} to {}", rule.least(), rule.most());
}

}  // namespace shadowreel
