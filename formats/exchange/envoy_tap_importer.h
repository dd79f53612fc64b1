#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "formats/exchange/envoy_tap_messages.h"
#include "formats/exchange/envoy_tap_trace.h"
#include "formats/exchange/exchange_format.h"

namespace shadowreel {

// For the list of formats, which know the files by the names that Envoy gives them: NAME.pb holds
// one message, NAME.pb_length_delimited many.
absl::StatusOr<std::unique_ptr<Importer>> MakeEnvoyTapImporter(ImportInput input);
absl::StatusOr<std::unique_ptr<Importer>> MakeDelimitedEnvoyTapImporter(ImportInput input);
bool LooksLikeEnvoyTap(std::string_view path, std::string_view beginning);
bool LooksLikeDelimitedEnvoyTap(std::string_view path, std::string_view beginning);

struct EnvoyTapOptions {
  bool delimited = false;       // messages behind their lengths (.pb_length_delimited), else one
  bool keep_truncated = false;  // import cut bodies, marked truncated, instead of leaving them out
};

// What Envoy's tap filter wrote in protobuf's binary form: buffered traces and streamed ones, whose
// segments may be interleaved; requests come in the order of their headers. A tap does not say
// which HTTP version the client spoke: with its pseudo headers and lower-case names a request is
// HTTP/2, but HTTP/1.1 when it has a Transfer-Encoding, which HTTP/2 does not allow. A time is in
// buffered traces of newer Envoys alone; other requests are spaced evenly, and counted.
class EnvoyTapImporter final : public Importer {
 public:
  // Streamed traces that may be open at once, and the bytes that they may take together: over these
  // the oldest is taken to be whole.
  static constexpr size_t kMaxOpenTraces = 1024;
  static constexpr size_t kMaxOpenBytes = size_t{128} << 20;

  EnvoyTapImporter(ImportInput input, const EnvoyTapOptions& options);

  absl::StatusOr<bool> Next(ImportedRequest* request) override;

 private:
  struct Trace {
    std::string place;
    bool streamed = false;
    bool closed = false;  // its id was given to another
    uint64_t id = 0;
    size_t bytes = 0;
    TappedMessage request;
    TappedMessage response;
  };

  absl::StatusOr<bool> ReadPiece();
  void Take(TapPiece piece, size_t bytes);
  Trace* FindOpen(uint64_t id);
  bool MustFinishOldest() const;
  bool Convert(Trace trace, ImportedRequest* request);
  const char* ImportTrace(Trace* trace, ImportedRequest* request);
  const char* ImportResponse(TappedMessage* message, ImportedRequest* request);

  EnvoyTapMessages messages_;
  const std::string path_;
  ArrivalSequence& arrivals_;
  Tally& tally_;
  const EnvoyTapOptions options_;
  std::deque<Trace> open_;
  size_t open_bytes_ = 0;
  bool ended_ = false;
};

}  // namespace shadowreel
