#include "formats/exchange/vegeta_target.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "formats/base64.h"

namespace shadowreel {
namespace {

using nlohmann::json;

// Takes a line's parts as the parser finds them: no document is built, so that an odd one costs
// nothing.
class TargetReader final : public nlohmann::json_sax<json> {
 public:
  explicit TargetReader(VegetaTarget* target) : target_(target) {}

  const char* problem() const { return problem_; }
  bool has_method() const { return has_method_; }
  bool has_url() const { return has_url_; }

  bool null() override { return TakeOther(true); }
  bool boolean(bool) override { return TakeOther(false); }
  bool number_integer(number_integer_t) override { return TakeOther(false); }
  bool number_unsigned(number_unsigned_t) override { return TakeOther(false); }
  bool number_float(number_float_t, const string_t&) override { return TakeOther(false); }
  bool binary(binary_t&) override { return TakeOther(false); }

  bool string(string_t& text) override {
    if (depth_ == 0) return Refuse("line that is no JSON object");
    if (depth_ == 1) return TakeMember(&text);
    if (key_ != Key::kHeader) return true;
    if (depth_ != 3) return Refuse(kBadHeader);
    if (target_->header.size() == kMaxVegetaFields) {
      return Refuse("request with more header fields than the bound");
    }
    target_->header.Add(name_, text);
    return true;
  }

  bool start_object(std::size_t) override { return Enter(true); }
  bool start_array(std::size_t) override { return Enter(false); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }

  bool key(string_t& text) override {
    if (depth_ == 1) key_ = KeyOf(text);
    if (depth_ == 2) name_ = std::move(text);
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return Refuse("line that is no JSON object");
  }

 private:
  enum class Key { kOther, kMethod, kUrl, kHeader, kBody };
  static constexpr const char* kBadHeader = "header that is no object of lists of strings";

  static Key KeyOf(std::string_view text) {
    if (text == "method") return Key::kMethod;
    if (text == "url") return Key::kUrl;
    if (text == "header") return Key::kHeader;
    if (text == "body") return Key::kBody;
    return Key::kOther;
  }

  bool TakeMember(std::string* text) {
    switch (key_) {
      case Key::kMethod:
        has_method_ = true;
        target_->method = std::move(*text);
        return true;
      case Key::kUrl:
        has_url_ = true;
        target_->url = std::move(*text);
        return true;
      case Key::kHeader:
        return Refuse(kBadHeader);
      case Key::kBody: {
        std::optional<std::string> body = DecodeBase64(*text);
        if (!body) return Refuse("body that is no base64");
        target_->body = *std::move(body);
        return true;
      }
      case Key::kOther:
        break;
    }
    return true;
  }

  // A value that is no string. Go writes null for what is empty.
  bool TakeOther(bool null) {
    if (depth_ == 0) return Refuse("line that is no JSON object");
    if (key_ == Key::kOther || null) return true;
    return Refuse(key_ == Key::kHeader ? kBadHeader : "method, url or body that is no string");
  }

  bool Enter(bool object) {
    ++depth_;
    if (depth_ == 1) return object ? true : Refuse("line that is no JSON object");
    if (key_ == Key::kOther) return true;
    const bool header = key_ == Key::kHeader && (depth_ == 2 ? object : depth_ == 3 && !object);
    return header ? true : Refuse(kBadHeader);
  }

  bool Leave() {
    --depth_;
    return true;
  }

  bool Refuse(const char* problem) {
    if (problem_ == nullptr) problem_ = problem;
    return false;
  }

  VegetaTarget* const target_;
  size_t depth_ = 0;
  Key key_ = Key::kOther;  // at depth 1
  std::string name_;       // at depth 2
  bool has_method_ = false;
  bool has_url_ = false;
  const char* problem_ = nullptr;
};

}  // namespace

const char* ParseVegetaTarget(std::string_view line, VegetaTarget* target) {
  *target = VegetaTarget();
  TargetReader reader(target);
  const bool whole = json::sax_parse(line.begin(), line.end(), &reader);
  if (reader.problem() != nullptr) return reader.problem();
  if (!whole) return "line that is no JSON object";
  if (!reader.has_method() || target->method.empty()) return "request without a method";
  if (!reader.has_url() || target->url.empty()) return "request without a url";
  return nullptr;
}

}  // namespace shadowreel
