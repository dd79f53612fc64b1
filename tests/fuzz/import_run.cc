#include "tests/fuzz/import_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "formats/exchange/formats.h"
#include "formats/redaction/redactor.h"
#include "formats/segment/response_lookup.h"
#include "formats/segment/segment_reader.h"
#include "formats/segment/segment_writer.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/exchange/text_source.h"
#include "tests/fuzz/flat_record.h"
#include "tests/fuzz/same.h"

namespace shadowreel {
namespace {

constexpr char kPath[] = "in/put";
constexpr size_t kMostKinds = 64;

struct Import {
  std::vector<ImportedRequest> requests;
  absl::Status status;
  Tally tally;
};

bool NamesTheFile(const absl::Status& status) {
  return status.message().find(kPath) != absl::string_view::npos;
}

Import ImportAll(const ExchangeFormat& format, std::string_view input, size_t piece) {
  Import import;
  ArrivalSequence arrivals(WallTime(std::chrono::seconds(1'700'000'000)), 1000);
  auto importer = format.make_importer(
      {kPath, std::make_unique<TextSource>(std::string(input), piece), &arrivals, &import.tally});
  if (!importer.ok()) {
    import.status = importer.status();
    return import;
  }
  while (true) {
    // One request takes a byte at least.
    CHECK(import.requests.size() <= input.size());
    ImportedRequest request;
    const absl::StatusOr<bool> more = (*importer)->Next(&request);
    if (!more.ok()) import.status = more.status();
    if (!more.ok() || !*more) return import;
    import.requests.push_back(std::move(request));
  }
}

// Returns the sum of the counts.
uint64_t CheckEntries(const Tally::Entries& entries) {
  uint64_t total = 0;
  CHECK(entries.size() <= kMostKinds);
  for (const auto& [kind, entry] : entries) {
    total += entry.count;
    CHECK(!kind.empty() && entry.count > 0);
    CHECK(entry.places.size() == std::min<uint64_t>(entry.count, Tally::kPlaces));
  }
  return total;
}

std::string Flat(const Tally::Entries& entries) {
  std::string text;
  for (const auto& [kind, entry] : entries) {
    text += fmt::format("{}: {} {}\n", kind, entry.count, fmt::join(entry.places, "; "));
  }
  return text;
}

std::string Flat(const Response& response) {
  std::string out;
  AppendFlat(static_cast<uint64_t>(response.first_byte.time_since_epoch().count()), &out);
  AppendFlat(static_cast<uint64_t>(response.completed.time_since_epoch().count()), &out);
  AppendFlat(response.status, &out);
  AppendFlat(response.headers, &out);
  AppendFlat(std::string_view(response.body), &out);
  AppendFlat(response.trailers, &out);
  AppendFlat(uint64_t{response.complete}, &out);
  AppendFlat(uint64_t{response.truncated}, &out);
  return out;
}

// Without the records' identities.
std::vector<std::string> Flat(const std::vector<ImportedRequest>& requests) {
  std::vector<std::string> flat;
  flat.reserve(requests.size());
  for (const ImportedRequest& request : requests) {
    flat.push_back(Flat(request.record, /*with_identity=*/false));
    if (request.response) flat.back() += Flat(*request.response);
  }
  return flat;
}

// A few bytes of a file must not stand for many of a record.
void CheckSizes(const std::vector<ImportedRequest>& requests, size_t input_size) {
  size_t bytes = 0;
  for (const auto& [record, response] : requests) {
    bytes += record.target.size() + record.body.size() + record.headers.byte_size();
    if (response) bytes += response->headers.byte_size() + response->body.size();
  }
  CHECK(bytes <= 4 * input_size + 256 * requests.size());
}

void Write(FileSystem& files, const std::vector<ImportedRequest>& requests) {
  FakeClock clock;
  auto writer = SegmentWriter::Create(files, clock, "d", "s", {}, {.zstd_level = 0});
  CHECK(writer.ok());
  for (const ImportedRequest& request : requests) {
    const absl::StatusOr<uint64_t> number = (*writer)->Append(request.record);
    CHECK(number.ok());
    if (request.response) CHECK((*writer)->AppendResponse(*number, *request.response).ok());
  }
  CHECK((*writer)->Seal({}).ok());
}

std::vector<ImportedRequest> Read(FileSystem& files, size_t count) {
  const auto reader = SegmentReader::Open(files, "d/s.seg");
  CHECK(reader.ok() && (*reader)->Verify().ok());
  ResponseLookup responses;
  std::vector<ImportedRequest> requests(count);
  for (const ChunkInfo& chunk : (*reader)->record_chunks()) {
    std::vector<Record> records;
    CHECK((*reader)->ReadRecords(chunk, &records).ok());
    for (Record& record : records) {
      CHECK((*reader)->LoadBody(&record).ok() && record.number < count);
      Response response;
      const auto found = responses.Find(**reader, record.number, &response);
      CHECK(found.ok());
      ImportedRequest& request = requests[record.number];
      if (*found) request.response = std::move(response);
      request.record = std::move(record);
    }
  }
  return requests;
}

// All but what the exporter says it left out comes back.
void ExportAndImport(const ExchangeFormat& format, const std::vector<ImportedRequest>& requests) {
  if (format.make_exporter == nullptr) return;
  Tally tally;
  std::string text;
  const auto exporter = format.make_exporter(&tally);
  exporter->Begin(&text);
  for (const auto& [record, response] : requests) {
    exporter->Write(record, response ? &*response : nullptr, &text);
  }
  exporter->End(&text);
  CheckEntries(tally.entries());
  if (tally.total() >= requests.size()) return;  // an empty file is none of the format
  const Import again = ImportAll(format, text, SIZE_MAX);
  CHECK(again.status.ok() && again.tally.total() == 0);
  // Responses that were left out are counted, too.
  CHECK(again.requests.size() <= requests.size());
  CHECK(again.requests.size() + tally.total() >= requests.size());
}

void Redact(std::vector<ImportedRequest> requests) {
  static const auto* const redactor =
      new Redactor(RedactionMode::kCredentials, {std::string(32, 'k'), "0123456789abcdef"});
  for (ImportedRequest& request : requests) redactor->Redact(&request.record);
}

}  // namespace

void FuzzImport(std::string_view format_name, std::string_view input) {
  const ExchangeFormat& format = **FindImportFormat(format_name);
  format.looks_like(kPath, input.substr(0, kBeginning));
  const Import whole = ImportAll(format, input, SIZE_MAX);
  CHECK(CheckEntries(whole.tally.entries()) == whole.tally.total());
  CheckEntries(whole.tally.changes());
  CHECK(whole.status.ok() || NamesTheFile(whole.status));
  const Import pieces = ImportAll(format, input, 1 + input.size() % 13);
  const std::vector<std::string> flat = Flat(whole.requests);
  CHECK(flat == Flat(pieces.requests) && whole.status == pieces.status);
  CheckSame("tallies", Flat(whole.tally.entries()), Flat(pieces.tally.entries()));
  CheckSame("changes", Flat(whole.tally.changes()), Flat(pieces.tally.changes()));
  CheckSizes(whole.requests, input.size());
  FaultyFileSystem files({"d"});
  Write(files, whole.requests);
  CHECK(flat == Flat(Read(files, whole.requests.size())));
  ExportAndImport(format, whole.requests);
  Redact(whole.requests);
}

}  // namespace shadowreel
