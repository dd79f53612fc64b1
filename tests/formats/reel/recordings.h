#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/exit_code.h"
#include "base/posix_file_system.h"
#include "formats/record.h"
#include "formats/reel/notices.h"
#include "formats/reel/output.h"
#include "formats/trace.pb.h"

namespace shadowreel {

// Seconds after 2023-11-14T22:13:20Z.
WallTime At(double seconds);

// A POST with a few headers and a body; arrives at At(ordinal).
Record SampleRecord(int ordinal);

// A new, empty directory of its own for the running test.
std::string NewDirectory(const std::string& name);

struct SegmentContent {
  std::string name = "000001";
  std::string recording = std::string(16, 'R');  // uuid
  uint64_t first_number = 1;
  uint32_t sequence = 1;
  std::string redaction_mode = "credentials";
  std::string key_id{};
  trace::CaptureLedger ledger{};
  bool sealed = true;
};

// Writes a segment with these records into the directory; returns its path.
std::string WriteSegment(const std::string& directory, const std::vector<Record>& records,
                         const SegmentContent& content = {});

// A recording of one segment.
std::string WriteRecording(const std::string& name, const std::vector<Record>& records);

// Inverts one byte of a file.
void FlipByte(const std::string& path, size_t offset);
size_t FileSize(const std::string& path);
void WriteText(const std::string& path, std::string_view text);

// What a verb did.
struct Ran {
  absl::StatusOr<ExitCode> result;
  std::string printed;
  std::string warned;
};
Ran RunVerb(const std::function<absl::StatusOr<ExitCode>(FileSystem&, Output&, Notices&)>& verb);

std::vector<std::string> Lines(const std::string& text);

}  // namespace shadowreel
