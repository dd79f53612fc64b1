#include "recorder/server/http2_submit.h"

#include <array>
#include <string_view>

#include "base/check.h"

namespace shadowreel {
namespace {

// What RFC 9113, 6.5.2 counts for a field beside its name and value, and fields that max_fields
// does not count: the pseudo-headers.
constexpr size_t kFieldOverhead = 32;
constexpr size_t kPseudoHeaders = 4;

// For names and values that are constants.
nghttp2_nv Nv(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

std::string_view StatusOf(Http2Answer answer) {
  switch (answer) {
    case Http2Answer::kContinue:
      return "100";
    case Http2Answer::kAccepted:
      return "202";
    case Http2Answer::kDurable:
      return "204";
    case Http2Answer::kGrpcOk:
    case Http2Answer::kGrpcDurable:
      return "200";
    case Http2Answer::kHeadTooLarge:
      return "431";
    case Http2Answer::kNotImplemented:
      return "501";
  }
  CHECK(false);
}

}  // namespace

void SubmitAnnouncement(nghttp2_session* session, const Http2Announcement& announcement) {
  const size_t list_size =
      announcement.max_head_bytes + kFieldOverhead * (announcement.max_fields + kPseudoHeaders);
  const std::array<nghttp2_settings_entry, 4> settings{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, announcement.max_streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<uint32_t>(announcement.stream_window)},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(list_size)},
      // Priorities order answers; ours have no bodies. Off, no memory goes into their tree.
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  }};
  CHECK(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) == 0);
  CHECK(nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                              announcement.connection_window) == 0);
}

void SubmitAnswer(nghttp2_session* session, int32_t stream, Http2Answer answer) {
  const std::array<nghttp2_nv, 4> fields{Nv(":status", StatusOf(answer)),
                                         Nv("content-type", "application/grpc"),
                                         Nv("grpc-status", "0"), Nv("shadowreel-ack", "durable")};
  if (answer == Http2Answer::kContinue) {
    CHECK(nghttp2_submit_headers(session, NGHTTP2_FLAG_NONE, stream, nullptr, fields.data(), 1,
                                 nullptr) == 0);
    return;
  }
  size_t count = 1;
  if (answer == Http2Answer::kGrpcOk) count = 3;
  if (answer == Http2Answer::kGrpcDurable) count = 4;
  CHECK(nghttp2_submit_response(session, stream, fields.data(), count, nullptr) == 0);
}

uint32_t Http2ErrorFor(int nghttp2_error) {
  switch (nghttp2_error) {
    case NGHTTP2_ERR_FLOODED:
      return NGHTTP2_ENHANCE_YOUR_CALM;
    case NGHTTP2_ERR_NOMEM:
      return NGHTTP2_INTERNAL_ERROR;
    default:
      return NGHTTP2_PROTOCOL_ERROR;
  }
}

}  // namespace shadowreel
