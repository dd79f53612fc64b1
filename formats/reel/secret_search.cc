#include "formats/reel/secret_search.h"

#include <algorithm>
#include <charconv>

#include "base/status.h"
#include "formats/byte_text.h"

namespace shadowreel {
namespace {

constexpr size_t kMaxSecretsFile = size_t{1} << 20;

// RFC 3986, 2.1; what is no escape stays.
std::string PercentDecoded(std::string_view bytes, char plus) {
  std::string decoded;
  decoded.reserve(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) {
    uint8_t byte = 0;
    if (bytes[i] == '%' && i + 2 < bytes.size()) {
      const char* begin = bytes.data() + i + 1;
      const auto [end, error] = std::from_chars(begin, begin + 2, byte, 16);
      if (error == std::errc() && end == begin + 2) {
        decoded += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    decoded += bytes[i] == '+' ? plus : bytes[i];
  }
  return decoded;
}

}  // namespace

absl::StatusOr<SecretSearch> SecretSearch::Load(FileSystem& files, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string content, ReadFile(files, path, kMaxSecretsFile));
  SecretSearch search;
  size_t number = 0;
  std::string_view rest = content;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) search.secrets_.push_back({number, std::string(line)});
  }
  if (search.secrets_.empty()) {
    return UsageError("{} holds no secret; write one a line", path);
  }
  return search;
}

bool SecretSearch::IsIn(const Secret& secret, const std::vector<std::string_view>& readings) const {
  return std::any_of(readings.begin(), readings.end(), [&](std::string_view reading) {
    return reading.find(secret.bytes) != std::string_view::npos;
  });
}

void SecretSearch::SearchBytes(std::string_view bytes, const std::string& place,
                               std::vector<Finding>* found) const {
  std::vector<std::string_view> readings = {bytes};
  const bool has_plus = bytes.find('+') != std::string_view::npos;
  const bool has_percent = bytes.find('%') != std::string_view::npos;
  const std::string decoded = has_percent ? PercentDecoded(bytes, '+') : std::string();
  const std::string form_decoded = has_plus ? PercentDecoded(bytes, ' ') : std::string();
  if (has_percent) readings.push_back(decoded);
  if (has_plus) readings.push_back(form_decoded);
  for (const Secret& secret : secrets_) {
    if (IsIn(secret, readings)) found->push_back({secret.line, place});
  }
}

void SecretSearch::SearchFields(const Fields& fields, std::string_view kind,
                                std::vector<Finding>* found) const {
  constexpr size_t kShownName = 60;
  for (size_t i = 0; i < fields.size(); ++i) {
    const size_t before = found->size();
    SearchBytes(fields[i].name, fmt::format("name of {} {}", kind, i + 1), found);
    std::string place = fmt::format("value of {} {}", kind, i + 1);
    if (found->size() == before) {  // a name that holds a secret is not shown
      place += fmt::format(" ({})", EscapeBeginning(fields[i].name, kShownName));
    }
    SearchBytes(fields[i].value, place, found);
  }
}

std::vector<SecretSearch::Finding> SecretSearch::Search(const Record& record) const {
  std::vector<Finding> found;
  SearchBytes(record.method, "method", &found);
  SearchBytes(record.target, "target", &found);
  SearchBytes(record.authority, "authority", &found);
  SearchBytes(record.stripped_authority, "stripped authority", &found);
  SearchFields(record.headers, "header", &found);
  SearchBytes(record.body, "body", &found);
  SearchFields(record.trailers, "trailer", &found);
  SearchBytes(record.peer, "peer", &found);
  return found;
}

}  // namespace shadowreel
