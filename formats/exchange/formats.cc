#include "formats/exchange/formats.h"

#include "base/status.h"
#include "formats/exchange/access_log_importer.h"
#include "formats/exchange/curl.h"
#include "formats/exchange/envoy_tap_importer.h"
#include "formats/exchange/gor.h"
#include "formats/exchange/har_exporter.h"
#include "formats/exchange/har_importer.h"
#include "formats/exchange/vegeta.h"

namespace shadowreel {
namespace {

bool CanImport(const ExchangeFormat& format) { return format.make_importer != nullptr; }
bool CanExport(const ExchangeFormat& format) { return format.make_exporter != nullptr; }

using Can = bool (*)(const ExchangeFormat& format);

std::string NamesOfThose(Can can) {
  std::vector<std::string_view> names;
  for (const ExchangeFormat& format : ExchangeFormats()) {
    if (can(format)) names.push_back(format.name);
  }
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

absl::StatusOr<const ExchangeFormat*> Find(std::string_view name, Can can) {
  for (const ExchangeFormat& format : ExchangeFormats()) {
    if (can(format) && format.name == name) return &format;
  }
  return UsageError("'{}' is not a format; write {}", name, NamesOfThose(can));
}

}  // namespace

const std::vector<ExchangeFormat>& ExchangeFormats() {
  static const auto* const formats = new std::vector<ExchangeFormat>{
      {"gor", MakeGorImporter, MakeGorExporter, LooksLikeGor},
      {"vegeta", MakeVegetaImporter, MakeVegetaExporter, LooksLikeVegeta, true},
      {"har", MakeHarImporter, MakeHarExporter, LooksLikeHar},
      {"curl", nullptr, MakeCurlExporter, nullptr},
      {"envoy_tap", MakeEnvoyTapImporter, nullptr, LooksLikeEnvoyTap},
      {"envoy_tap_delimited", MakeDelimitedEnvoyTapImporter, nullptr, LooksLikeDelimitedEnvoyTap},
      {"access_log", MakeAccessLogImporter, nullptr, LooksLikeAccessLog},
  };
  return *formats;
}

absl::StatusOr<const ExchangeFormat*> FindImportFormat(std::string_view name) {
  return Find(name, CanImport);
}

absl::StatusOr<const ExchangeFormat*> FindExportFormat(std::string_view name) {
  return Find(name, CanExport);
}

absl::StatusOr<const ExchangeFormat*> GuessImportFormat(const std::string& path,
                                                        std::string_view beginning) {
  const ExchangeFormat* guess = nullptr;
  for (const ExchangeFormat& format : ExchangeFormats()) {
    if (!CanImport(format) || !format.looks_like(path, beginning)) continue;
    if (guess != nullptr) {
      return UsageError("{}: {} or {}? name it with --format", path, guess->name, format.name);
    }
    guess = &format;
  }
  if (guess != nullptr) return guess;
  return UsageError("{}: cannot tell its format; name it with --format={}", path,
                    ImportFormatNames());
}

std::string ImportFormatNames() { return NamesOfThose(CanImport); }
std::string ExportFormatNames() { return NamesOfThose(CanExport); }

}  // namespace shadowreel
