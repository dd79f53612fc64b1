#include "formats/exchange/envoy_tap_trace.h"

#include <array>
#include <utility>

#include "formats/segment/wire.h"

namespace shadowreel {
namespace {

using wire::Reader;
using wire::Tag;
using wire::Type;

// More fields than any record's head may hold.
constexpr size_t kMaxFields = 65536;

// TraceWrapper
constexpr uint32_t kBufferedTrace = Tag(1, Type::kBytes);
constexpr uint32_t kStreamedSegment = Tag(2, Type::kBytes);
// HttpBufferedTrace
constexpr uint32_t kRequest = Tag(1, Type::kBytes);
constexpr uint32_t kResponse = Tag(2, Type::kBytes);
// HttpBufferedTrace.Message
constexpr uint32_t kHeaders = Tag(1, Type::kBytes);
constexpr uint32_t kBody = Tag(2, Type::kBytes);
constexpr uint32_t kTrailers = Tag(3, Type::kBytes);
constexpr uint32_t kHeadersReceived = Tag(4, Type::kBytes);
// config.core.v3.HeaderMap, HeaderValue
constexpr uint32_t kMapHeaders = Tag(1, Type::kBytes);
constexpr uint32_t kKey = Tag(1, Type::kBytes);
constexpr uint32_t kValue = Tag(2, Type::kBytes);
constexpr uint32_t kRawValue = Tag(3, Type::kBytes);
// Body
constexpr uint32_t kAsBytes = Tag(1, Type::kBytes);
constexpr uint32_t kAsString = Tag(2, Type::kBytes);
constexpr uint32_t kTruncated = Tag(3, Type::kVarint);
// google.protobuf.Timestamp
constexpr uint32_t kSeconds = Tag(1, Type::kVarint);
constexpr uint32_t kNanos = Tag(2, Type::kVarint);
// HttpStreamedTraceSegment; the pieces follow in the order of the kinds.
constexpr uint32_t kTraceId = Tag(1, Type::kVarint);
constexpr std::array<std::pair<uint32_t, TapPiece::Kind>, 6> kPieces = {{
    {Tag(2, Type::kBytes), TapPiece::Kind::kRequestHeaders},
    {Tag(3, Type::kBytes), TapPiece::Kind::kRequestBody},
    {Tag(4, Type::kBytes), TapPiece::Kind::kRequestTrailers},
    {Tag(5, Type::kBytes), TapPiece::Kind::kResponseHeaders},
    {Tag(6, Type::kBytes), TapPiece::Kind::kResponseBody},
    {Tag(7, Type::kBytes), TapPiece::Kind::kResponseTrailers},
}};

bool ReadHeader(std::string_view bytes, Fields* fields) {
  Reader reader(bytes);
  std::string_view key;
  std::string_view value;
  std::string_view raw_value;
  while (const uint32_t tag = reader.NextTag()) {
    if (tag == kKey) {
      key = reader.Bytes();
    } else if (tag == kValue) {
      value = reader.Bytes();
    } else if (tag == kRawValue) {
      raw_value = reader.Bytes();
    } else {
      reader.Skip(tag);
    }
  }
  if (fields->size() == kMaxFields) return false;
  fields->Add(key, value.empty() ? raw_value : value);
  return reader.ok();
}

bool ReadHeaderMap(std::string_view bytes, Fields* fields) {
  Reader reader(bytes);
  bool ok = true;
  while (const uint32_t tag = reader.NextTag()) {
    if (tag == kMapHeaders) {
      ok = ReadHeader(reader.Bytes(), fields) && ok;
    } else {
      reader.Skip(tag);
    }
  }
  return ok && reader.ok();
}

bool ReadBody(std::string_view bytes, TappedMessage* message) {
  Reader reader(bytes);
  while (const uint32_t tag = reader.NextTag()) {
    if (tag == kAsBytes || tag == kAsString) {
      message->body = reader.Bytes();
    } else if (tag == kTruncated) {
      message->truncated = reader.Varint() != 0;
    } else {
      reader.Skip(tag);
    }
  }
  return reader.ok();
}

bool ReadTime(std::string_view bytes, std::optional<WallTime>* time) {
  constexpr uint64_t kLastSecond = 9'214'646'400;  // 2262
  constexpr uint64_t kNanosPerSecond = 1'000'000'000;
  Reader reader(bytes);
  uint64_t seconds = 0;
  uint64_t nanos = 0;
  while (const uint32_t tag = reader.NextTag()) {
    if (tag == kSeconds) {
      seconds = reader.Varint();
    } else if (tag == kNanos) {
      nanos = reader.Varint();
    } else {
      reader.Skip(tag);
    }
  }
  if (seconds >= kLastSecond || nanos >= kNanosPerSecond) return false;
  *time = WallTime(Nanos(static_cast<int64_t>(seconds * kNanosPerSecond + nanos)));
  return reader.ok();
}

bool ReadMessage(std::string_view bytes, TappedMessage* message) {
  Reader reader(bytes);
  bool ok = true;
  while (const uint32_t tag = reader.NextTag()) {
    if (tag == kHeaders) {
      ok = ReadHeader(reader.Bytes(), &message->headers) && ok;
    } else if (tag == kBody) {
      ok = ReadBody(reader.Bytes(), message) && ok;
    } else if (tag == kTrailers) {
      ok = ReadHeader(reader.Bytes(), &message->trailers) && ok;
    } else if (tag == kHeadersReceived) {
      ok = ReadTime(reader.Bytes(), &message->received) && ok;
    } else {
      reader.Skip(tag);
    }
  }
  return ok && reader.ok();
}

bool ReadBuffered(std::string_view bytes, TapPiece* piece) {
  Reader reader(bytes);
  bool ok = true;
  while (const uint32_t tag = reader.NextTag()) {
    if (tag == kRequest) {
      ok = ReadMessage(reader.Bytes(), &piece->request) && ok;
    } else if (tag == kResponse) {
      ok = ReadMessage(reader.Bytes(), &piece->response) && ok;
    } else {
      reader.Skip(tag);
    }
  }
  piece->kind = TapPiece::Kind::kBuffered;
  return ok && reader.ok();
}

bool ReadPart(TapPiece::Kind kind, std::string_view bytes, TapPiece* piece) {
  piece->kind = kind;
  switch (kind) {
    case TapPiece::Kind::kRequestHeaders:
      return ReadHeaderMap(bytes, &piece->request.headers);
    case TapPiece::Kind::kRequestBody:
      return ReadBody(bytes, &piece->request);
    case TapPiece::Kind::kRequestTrailers:
      return ReadHeaderMap(bytes, &piece->request.trailers);
    case TapPiece::Kind::kResponseHeaders:
      return ReadHeaderMap(bytes, &piece->response.headers);
    case TapPiece::Kind::kResponseBody:
      return ReadBody(bytes, &piece->response);
    case TapPiece::Kind::kResponseTrailers:
      return ReadHeaderMap(bytes, &piece->response.trailers);
    case TapPiece::Kind::kNone:
    case TapPiece::Kind::kBuffered:
      break;
  }
  return false;
}

bool ReadSegment(std::string_view bytes, TapPiece* piece) {
  Reader reader(bytes);
  bool ok = true;
  while (const uint32_t tag = reader.NextTag()) {
    if (tag == kTraceId) {
      piece->trace_id = reader.Varint();
      continue;
    }
    const auto* found = kPieces.begin();
    while (found != kPieces.end() && found->first != tag) ++found;
    if (found == kPieces.end()) {
      reader.Skip(tag);
    } else {
      ok = ReadPart(found->second, reader.Bytes(), piece) && ok;
    }
  }
  return ok && reader.ok();
}

void AppendMessage(TappedMessage piece, TappedMessage* whole) {
  for (const FieldView field : piece.headers) whole->headers.Add(field.name, field.value);
  whole->body += piece.body;
  for (const FieldView field : piece.trailers) whole->trailers.Add(field.name, field.value);
  whole->truncated = whole->truncated || piece.truncated;
}

}  // namespace

const char* ParseTapPiece(std::string_view message, TapPiece* piece) {
  Reader reader(message);
  bool ok = true;
  while (const uint32_t tag = reader.NextTag()) {
    if (tag == kBufferedTrace) {
      ok = ReadBuffered(reader.Bytes(), piece) && ok;
    } else if (tag == kStreamedSegment) {
      ok = ReadSegment(reader.Bytes(), piece) && ok;
    } else {
      reader.Skip(tag);
    }
  }
  if (!ok || !reader.ok()) return "a message that is not an Envoy trace";
  if (piece->kind == TapPiece::Kind::kNone) return "a message without an HTTP trace";
  return nullptr;
}

void AppendPiece(TapPiece piece, TappedMessage* request, TappedMessage* response) {
  AppendMessage(std::move(piece.request), request);
  AppendMessage(std::move(piece.response), response);
}

}  // namespace shadowreel
