#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>
#include <vector>

#include "net/transport/transport.h"

namespace shadowreel {

// One request in libcurl's terms. libcurl keeps pointers into it, so it stays where it is while its
// transfer runs; afterwards it can be given the next request. Owner: the transport's thread.
class CurlRequest {
 public:
  CurlRequest() = default;
  CurlRequest(const CurlRequest&) = delete;
  CurlRequest& operator=(const CurlRequest&) = delete;

  // Takes the request over. Returns why libcurl cannot send it as it is ("not expressible: ..."),
  // or nothing.
  std::string Take(OutboundRequest&& request);

  // Sets what differs from request to request. `easy` has the read callbacks of InstallOn.
  void ApplyTo(CURL* easy);

  // Once for each easy handle: where libcurl reads chunked bodies from.
  void InstallOn(CURL* easy);

  // After such a request the easy handle must not be used again.
  bool has_trailers() const { return !request_.trailers.empty(); }

 private:
  void AddLine(std::string_view name, std::string_view value);
  void LinkLines();
  void ApplyBody(CURL* easy);
  void ApplyTrailers(CURL* easy);

  static size_t Read(char* out, size_t size, size_t count, void* self);
  static int Seek(void* self, curl_off_t offset, int origin);
  static int Trailers(curl_slist** out, void* self);

  OutboundRequest request_;
  size_t body_read_ = 0;

  // The field lines, NUL-terminated one after the other, and libcurl's list over them: its own
  // curl_slist_append would allocate twice a field.
  std::string lines_;
  std::vector<size_t> line_begins_;
  std::vector<curl_slist> list_;
};

}  // namespace shadowreel
