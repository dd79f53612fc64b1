#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "formats/exchange/access_log_line.h"
#include "formats/exchange/exchange_format.h"
#include "formats/exchange/line_reader.h"
#include "formats/exchange/second_spread.h"

namespace shadowreel {

// For the list of formats: a file is an access log when its first line that is not empty is of one.
absl::StatusOr<std::unique_ptr<Importer>> MakeAccessLogImporter(ImportInput input);
bool LooksLikeAccessLog(std::string_view path, std::string_view beginning);

struct AccessLogOptions {
  std::string authority{};  // of requests whose line names no host; "": they get none
  uint64_t seed = 0;        // of where within a second requests go
};

// Access logs: common, combined, Envoy's default (access_log_line.h) and JSON lines
// (access_log_json.h), told apart line by line. Times that are known to the second are spread
// within it and counted. A log has no bodies: a request that had one, as the line says or its
// method (POST, PUT, PATCH) lets expect, is imported with an empty one and counted. The response
// has a status and no headers; its body is marked truncated when bytes were sent. The version
// HTTP/3 becomes HTTP/2, one that is not stated HTTP/1.1.
class AccessLogImporter final : public Importer {
 public:
  static constexpr size_t kMaxLineBytes = size_t{1} << 20;

  AccessLogImporter(ImportInput input, const AccessLogOptions& options);

  absl::StatusOr<bool> Next(ImportedRequest* request) override;

 private:
  absl::StatusOr<bool> ReadOne();
  const char* Import(std::string_view line);
  void CountChanges(const LoggedRequest& logged);
  std::string Place() const;

  LineReader lines_;
  const std::string path_;
  Tally& tally_;
  const AccessLogOptions options_;
  SecondSpread spread_;
  bool found_line_ = false;  // a line that is of an access log
  bool ended_ = false;
};

}  // namespace shadowreel
