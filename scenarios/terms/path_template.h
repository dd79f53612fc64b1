#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace shadowreel {

// Of one run: each request is compared with all of them.
inline constexpr size_t kMostPathTemplates = 200;

// Paths that are one endpoint: "/product/{name}", "GET /cart/{id}", "/static/{rest...}".
//
// Between slashes stands either text, which fits itself alone byte for byte, or {NAME}, which fits
// anything but nothing. {NAME...}, at the end alone, fits all that is left, slashes and nothing
// included; the slash before it must be there. Without a method it fits every method. (The
// notation of Go's net/http.ServeMux.) A value.
class PathTemplate {
 public:
  // A text is at most that long: with any usual method before it, it still is an endpoint's name
  // in full.
  static constexpr size_t kMaxBytes = 112;

  // Whether a request is of this endpoint: its method, and its target's path without query. Without
  // an allocation.
  bool Fits(std::string_view method, std::string_view path) const;

  // Whether the name of an endpoint is this one's, whatever its parameters are called: "GET
  // /cart/{id}" covers "GET /cart/{number}" and not "GET /cart/42". Without a method it covers
  // every method, and {NAME...} covers all that is left.
  bool Covers(std::string_view endpoint) const;

  const std::string& method() const { return method_; }  // empty: any
  const std::string& path() const { return path_; }      // "/cart/{id}"
  std::string text() const;                              // "GET /cart/{id}"
  bool has_parameters() const;

 private:
  friend absl::StatusOr<PathTemplate> ParsePathTemplate(std::string_view text);

  struct Segment {
    std::string text;  // of a parameter, its name
    bool parameter = false;
  };
  bool FitsPath(std::string_view path, bool (*fits)(const Segment&, std::string_view)) const;

  std::string method_;
  std::string path_;
  std::vector<Segment> segments_;  // between the slashes; without the {NAME...}
  bool open_ended_ = false;        // it ends in {NAME...}
};

// "[METHOD ]PATH". UsageError, without a flag's name, says what was read and what is expected.
absl::StatusOr<PathTemplate> ParsePathTemplate(std::string_view text);

}  // namespace shadowreel
