#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http/fields.h"

namespace shadowreel {

// The members of a HAR 1.2 entry that a record or a response is made of
// (http://www.softwareishard.com/blog/har-12-spec). Numbers as the file has them, -1 when missing.
struct HarEntry {
  std::string started;
  std::string connection;
  double time_millis = -1;
  double send_millis = -1;
  double receive_millis = -1;

  std::string method;
  std::string url;
  std::string version;
  Fields headers;
  double body_size = -1;
  std::string mime_type;            // of postData
  std::optional<std::string> text;  // of postData
  std::string encoding;             // of postData; not in HAR 1.2, some tools write it
  std::string form;                 // of postData.params: "a=1&b=x+y"
  bool has_params = false;

  double status = 0;
  Fields response_headers;
  double content_size = -1;
  std::optional<std::string> content_text;
  std::string content_encoding;
};

// Reads one element of log.entries; other members, custom ones among them, are passed over. The
// memory it takes is a few times the text's. Returns nullptr, or what is wrong in a few words.
const char* ParseHarEntry(std::string_view json, HarEntry* entry);

}  // namespace shadowreel
