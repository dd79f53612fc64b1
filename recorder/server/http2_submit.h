#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>

namespace shadowreel {

// What the recorder tells an HTTP/2 peer at the beginning (RFC 9113, 6.5.2).
struct Http2Announcement {
  uint32_t max_streams;
  int32_t stream_window;
  int32_t connection_window;
  size_t max_head_bytes;  // names and values
  size_t max_fields;
};

enum class Http2Answer : uint8_t {
  kContinue,        // 100: the body may come
  kAccepted,        // 202
  kDurable,         // 204
  kGrpcOk,          // gRPC's Trailers-Only with status 0, which its clients take for success
  kGrpcDurable,     // the same with "shadowreel-ack: durable", which its clients can look at
  kHeadTooLarge,    // 431
  kNotImplemented,  // 501
};

// These put frames into the session's queue. Thread: the session's.
void SubmitAnnouncement(nghttp2_session* session, const Http2Announcement& announcement);
// All but kContinue end the stream.
void SubmitAnswer(nghttp2_session* session, int32_t stream, Http2Answer answer);

// What a GOAWAY says when nghttp2_session_mem_recv returned an error.
uint32_t Http2ErrorFor(int nghttp2_error);

}  // namespace shadowreel
