#include "net/http/http1_response.h"

#include <llhttp.h>

#include "net/http/field_value.h"
#include "net/http/token.h"

namespace shadowreel {
namespace {

constexpr uint32_t kSwitchingProtocols = 101;
constexpr uint32_t kNoContent = 204;
constexpr uint32_t kNotModified = 304;

bool IsInterim(uint32_t status) { return status < 200 && status != kSwitchingProtocols; }

bool HasNoBody(uint32_t status) {
  return status == kSwitchingProtocols || status == kNoContent || status == kNotModified;
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// llhttp's callbacks, and what they have heard.
class ResponseParsing {
 public:
  ResponseParsing(bool to_head, const Http1ResponseLimits& limits, Http1Response* response)
      : to_head_(to_head), limits_(limits), response_(response) {
    llhttp_init(&llhttp_, HTTP_RESPONSE, &Settings());
    llhttp_.data = this;
  }

  const char* Parse(std::string_view bytes) {
    const char* const begin = bytes.data();
    llhttp_errno_t result = HPE_OK;
    while (!bytes.empty()) {
      result = llhttp_execute(&llhttp_, bytes.data(), bytes.size());
      if (problem_ != nullptr) return problem_;
      if (result == HPE_OK) break;
      if (result != HPE_PAUSED && result != HPE_PAUSED_UPGRADE) {
        return llhttp_get_error_reason(&llhttp_);
      }
      const auto taken = static_cast<size_t>(llhttp_get_error_pos(&llhttp_) - bytes.data());
      bytes.remove_prefix(taken);
      if (!IsInterim(response_->status)) {
        response_->length = static_cast<size_t>(bytes.data() - begin);
        return nullptr;
      }
      StartAnew();
    }
    response_->length = static_cast<size_t>(bytes.data() + bytes.size() - begin);
    return Finish();
  }

 private:
  static const llhttp_settings_t& Settings() {
    static const llhttp_settings_t settings = [] {
      llhttp_settings_t made;
      llhttp_settings_init(&made);
      made.on_header_field = [](llhttp_t* llhttp, const char* at, size_t length) {
        return Of(llhttp).OnName({at, length});
      };
      made.on_header_value = [](llhttp_t* llhttp, const char* at, size_t length) {
        return Of(llhttp).OnValue({at, length});
      };
      made.on_header_value_complete = [](llhttp_t* llhttp) { return Of(llhttp).OnField(); };
      made.on_headers_complete = [](llhttp_t* llhttp) { return Of(llhttp).OnHead(); };
      made.on_body = [](llhttp_t* llhttp, const char* at, size_t length) {
        Of(llhttp).response_->body.append(at, length);
        return 0;
      };
      made.on_message_complete = [](llhttp_t* llhttp) -> int {
        Of(llhttp).message_complete_ = true;
        return HPE_PAUSED;
      };
      return made;
    }();
    return settings;
  }
  static ResponseParsing& Of(llhttp_t* llhttp) {
    return *static_cast<ResponseParsing*>(llhttp->data);
  }

  int OnName(std::string_view part) {
    name_.append(part);
    return CheckSize();
  }

  int OnValue(std::string_view part) {
    value_.append(part);
    return CheckSize();
  }

  int CheckSize() {
    if (fields().byte_size() + name_.size() + value_.size() <= limits_.max_head_bytes) return 0;
    return Refuse("header bytes over the bound");
  }

  int OnField() {
    if (fields().size() == limits_.max_fields) return Refuse("more header fields than the bound");
    if (!IsToken(name_)) return Refuse("not a header name");
    if (!IsFieldValue(value_)) return Refuse("a control byte in a header");
    if (EqualsIgnoreCase(name_, "transfer-encoding") &&
        !EqualsIgnoreCase(Trim(value_), "chunked")) {
      return Refuse("Transfer-Encoding other than chunked");
    }
    fields().Add(name_, Trim(value_));
    name_.clear();
    value_.clear();
    return 0;
  }

  // 0: a body may follow, 1: none does, -1: it is refused.
  int OnHead() {
    head_complete_ = true;
    response_->status = llhttp_.status_code;
    return to_head_ || HasNoBody(response_->status) ? 1 : 0;
  }

  int Refuse(const char* problem) {
    problem_ = problem;
    return -1;
  }

  void StartAnew() {
    llhttp_reset(&llhttp_);
    *response_ = Http1Response();
    head_complete_ = false;
    message_complete_ = false;
  }

  // The bytes are at their end and the message is not, unless the end of the bytes is its own.
  const char* Finish() {
    if (!head_complete_) return "a head without its end";
    const llhttp_errno_t result = llhttp_finish(&llhttp_);
    response_->complete = message_complete_ && (result == HPE_OK || result == HPE_PAUSED);
    return nullptr;
  }

  Fields& fields() { return head_complete_ ? response_->trailers : response_->headers; }

  const bool to_head_;
  const Http1ResponseLimits& limits_;
  Http1Response* const response_;
  llhttp_t llhttp_;
  std::string name_;
  std::string value_;
  bool head_complete_ = false;
  bool message_complete_ = false;
  const char* problem_ = nullptr;
};

}  // namespace

const char* ParseHttp1Response(std::string_view bytes, bool to_head,
                               const Http1ResponseLimits& limits, Http1Response* response) {
  *response = Http1Response();
  return ResponseParsing(to_head, limits, response).Parse(bytes);
}

}  // namespace shadowreel
