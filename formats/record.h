#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/http/fields.h"

namespace shadowreel {

using Uuid = std::array<uint8_t, 16>;

enum class HttpVersion : uint8_t { kHttp10, kHttp11, kHttp2 };

// How the message's end was marked on the wire (RFC 9112, 6). kNone: no Content-Length and no
// Transfer-Encoding. HTTP/2 requests are kNone unless they carried a content-length.
enum class Framing : uint8_t { kNone, kContentLength, kChunked };

// What `arrival` is: the request's first byte, or the end of its upload (Envoy before 1.33 sends
// the copy only then).
enum class ArrivalMeaning : uint8_t { kFirstByte, kAfterUpload };

enum class RedactionPlace : uint8_t { kTarget, kHeader, kBody, kTrailer };
enum class RedactionClass : uint8_t { kCredential, kCookie, kQuery, kJwt, kCard, kPersonal };

// Where redaction replaced bytes of a record; the bytes there are a pseudonym.
struct RedactionSpan {
  RedactionPlace place = RedactionPlace::kHeader;
  RedactionClass kind = RedactionClass::kCredential;
  uint32_t field = 0;  // index of the header or trailer; 0 for the others
  uint64_t begin = 0;  // offset into the target, the field's value or the body
  uint64_t length = 0;
  friend bool operator==(const RedactionSpan&, const RedactionSpan&) = default;
};

// One stored shadow request. Byte strings hold any bytes. Not thread-safe.
struct Record {
  // Identity: unique together. Both are set by the segment writer or reader, not by who captures.
  Uuid recording{};
  uint64_t number = 0;

  WallTime arrival;    // of what `arrival_meaning` says
  WallTime completed;  // the last byte
  ArrivalMeaning arrival_meaning = ArrivalMeaning::kFirstByte;

  std::string method;
  std::string target;  // the request target's bytes, any form (RFC 9112, 3.2)
  HttpVersion version = HttpVersion::kHttp11;
  std::string authority;           // Host or :authority as received
  std::string stripped_authority;  // without Envoy's -shadow
  Fields headers;                  // Host included, pseudo-headers not
  Framing framing = Framing::kNone;
  std::string body;  // transfer coding removed
  Fields trailers;

  bool complete = true;    // false: the peer went away before the end
  bool truncated = false;  // the body is longer than the recorder's bound; `body` is its beginning
  uint64_t wire_body_bytes = 0;  // the body's length as received, counted past the bound

  uint64_t connection = 0;  // recorder's connection ordinal
  uint32_t stream = 0;      // HTTP/2 stream, 0 for HTTP/1
  std::string peer;         // "192.0.2.1:4711"
  double weight = 1;        // 1/p for what mirror, recorder and cuts sampled away
  std::vector<RedactionSpan> redactions;
};

// Memory that a record takes, for bounds of queues, in bytes.
size_t ApproximateBytes(const Record& record);

}  // namespace shadowreel
