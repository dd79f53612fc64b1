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

// What an import of one file gave.
struct Imported {
  std::vector<ImportedRequest> requests;
  Tally tally;
  absl::Status status;
};

using MakeImporter = absl::StatusOr<std::unique_ptr<Importer>> (*)(ImportInput input);

inline Imported Import(MakeImporter make, std::unique_ptr<ByteSource> source) {
  Imported imported;
  ArrivalSequence arrivals(WallTime(std::chrono::seconds(1'700'000'000)), 100);
  auto importer = make({"file", std::move(source), &arrivals, &imported.tally});
  if (!importer.ok()) {
    imported.status = importer.status();
    return imported;
  }
  while (true) {
    ImportedRequest request;
    const absl::StatusOr<bool> more = (*importer)->Next(&request);
    imported.status = more.status();
    if (!more.ok() || !*more) return imported;
    imported.requests.push_back(std::move(request));
  }
}

inline Imported ImportText(MakeImporter make, std::string text, size_t piece = 1 << 20) {
  return Import(make, std::make_unique<TextSource>(std::move(text), piece));
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
