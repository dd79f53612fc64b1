// What imports read: files that may be gzip. Whatever they hold, how much is asked for at a time
// makes no difference.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "formats/exchange/byte_source.h"
#include "tests/fakes/faulty_file_system.h"

namespace shadowreel {
namespace {

constexpr char kPath[] = "d/file";

// A few bytes of gzip can stand for very many.
constexpr size_t kMostBytes = size_t{64} << 10;

struct Reading {
  std::string bytes;
  absl::Status status;
};

Reading ReadAll(FileSystem& files, size_t room) {
  Reading reading;
  auto source = OpenByteSource(files, kPath);
  CHECK(source.ok());
  std::string buffer(room, '\0');
  while (reading.bytes.size() < kMostBytes) {
    const absl::StatusOr<size_t> count = (*source)->Read(buffer.data(), buffer.size());
    reading.status = count.status();
    if (!count.ok()) CHECK((*source)->Read(buffer.data(), 1).status() == count.status());
    if (!count.ok() || *count == 0) break;
    CHECK(*count <= room);
    reading.bytes.append(buffer, 0, *count);
  }
  return reading;
}

}  // namespace
}  // namespace shadowreel

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace shadowreel;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  FaultyFileSystem files({"d"});
  files.SetContents(kPath, input);
  const Reading whole = ReadAll(files, size_t{64} << 10);
  const Reading pieces = ReadAll(files, 1 + size % 100);
  const size_t both = std::min(whole.bytes.size(), pieces.bytes.size());
  CHECK(std::string_view(whole.bytes).substr(0, both) ==
        std::string_view(pieces.bytes).substr(0, both));
  if (both >= kMostBytes) return 0;
  CHECK(whole.bytes.size() == pieces.bytes.size() && whole.status == pieces.status);
  if (!input.starts_with("\x1f\x8b")) CHECK(whole.status.ok() && whole.bytes == input);
  return 0;
}
