#include "formats/record_names.h"

#include <array>

#include "base/check.h"

namespace shadowreel {
namespace {

template <typename Enum, size_t N>
std::string_view Name(Enum value, const std::array<std::string_view, N>& names) {
  const auto index = static_cast<size_t>(value);
  CHECK(index < N);
  return names[index];
}

constexpr std::array<std::string_view, 3> kVersions = {"HTTP/1.0", "HTTP/1.1", "HTTP/2"};
constexpr std::array<std::string_view, 3> kFramings = {"none", "content-length", "chunked"};
constexpr std::array<std::string_view, kRedactionPlaces> kPlaces = {"target", "header", "body",
                                                                    "trailer"};
constexpr std::array<std::string_view, kRedactionClasses> kClasses = {
    "credential", "cookie", "query", "jwt", "card", "personal"};

}  // namespace

std::string_view NameOf(HttpVersion version) { return Name(version, kVersions); }
std::string_view NameOf(Framing framing) { return Name(framing, kFramings); }
std::string_view NameOf(RedactionPlace place) { return Name(place, kPlaces); }
std::string_view NameOf(RedactionClass kind) { return Name(kind, kClasses); }

}  // namespace shadowreel
