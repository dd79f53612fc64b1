#include "formats/exchange/access_log_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "formats/exchange/request_url.h"

namespace shadowreel {
namespace {

using Json = nlohmann::json;
using Names = std::initializer_list<const char*>;

// A log line's members by any of their names.
class Members {
 public:
  explicit Members(const Json& line) : line_(line) {
    const auto request = line.find("request");
    if (request != line.end() && request->is_object()) inner_ = &*request;
  }

  // The text of the first member that is there, numbers as they are written; "" for none.
  std::string Text(Names names) const {
    for (const char* const name : names) {
      for (const Json* const object : {&line_, inner_}) {
        if (object == nullptr) continue;
        const auto found = object->find(name);
        if (found == object->end()) continue;
        std::string text = TextOf(*found);
        if (!text.empty() && text != "-") return text;
      }
    }
    return "";
  }

  uint64_t Number(Names names) const {
    const std::string text = Text(names);
    uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

 private:
  static std::string TextOf(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_number() ? value.dump() : std::string();
  }

  const Json& line_;
  const Json* inner_ = nullptr;
};

// A number since the epoch; its unit is told by its size: seconds until the year 5138.
std::optional<CalendarTime> ParseNumericTime(const std::string& text) {
  constexpr double kLargestSeconds = 1e11;
  constexpr double kLastSecond = 9'214'646'400;  // 2262
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  bool whole_second = text.find_first_of(".e") == text.npos;
  for (int unit = 0; unit < 3 && value > kLargestSeconds; ++unit) {
    value /= 1000;
    whole_second = false;
  }
  if (!(value >= 0) || value >= kLastSecond) return std::nullopt;
  constexpr double kMicros = 1e6;  // what a double holds of today's times
  return CalendarTime{WallTime(std::chrono::microseconds(std::llround(value * kMicros))),
                      whole_second};
}

std::optional<CalendarTime> ParseTime(const std::string& text) {
  std::optional<CalendarTime> time = ParseIsoTime(text);
  if (!time) time = ParseLogTime(text);
  if (!time) time = ParseNumericTime(text);
  return time;
}

void TakeTarget(const Members& members, LoggedRequest* request) {
  request->method =
      members.Text({"method", "request_method", "http_method", "verb", "RequestMethod"});
  std::string target =
      members.Text({"path", "request_uri", "original_path", "uri", "url", "target", "RequestPath"});
  RequestUrl url;
  if (SplitUrl(target, &url) == nullptr) {
    target = url.target.empty() ? "/" : url.target;
    request->authority = url.authority;
  }
  const std::string query = members.Text({"args", "query_string"});
  if (!query.empty() && target.find('?') == target.npos) {
    target += query.starts_with('?') ? query : '?' + query;
  }
  request->target = std::move(target);
  request->version =
      members.Text({"protocol", "server_protocol", "http_version", "proto", "RequestProtocol"});
}

void TakeHeaders(const Members& members, LoggedRequest* request) {
  AddLoggedHeader("Referer", members.Text({"referer", "http_referer", "referrer"}), request);
  AddLoggedHeader("User-Agent", members.Text({"user_agent", "http_user_agent"}), request);
  AddLoggedHeader("X-Forwarded-For",
                  members.Text({"x_forwarded_for", "http_x_forwarded_for", "x-forwarded-for"}),
                  request);
  AddLoggedHeader("X-Request-Id",
                  members.Text({"request_id", "x_request_id", "http_x_request_id", "x-request-id"}),
                  request);
}

}  // namespace

const char* ParseJsonLogLine(std::string_view line, LoggedRequest* request) {
  const Json json = Json::parse(line.begin(), line.end(), nullptr, false);
  if (!json.is_object()) return kNotALogLine;
  const Members members(json);
  const std::string time = members.Text({"time", "timestamp", "@timestamp", "ts", "start_time",
                                         "time_iso8601", "time_local", "msec", "StartUTC", "date"});
  if (time.empty()) return kNotALogLine;
  const std::optional<CalendarTime> parsed = ParseTime(time);
  if (!parsed) return "a time that is none from 1970 to 2261";
  request->time = *parsed;
  TakeTarget(members, request);
  const std::string line_of_request = members.Text({"request"});
  if (request->method.empty() && !line_of_request.empty()) {
    if (const char* problem = SplitRequestLine(line_of_request, request)) return problem;
  }
  if (request->method.empty() || request->target.empty()) {
    return "a JSON line without a method or a path";
  }
  const std::string authority =
      members.Text({"authority", "http_host", "host", "vhost", "server_name", "RequestHost"});
  if (!authority.empty()) request->authority = authority;
  request->peer = members.Text(
      {"remote_addr", "client_ip", "remote_ip", "downstream_remote_address", "ClientHost"});
  request->status = static_cast<uint32_t>(std::min<uint64_t>(
      members.Number({"status", "response_code", "status_code", "http_status", "DownstreamStatus"}),
      1000));
  if (const Names names = {"bytes_received", "request_body_size"}; !members.Text(names).empty()) {
    request->body_bytes = members.Number(names);
  }
  request->response_bytes = members.Number(
      {"body_bytes_sent", "bytes_sent", "response_size", "size", "DownstreamContentSize"});
  TakeHeaders(members, request);
  return nullptr;
}

}  // namespace shadowreel
