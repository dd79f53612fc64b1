#include "tests/fuzz/import_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "formats/redaction/redactor.h"
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
  std::vector<Record> records;
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
    CHECK(import.records.size() <= input.size());
    ImportedRequest request;
    const absl::StatusOr<bool> more = (*importer)->Next(&request);
    if (!more.ok()) import.status = more.status();
    if (!more.ok() || !*more) return import;
    import.records.push_back(std::move(request.record));
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

std::vector<std::string> FlatWithoutIdentity(const std::vector<Record>& records) {
  std::vector<std::string> flat;
  flat.reserve(records.size());
  for (const Record& record : records) flat.push_back(Flat(record, /*with_identity=*/false));
  return flat;
}

// A few bytes of a file must not stand for many of a record.
void CheckSizes(const std::vector<Record>& records, size_t input_size) {
  size_t bytes = 0;
  for (const Record& record : records) {
    bytes += record.target.size() + record.body.size() + record.headers.byte_size();
  }
  CHECK(bytes <= 4 * input_size + 256 * records.size());
}

std::vector<Record> WrittenAndRead(const std::vector<Record>& records) {
  FaultyFileSystem files({"d"});
  FakeClock clock;
  auto writer = SegmentWriter::Create(files, clock, "d", "s", {}, {.zstd_level = 0});
  CHECK(writer.ok());
  for (const Record& record : records) CHECK((*writer)->Append(record).ok());
  CHECK((*writer)->Seal({}).ok());
  const auto reader = SegmentReader::Open(files, "d/s.seg");
  CHECK(reader.ok() && (*reader)->Verify().ok());
  std::vector<Record> all(records.size());
  for (const ChunkInfo& chunk : (*reader)->record_chunks()) {
    std::vector<Record> read;
    CHECK((*reader)->ReadRecords(chunk, &read).ok());
    for (Record& record : read) {
      CHECK((*reader)->LoadBody(&record).ok() && record.number < all.size());
      all[record.number] = std::move(record);
    }
  }
  return all;
}

void Redact(std::vector<Record> records) {
  static const auto* const redactor =
      new Redactor(RedactionMode::kCredentials, {std::string(32, 'k'), "0123456789abcdef"});
  for (Record& record : records) redactor->Redact(&record);
}

}  // namespace

void FuzzImport(const ExchangeFormat& format, std::string_view input) {
  format.looks_like(kPath, input.substr(0, kBeginning));
  const Import whole = ImportAll(format, input, SIZE_MAX);
  CHECK(CheckEntries(whole.tally.entries()) == whole.tally.total());
  CheckEntries(whole.tally.changes());
  CHECK(whole.status.ok() || NamesTheFile(whole.status));
  const Import pieces = ImportAll(format, input, 1 + input.size() % 13);
  const std::vector<std::string> flat = FlatWithoutIdentity(whole.records);
  CHECK(flat == FlatWithoutIdentity(pieces.records));
  CHECK(whole.status == pieces.status);
  CheckSame("tallies", Flat(whole.tally.entries()), Flat(pieces.tally.entries()));
  CheckSame("changes", Flat(whole.tally.changes()), Flat(pieces.tally.changes()));
  CheckSizes(whole.records, input.size());
  CHECK(flat == FlatWithoutIdentity(WrittenAndRead(whole.records)));
  Redact(whole.records);
}

}  // namespace shadowreel
