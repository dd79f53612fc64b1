#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/exchange/exchange_format.h"
#include "formats/exchange/har_entry.h"
#include "formats/exchange/har_scanner.h"

namespace shadowreel {

// For the list of formats: a file is HAR by its name (*.har) or by its beginning.
absl::StatusOr<std::unique_ptr<Importer>> MakeHarImporter(ImportInput input);
bool LooksLikeHar(std::string_view path, std::string_view beginning);

// HAR 1.2, as browsers and proxies write it: the requests of log.entries, in the order of the file,
// whatever their times. A file that breaks off, or is not JSON from somewhere on, gives what stands
// before that place, and the tally names it. What HAR leaves open is decided so:
//  - target and host are those of ":path" and ":authority" or Host among the headers, else the
//    URL's; OPTIONS of a URL without a path is "*" (RFC 9112, 3.2.4);
//  - a version other than 1.0, 1.1, 2 and 3 is HTTP/1.1, or HTTP/2 when there are pseudo headers;
//  - a body is postData.text, else made of the parameters of a form; one that the file states the
//    size of and does not hold makes the record truncated, so that a replay skips it;
//  - Content-Length is set to the body's; a response of status 0 is none.
class HarImporter final : public Importer {
 public:
  static constexpr size_t kMaxEntryBytes = size_t{64} << 20;

  explicit HarImporter(ImportInput input);

  absl::StatusOr<bool> Next(ImportedRequest* request) override;

 private:
  bool Convert(std::string_view json, ImportedRequest* request);
  void ImportBody(HarEntry* entry, Record* record, const char** problem);
  const char* ImportRequest(HarEntry* entry, Record* record);
  const char* ImportResponse(HarEntry* entry, const Record& record, ImportedRequest* request);
  std::string Place() const;

  HarScanner scanner_;
  const std::string path_;
  Tally& tally_;
  uint64_t entry_ = 0;                // index of the one read last, plus 1
  std::vector<const char*> changes_;  // of the entry being read, counted when it is imported
};

}  // namespace shadowreel
