#include "formats/exchange/envoy_tap_importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/status.h"
#include "formats/exchange/imported_record.h"

namespace shadowreel {
namespace {

// Copies the fields of the wire to `fields`; the first value of each pseudo header to the string
// that is named for it.
void TakeHeaders(const Fields& headers, Record* record) {
  record->headers.Reserve(headers.size(), headers.byte_size());
  for (const FieldView header : headers) {
    if (header.name == ":method") {
      record->method = header.value;
    } else if (header.name == ":path") {
      record->target = header.value;
    } else if (header.name == ":authority") {
      record->authority = header.value;
    } else if (!header.name.starts_with(':')) {
      record->headers.Add(header.name, TrimFieldValue(header.value));
    }
  }
}

uint32_t ParseStatus(std::string_view text) {
  uint32_t status = 0;
  std::from_chars(text.data(), text.data() + text.size(), status);
  return status;
}

// The length of a cut body: what the request says of it, at least what there is.
uint64_t WholeLength(const Record& record) {
  uint64_t length = 0;
  if (const auto stated = record.headers.Find("content-length")) {
    std::from_chars(stated->data(), stated->data() + stated->size(), length);
  }
  return std::max<uint64_t>(length, record.body.size());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Importer>> MakeEnvoyTapImporter(ImportInput input) {
  const EnvoyTapOptions options{.delimited = false, .keep_truncated = input.choices.keep_truncated};
  return std::unique_ptr<Importer>(std::make_unique<EnvoyTapImporter>(std::move(input), options));
}

absl::StatusOr<std::unique_ptr<Importer>> MakeDelimitedEnvoyTapImporter(ImportInput input) {
  const EnvoyTapOptions options{.delimited = true, .keep_truncated = input.choices.keep_truncated};
  return std::unique_ptr<Importer>(std::make_unique<EnvoyTapImporter>(std::move(input), options));
}

bool LooksLikeEnvoyTap(std::string_view path, std::string_view) {
  return path.ends_with(".pb") || path.ends_with(".pb.gz");
}

bool LooksLikeDelimitedEnvoyTap(std::string_view path, std::string_view) {
  return path.ends_with(".pb_length_delimited") || path.ends_with(".pb_length_delimited.gz");
}

EnvoyTapImporter::EnvoyTapImporter(ImportInput input, const EnvoyTapOptions& options)
    : messages_(std::move(input.source), options.delimited),
      path_(std::move(input.path)),
      arrivals_(*input.arrivals),
      tally_(*input.tally),
      options_(options) {}

absl::StatusOr<bool> EnvoyTapImporter::Next(ImportedRequest* request) {
  while (true) {
    while (MustFinishOldest()) {
      Trace trace = std::move(open_.front());
      open_.pop_front();
      open_bytes_ -= trace.bytes;
      if (Convert(std::move(trace), request)) return true;
    }
    if (ended_) return false;
    ASSIGN_OR_RETURN(const bool more, ReadPiece());
    ended_ = !more;
  }
}

// A buffered trace is whole; a streamed one has no end of its own.
bool EnvoyTapImporter::MustFinishOldest() const {
  if (open_.empty()) return false;
  return ended_ || !open_.front().streamed || open_.size() > kMaxOpenTraces ||
         open_bytes_ > kMaxOpenBytes;
}

// False when there is nothing more to read.
absl::StatusOr<bool> EnvoyTapImporter::ReadPiece() {
  std::string_view message;
  ASSIGN_OR_RETURN(const EnvoyTapMessages::Result result, messages_.Next(&message));
  const std::string place =
      fmt::format("{}: message {} at byte {}", path_, messages_.number(), messages_.offset());
  switch (result) {
    case EnvoyTapMessages::Result::kEnd:
      return false;
    case EnvoyTapMessages::Result::kCut:
      tally_.Add("a message that the end of the file cuts", place);
      return false;
    case EnvoyTapMessages::Result::kBroken:
      tally_.Add("the rest of the file: no length of a message", place);
      return false;
    case EnvoyTapMessages::Result::kTooLong:
      tally_.Add("a message over 64 MiB", place);
      return true;
    case EnvoyTapMessages::Result::kMessage:
      break;
  }
  TapPiece piece;
  if (const char* const problem = ParseTapPiece(message, &piece)) {
    tally_.Add(problem, place);
  } else {
    Take(std::move(piece), message.size());
  }
  return true;
}

EnvoyTapImporter::Trace* EnvoyTapImporter::FindOpen(uint64_t id) {
  const auto found = std::find_if(open_.rbegin(), open_.rend(), [&](const Trace& trace) {
    return trace.streamed && !trace.closed && trace.id == id;
  });
  return found == open_.rend() ? nullptr : &*found;
}

void EnvoyTapImporter::Take(TapPiece piece, size_t bytes) {
  const std::string place =
      fmt::format("{}: message {} at byte {}", path_, messages_.number(), messages_.offset());
  const bool streamed = piece.kind != TapPiece::Kind::kBuffered;
  Trace* const trace = streamed ? FindOpen(piece.trace_id) : nullptr;
  open_bytes_ += bytes;
  if (!streamed || piece.kind == TapPiece::Kind::kRequestHeaders) {
    if (trace != nullptr) trace->closed = true;  // ids repeat
    open_.push_back({place, streamed, false, piece.trace_id, bytes, std::move(piece.request),
                     std::move(piece.response)});
    return;
  }
  if (trace == nullptr) {
    open_bytes_ -= bytes;
    tally_.Add("a streamed segment without its request headers", place);
    return;
  }
  trace->bytes += bytes;
  AppendPiece(std::move(piece), &trace->request, &trace->response);
}

bool EnvoyTapImporter::Convert(Trace trace, ImportedRequest* request) {
  *request = ImportedRequest();
  const char* const problem = ImportTrace(&trace, request);
  if (problem != nullptr) tally_.Add(problem, trace.place);
  return problem == nullptr;
}

const char* EnvoyTapImporter::ImportTrace(Trace* trace, ImportedRequest* request) {
  Record* const record = &request->record;
  TappedMessage& message = trace->request;
  if (message.truncated && !options_.keep_truncated) {
    return "a request whose body Envoy truncated: import it with --truncated=keep";
  }
  TakeHeaders(message.headers, record);
  record->version =
      record->headers.Find("transfer-encoding") ? HttpVersion::kHttp11 : HttpVersion::kHttp2;
  record->body = std::move(message.body);
  record->trailers = std::move(message.trailers);
  record->truncated = message.truncated;
  if (record->truncated) record->wire_body_bytes = WholeLength(*record);
  const Settled settled = SettleRecord(record);
  if (settled.problem != nullptr) return settled.problem;
  if (const char* const problem = ImportResponse(&trace->response, request)) return problem;
  if (settled.length_corrected)
    tally_.AddChange("Content-Length set to the body's length", trace->place);
  if (!message.received)
    tally_.AddChange("a time that is not in the file: spaced evenly", trace->place);
  record->arrival = message.received ? *message.received : arrivals_.Next();
  record->completed = record->arrival;
  return nullptr;
}

const char* EnvoyTapImporter::ImportResponse(TappedMessage* message, ImportedRequest* request) {
  if (message->headers.empty()) return nullptr;
  Response response;
  for (const FieldView header : message->headers) {
    if (header.name == ":status") {
      response.status = ParseStatus(header.value);
    } else if (!header.name.starts_with(':')) {
      response.headers.Add(header.name, TrimFieldValue(header.value));
    }
  }
  if (message->received) response.first_byte = response.completed = *message->received;
  response.body = std::move(message->body);
  response.trailers = std::move(message->trailers);
  response.truncated = message->truncated;
  if (const char* const problem = ProblemOf(response)) return problem;
  request->response = std::move(response);
  return nullptr;
}

}  // namespace shadowreel
