#include "tests/bench/peers/prepared_requests.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace shadowreel {

std::vector<std::string> ReadPreparedRequests(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::string> requests;
  uint32_t length = 0;
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  while (file.read(reinterpret_cast<char*>(&length), sizeof length)) {
    std::string request(length, '\0');
    if (!file.read(request.data(), length)) requests.clear();
    requests.push_back(std::move(request));
  }
  if (requests.empty() || requests.back().empty()) {
    std::fprintf(stderr, "%s: no prepared requests, or cut short\n", path.c_str());
    std::exit(6);
  }
  return requests;
}

uint64_t CountArgument(const char* text, uint64_t least) {
  uint64_t value = 0;
  const char* const end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc() || stop != end || value < least) {
    std::fprintf(stderr, "%s: not a number from %llu\n", text,
                 static_cast<unsigned long long>(least));
    std::exit(2);
  }
  return value;
}

}  // namespace shadowreel
