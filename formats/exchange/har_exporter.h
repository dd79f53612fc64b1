#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "formats/exchange/exporter.h"
#include "formats/exchange/tally.h"

namespace shadowreel {

// For the list of formats.
std::unique_ptr<Exporter> MakeHarExporter(Tally* tally);

// Writes HAR 1.2, valid under the har-schema JSON schema, an entry a record and a line an entry. A
// record without a response gets status 0, as browsers write it. HTTP/2 has its pseudo headers
// among the headers, as Chrome writes them. What HAR has no place for is counted: incomplete
// requests and those without a host (left out), bodies that are no UTF-8 or truncated (left out,
// the size kept), targets that no URL can hold, header bytes that are no UTF-8 (read as
// ISO-8859-1), trailers. Weights, peers, streams and the marks of redaction are not written.
class HarExporter final : public Exporter {
 public:
  explicit HarExporter(Tally* tally) : tally_(*tally) {}

  void Begin(std::string* out) override;
  void Write(const Record& record, const Response* response, std::string* out) override;
  void End(std::string* out) override;

 private:
  void WriteRequest(const Record& record, const std::string& url, std::string* out);
  void WriteResponse(const Response* response, std::string* out);
  void WriteContent(const Response& response, std::string* out);
  void WriteHeaders(const Fields& fields, std::string* out);
  void CheckUrl(const Record& record, const std::string& url);
  void LeaveOut(std::string_view kind);
  void CountChange(std::string_view kind);

  Tally& tally_;
  uint64_t number_ = 0;  // of the record being written
  bool first_ = true;
};

}  // namespace shadowreel
