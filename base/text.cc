#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace shadowreel {

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    if (comma > begin) parts.emplace_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return parts;
}

std::string ListBeginning(const std::vector<std::string>& texts, size_t most,
                          std::string_view separator) {
  const auto end = texts.begin() + static_cast<std::ptrdiff_t>(std::min(texts.size(), most));
  std::string list = fmt::format("{}", fmt::join(texts.begin(), end, separator));
  if (texts.size() > most) list += fmt::format(" and {} more", texts.size() - most);
  return list;
}

}  // namespace shadowreel
