// Writes a recording of one segment from lines of JSON on standard input, for tests of whole
// programs: {"method", "target", "at_ms", "headers": [[name, value], ...], "body", "framing":
// "none" | "content-length" | "chunked", "complete", "truncated", "http10"}; all may be left out.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/posix_file_system.h"
#include "base/status.h"
#include "formats/segment/segment_writer.h"
#include "net/http/authority.h"

namespace shadowreel {
namespace {

using nlohmann::json;

Record RecordFrom(const json& line) {
  Record record;
  record.method = line.value("method", "GET");
  record.target = line.value("target", "/");
  record.arrival = WallTime(std::chrono::seconds(1'700'000'000) +
                            std::chrono::milliseconds(line.value("at_ms", 0)));
  record.completed = record.arrival;
  record.version = line.value("http10", false) ? HttpVersion::kHttp10 : HttpVersion::kHttp11;
  for (const auto& field : line.value("headers", json::array())) {
    record.headers.Add(field[0].get<std::string>(), field[1].get<std::string>());
  }
  record.authority = std::string(record.headers.Find("host").value_or(""));
  record.stripped_authority = StripShadow(record.authority);
  record.body = line.value("body", "");
  const std::string framing = line.value("framing", "none");
  if (framing == "content-length") record.framing = Framing::kContentLength;
  if (framing == "chunked") record.framing = Framing::kChunked;
  record.complete = line.value("complete", true);
  record.truncated = line.value("truncated", false);
  record.wire_body_bytes = record.body.size();
  return record;
}

absl::Status WriteRecording(const std::string& directory) {
  PosixFileSystem files;
  SystemClock clock;
  trace::SegmentHeader header;
  header.set_recording_uuid("0123456789abcdef");
  ASSIGN_OR_RETURN(const auto writer,
                   SegmentWriter::Create(files, clock, directory, "000001", header));
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto number = writer->Append(RecordFrom(json::parse(line)));
    RETURN_IF_ERROR(number.status());
  }
  return writer->Seal({});
}

}  // namespace
}  // namespace shadowreel

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const absl::Status status = shadowreel::WriteRecording(argv[1]);
  if (status.ok()) return 0;
  fmt::print(stderr, "write_recording: {}\n", shadowreel::Message(status));
  return 1;
}
