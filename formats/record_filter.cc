#include "formats/record_filter.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "base/text.h"
#include "formats/request_path.h"
#include "net/http/authority.h"

namespace shadowreel {
namespace {

absl::StatusOr<std::vector<std::string>> ParseList(std::string_view flag, std::string_view text) {
  std::vector<std::string> list;
  if (text.empty()) return list;
  for (;;) {
    const size_t comma = text.find(',');
    if (comma == 0 || text.empty()) {
      return UsageError("--{}: an empty name in the list; write it as A,B", flag);
    }
    list.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return list;
    text.remove_prefix(comma + 1);
  }
}

// One entry of --host.
bool HostFits(std::string_view wanted, std::string_view authority) {
  if (!SplitHostPort(wanted).port) authority = SplitHostPort(authority).host;
  if (!wanted.starts_with("*.")) return EqualsIgnoreCase(wanted, authority);
  const std::string_view suffix = wanted.substr(1);
  return authority.size() > suffix.size() &&
         EqualsIgnoreCase(authority.substr(authority.size() - suffix.size()), suffix);
}

absl::Status CheckHost(std::string_view host) {
  const std::string_view name = host.starts_with("*.") ? host.substr(2) : host;
  if (!name.empty() && name.find('*') == std::string_view::npos) return absl::OkStatus();
  return UsageError("--host: '{}' is no name; write shop.example or *.example", host);
}

}  // namespace

std::string_view NameOf(RecordFilter::Reason reason) {
  switch (reason) {
    case RecordFilter::Reason::kMethod:
      return "method";
    case RecordFilter::Reason::kHost:
      return "host";
    case RecordFilter::Reason::kPath:
      return "path";
    case RecordFilter::Reason::kHeader:
      return "header";
  }
  CHECK(false);
}

absl::StatusOr<RecordFilter> RecordFilter::Parse(const Options& options) {
  RecordFilter filter;
  ASSIGN_OR_RETURN(filter.methods_, ParseList("method", options.method));
  ASSIGN_OR_RETURN(filter.hosts_, ParseList("host", options.host));
  for (const std::string& host : filter.hosts_) RETURN_IF_ERROR(CheckHost(host));
  if (!options.method.empty()) filter.words_ += " --method=" + options.method;
  if (!options.host.empty()) filter.words_ += " --host=" + options.host;
  RETURN_IF_ERROR(filter.ParsePath(options.path));
  RETURN_IF_ERROR(filter.ParseHeader(options.header));
  return filter;
}

absl::Status RecordFilter::ParsePath(const std::string& path) {
  if (path.empty()) return absl::OkStatus();
  words_ += " --path=" + path;
  constexpr std::string_view kExpression = "re:";
  if (!path.starts_with(kExpression)) {
    path_prefix_ = path;
    return absl::OkStatus();
  }
  RE2::Options options(RE2::Latin1);  // a target's bytes need not be UTF-8
  options.set_log_errors(false);
  path_expression_ = std::make_shared<const RE2>(path.substr(kExpression.size()), options);
  if (path_expression_->ok()) return absl::OkStatus();
  return UsageError("--path: '{}' is no RE2 expression: {}", path, path_expression_->error());
}

absl::Status RecordFilter::ParseHeader(const std::string& header) {
  if (header.empty()) return absl::OkStatus();
  const size_t colon = header.find(':');
  header_name_ = header.substr(0, colon);
  if (header_name_.empty()) return UsageError("--header: no name; write NAME or NAME:VALUE");
  words_ += " --header=" + header_name_;
  if (colon == std::string::npos) return absl::OkStatus();
  header_value_ = Trimmed(std::string_view(header).substr(colon + 1));
  words_ += ":...";
  return absl::OkStatus();
}

std::optional<RecordFilter::Reason> RecordFilter::LeavesOut(const Record& record) const {
  const bool method_fits =
      std::find(methods_.begin(), methods_.end(), record.method) != methods_.end();
  if (!methods_.empty() && !method_fits) return Reason::kMethod;
  if (!KeepsHost(record.stripped_authority)) return Reason::kHost;
  if (!KeepsPath(record.target)) return Reason::kPath;
  if (!KeepsHeader(record.headers)) return Reason::kHeader;
  return std::nullopt;
}

bool RecordFilter::KeepsHost(std::string_view authority) const {
  return hosts_.empty() ||
         std::any_of(hosts_.begin(), hosts_.end(),
                     [&](const std::string& wanted) { return HostFits(wanted, authority); });
}

bool RecordFilter::KeepsPath(std::string_view target) const {
  const std::string_view path = PathOf(target);
  if (path_expression_ == nullptr) return path.starts_with(path_prefix_);
  return RE2::PartialMatch({path.data(), path.size()}, *path_expression_);
}

bool RecordFilter::KeepsHeader(const Fields& headers) const {
  if (header_name_.empty()) return true;
  for (const FieldView field : headers) {
    if (!EqualsIgnoreCase(field.name, header_name_)) continue;
    if (!header_value_ || Trimmed(field.value) == *header_value_) return true;
  }
  return false;
}

}  // namespace shadowreel
