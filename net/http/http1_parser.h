#pragma once

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http/fields.h"
#include "net/http/http1_head.h"
#include "net/http/line_scanner.h"

namespace shadowreel {

struct Http1Limits {
  size_t max_head_bytes = 60 << 10;  // request line and header fields; trailers again as many
  size_t max_fields = 100;           // in the head; in the trailers again
  size_t max_empty_lines = 4;        // before the request line (RFC 9112, 2.2)
  size_t max_chunk_line_bytes = 1 << 10;
  size_t max_chunk_extension_bytes = 16 << 10;  // in one message
};

enum class Http1Error : uint8_t {
  kNone,
  kBadRequest,     // not HTTP/1, or not safe to pass on (RFC 9112, 11)
  kHeadTooLarge,   // header or trailer bytes or count over the bound: 431
  kUnknownMethod,  // not in llhttp's list (QUERY, say), or CONNECT
};

enum class Http1Event : uint8_t {
  kNeedBytes,  // all bytes are taken
  kHead,       // head() is complete
  kBody,       // body() holds the next bytes of the body, transfer coding removed
  kMessage,    // the request is complete, trailers included
  kError,      // error() says what; every further Next says so again
};

// Parses the requests of one HTTP/1.0 or 1.1 connection, without I/O, in bounded memory: one line
// and the head's fields. What it says does not depend on how the bytes were cut, except for the
// pieces that a body comes in.
//
// llhttp 8.1.0 (strict mode off, no lenient flags) judges grammar, method and framing, fed line by
// line; of the header fields it gets those that it acts on, for it takes all others that are valid
// here. In that setting it lets these pass, which are refused here before llhttp sees them:
// - `Host :` and spaces inside names, an empty name, obs-fold;
// - HTTP/1.1 without Host, and two Hosts;
// - HTTP/2.0, HTTP/0.9 with or without a version, RTSP/1.0, ICE/1.0;
// - several spaces before the target, HTAB and FF inside it;
// - `Transfer-Encoding: gzip, chunked` (a coding that we do not remove), Transfer-Encoding in
//   HTTP/1.0;
// - a bare LF after the last chunk's trailers and as an empty line before a request;
// - Content-Length among the trailers, `Connection` there taking effect;
// - heads, extensions and field counts of any size.
// Refused by both: two Content-Lengths (equal ones too), Content-Length with Transfer-Encoding,
// overflows, white space around a chunk size, a bare LF after it. llhttp would also refuse a quoted
// chunk extension and a second one after a value, which are valid: it does not get to see them.
//
// Not thread-safe. Owned by its connection's session.
class Http1Parser {
 public:
  explicit Http1Parser(Http1Limits limits = {});
  Http1Parser(const Http1Parser&) = delete;
  Http1Parser& operator=(const Http1Parser&) = delete;

  // Takes bytes from the front of `bytes` until something is to be told. Call it until it says
  // kNeedBytes or kError.
  Http1Event Next(std::string_view* bytes);

  // A byte of a request has come, and its end was not told yet. Empty lines do not count.
  bool started() const;

  // From kHead to the next message's first byte; taking it leaves an empty one, and takes no more
  // memory than the head needs.
  const Http1Head& head() const { return head_; }
  Http1Head TakeHead();

  // At kBody: a view into the bytes given to Next.
  std::string_view body() const { return body_; }

  // At kMessage.
  Fields TakeTrailers();

  Http1Error error() const { return error_; }
  // For people; never bytes of the request.
  std::string_view error_text() const { return error_text_; }

 private:
  enum class State {
    kRequestLine,
    kFields,
    kHeadDue,  // complete, not told yet
    kFixedBody,
    kChunkLine,
    kChunkBody,
    kChunkEnd,
    kTrailers,
    kMessageDue,  // complete, not told yet
    kFailed,
  };

  static int OnHeadersComplete(llhttp_t* llhttp);
  static int OnMessageComplete(llhttp_t* llhttp);
  static const llhttp_settings_t& Settings();

  // Sets body_; false when it failed.
  bool ReadBody(std::string_view* bytes);
  // False when the line's end has not come.
  bool ReadLine(std::string_view* bytes);
  size_t LineLimit() const;
  void TakeLine();
  bool IsHeadLarge() const;
  void ClearHead();
  void TakeRequestLine(std::string_view line);
  void TakeFieldLine(std::string_view line, Fields* fields);
  void FinishHead();
  void TakeChunkLine(std::string_view line);
  void FinishTrailers();
  // Hands bytes to llhttp; false when it refuses them.
  bool Feed(std::string_view bytes);
  // The message ends here for us: so it must for llhttp.
  void ExpectMessageComplete();
  void FailTooLong();
  void Fail(Http1Error error, const char* text);

  const Http1Limits limits_;
  llhttp_t llhttp_;
  LineScanner scanner_;
  State state_ = State::kRequestLine;
  State state_after_head_ = State::kRequestLine;
  Http1Head head_;
  Fields trailers_;
  std::string_view body_;
  uint64_t remaining_ = 0;  // of the fixed body or the chunk, in bytes
  size_t head_bytes_ = 0;   // so far, of the head, later of the trailers
  size_t empty_lines_ = 0;
  size_t extension_bytes_ = 0;
  bool headers_complete_ = false;  // llhttp says so
  bool message_complete_ = false;  // llhttp says so
  Http1Error error_ = Http1Error::kNone;
  std::string_view error_text_;
};

}  // namespace shadowreel
