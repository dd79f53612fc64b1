#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "formats/exchange/exchange_format.h"
#include "formats/reel/record_comparison.h"
#include "tests/formats/exchange/text_source.h"

namespace shadowreel {

// What an import of a text named "file" gave.
struct Imported {
  std::vector<ImportedRequest> requests;
  Tally tally;
  std::string error;  // "" when it came to its end

  // Of a kind, left out or changed.
  Tally::Entry Find(std::string_view kind) const {
    for (const Tally::Entries* const entries : {&tally.entries(), &tally.changes()}) {
      if (const auto found = entries->find(kind); found != entries->end()) return found->second;
    }
    return {};
  }
  uint64_t Count(std::string_view kind) const { return Find(kind).count; }
  std::string FirstPlace(std::string_view kind) const {
    const Tally::Entry entry = Find(kind);
    return entry.places.empty() ? "" : entry.places.front();
  }
  uint64_t total() const {
    uint64_t total = tally.total();
    for (const auto& [kind, entry] : tally.changes()) total += entry.count;
    return total;
  }
  const Record& record(size_t index) const { return requests.at(index).record; }
};

inline void ReadAll(Importer& importer, Imported* imported) {
  while (true) {
    ImportedRequest request;
    const absl::StatusOr<bool> more = importer.Next(&request);
    if (!more.ok()) imported->error = Message(more.status());
    if (!more.ok() || !*more) return;
    imported->requests.push_back(std::move(request));
  }
}

// Reads all of `source` with the importer that `make(ImportInput)` makes.
template <typename Make>
Imported ImportFrom(std::unique_ptr<ByteSource> source, Make make) {
  Imported imported;
  ArrivalSequence arrivals(WallTime(std::chrono::seconds(1'700'000'000)), 100);
  auto importer = make({"file", std::move(source), &arrivals, &imported.tally});
  ReadAll(importer, &imported);
  return imported;
}

using MakeImporter = absl::StatusOr<std::unique_ptr<Importer>> (*)(ImportInput input);

inline Imported ImportFrom(std::unique_ptr<ByteSource> source, MakeImporter make) {
  Imported imported;
  ArrivalSequence arrivals(WallTime(std::chrono::seconds(1'700'000'000)), 100);
  const auto importer = make({"file", std::move(source), &arrivals, &imported.tally});
  if (importer.ok()) {
    ReadAll(**importer, &imported);
  } else {
    imported.error = Message(importer.status());
  }
  return imported;
}

// The same for a text that comes in pieces of `piece` bytes.
template <typename Make>
Imported ImportText(std::string text, Make make, size_t piece = 1 << 20) {
  return ImportFrom(std::make_unique<TextSource>(std::move(text), piece), make);
}

// "2 x kind (file: offset 0; file: offset 12)" for each kind.
inline std::vector<std::string> Told(const Tally::Entries& entries) {
  std::vector<std::string> told;
  for (const auto& [kind, entry] : entries) {
    std::string places;
    for (const std::string& place : entry.places) places += (places.empty() ? "" : "; ") + place;
    told.push_back(fmt::format("{} x {} ({})", entry.count, kind, places));
  }
  return told;
}

// "header order: ..." for each difference.
inline std::vector<std::string> DifferencesOf(const Record& a, const Record& b) {
  std::vector<std::string> texts;
  for (const Difference& difference : CompareRecords(a, b)) {
    texts.push_back(fmt::format("{}: {}", NameOf(difference.kind), difference.detail));
  }
  return texts;
}

}  // namespace shadowreel
