#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "formats/exchange/exchange_format.h"

namespace shadowreel {

// Every format that recordings come from and go to: the one place to add another.
const std::vector<ExchangeFormat>& ExchangeFormats();

// The format of that name which can be imported (exported); the error lists those that can.
absl::StatusOr<const ExchangeFormat*> FindImportFormat(std::string_view name);
absl::StatusOr<const ExchangeFormat*> FindExportFormat(std::string_view name);

// The one format that a file of this path and beginning looks like; an error when there is none,
// or more than one.
absl::StatusOr<const ExchangeFormat*> GuessImportFormat(const std::string& path,
                                                        std::string_view beginning);

// "gor, vegeta or har", for help and errors.
std::string ImportFormatNames();
std::string ExportFormatNames();

}  // namespace shadowreel
