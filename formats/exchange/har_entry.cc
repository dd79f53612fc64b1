#include "formats/exchange/har_entry.h"

#include <array>
#include <nlohmann/json.hpp>
#include <vector>

namespace shadowreel {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxDepth = 64;  // a whole entry of ours has five

// Where in an entry the reader is.
enum class Place : uint8_t {
  kNone,  // before the entry
  kEntry,
  kTimings,
  kRequest,
  kHeaders,  // the list
  kHeader,   // one of it
  kPostData,
  kParams,
  kParam,
  kResponse,
  kResponseHeaders,
  kResponseHeader,
  kContent,
  kOther,
};

// What begins behind a key, or in a list (whose elements have the key "").
struct Step {
  Place from;
  std::string_view key;
  bool is_list;
  Place to;
};
constexpr std::array<Step, 12> kSteps = {{
    {Place::kNone, "", false, Place::kEntry},
    {Place::kEntry, "timings", false, Place::kTimings},
    {Place::kEntry, "request", false, Place::kRequest},
    {Place::kEntry, "response", false, Place::kResponse},
    {Place::kRequest, "headers", true, Place::kHeaders},
    {Place::kHeaders, "", false, Place::kHeader},
    {Place::kRequest, "postData", false, Place::kPostData},
    {Place::kPostData, "params", true, Place::kParams},
    {Place::kParams, "", false, Place::kParam},
    {Place::kResponse, "headers", true, Place::kResponseHeaders},
    {Place::kResponseHeaders, "", false, Place::kResponseHeader},
    {Place::kResponse, "content", false, Place::kContent},
}};

// As application/x-www-form-urlencoded writes names and values (WHATWG URL, 5.2).
void AppendFormEncoded(std::string_view text, std::string* out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("*-._").find(c) != std::string_view::npos;
    if (plain) {
      *out += c;
    } else if (c == ' ') {
      *out += '+';
    } else {
      out->append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
}

// Takes what is wanted as the parser comes by.
class EntryReader final : public nlohmann::json_sax<Json> {
 public:
  explicit EntryReader(HarEntry* entry) : entry_(*entry) {}

  const char* problem() const { return problem_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t value) override {
    return Number(static_cast<double>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return Number(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return Number(value); }
  bool string(string_t& value) override {
    if (std::string* const place = StringAt()) *place = std::move(value);
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return Enter(false); }
  bool start_array(size_t) override { return Enter(true); }
  bool key(string_t& value) override {
    key_ = std::move(value);
    return true;
  }
  bool end_object() override {
    if (place() == Place::kHeader) entry_.headers.Add(name_, value_);
    if (place() == Place::kResponseHeader) entry_.response_headers.Add(name_, value_);
    if (place() == Place::kParam) AddParam();
    return Leave();
  }
  bool end_array() override { return Leave(); }
  bool parse_error(size_t, const std::string&, const Json::exception&) override {
    problem_ = "an entry that is not JSON in UTF-8";
    return false;
  }

 private:
  Place place() const { return places_.empty() ? Place::kNone : places_.back(); }

  bool Enter(bool is_list) {
    if (places_.size() == kMaxDepth) {
      problem_ = "an entry nested too deep";
      return false;
    }
    Place to = Place::kOther;
    for (const Step& step : kSteps) {
      if (step.from == place() && step.key == key_ && step.is_list == is_list) to = step.to;
    }
    if (to == Place::kParams) entry_.has_params = true;
    places_.push_back(to);
    key_.clear();
    name_.clear();
    value_.clear();
    return true;
  }
  bool Leave() {
    places_.pop_back();
    key_.clear();
    return true;
  }

  void AddParam() {
    if (!entry_.form.empty()) entry_.form += '&';
    AppendFormEncoded(name_, &entry_.form);
    entry_.form += '=';
    AppendFormEncoded(value_, &entry_.form);
  }

  std::string* StringAt() {
    switch (place()) {
      case Place::kEntry:
        if (key_ == "startedDateTime") return &entry_.started;
        return key_ == "connection" ? &entry_.connection : nullptr;
      case Place::kRequest:
        if (key_ == "method") return &entry_.method;
        if (key_ == "url") return &entry_.url;
        return key_ == "httpVersion" ? &entry_.version : nullptr;
      case Place::kPostData:
        if (key_ == "mimeType") return &entry_.mime_type;
        if (key_ == "encoding") return &entry_.encoding;
        return key_ == "text" ? &entry_.text.emplace() : nullptr;
      case Place::kContent:
        if (key_ == "encoding") return &entry_.content_encoding;
        return key_ == "text" ? &entry_.content_text.emplace() : nullptr;
      case Place::kHeader:
      case Place::kParam:
      case Place::kResponseHeader:
        if (key_ == "name") return &name_;
        return key_ == "value" ? &value_ : nullptr;
      default:
        return nullptr;
    }
  }

  bool Number(double value) {
    const auto take = [&](std::string_view key, double* member) {
      if (key_ == key) *member = value;
    };
    if (place() == Place::kEntry) take("time", &entry_.time_millis);
    if (place() == Place::kTimings) take("send", &entry_.send_millis);
    if (place() == Place::kTimings) take("receive", &entry_.receive_millis);
    if (place() == Place::kRequest) take("bodySize", &entry_.body_size);
    if (place() == Place::kResponse) take("status", &entry_.status);
    if (place() == Place::kContent) take("size", &entry_.content_size);
    return true;
  }

  HarEntry& entry_;
  std::vector<Place> places_;
  std::string key_;   // the last one, in an object; "" in a list
  std::string name_;  // of the header or parameter being read
  std::string value_;
  const char* problem_ = nullptr;
};

}  // namespace

const char* ParseHarEntry(std::string_view json, HarEntry* entry) {
  if (!json.starts_with('{')) return "an entry that is not an object";
  EntryReader reader(entry);
  Json::sax_parse(json.begin(), json.end(), &reader);
  return reader.problem();
}

}  // namespace shadowreel
