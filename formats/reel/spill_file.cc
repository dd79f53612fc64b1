#include "formats/reel/spill_file.h"

#include <random>
#include <utility>

#include "base/status.h"

namespace shadowreel {
namespace {

// The file's own name would say nothing: it is random and gone.
absl::Status Explained(const std::string& directory, const absl::Status& status) {
  if (status.ok()) return status;
  return {status.code(),
          fmt::format("cannot sort with a temporary file in {}: {}; set TMPDIR to a directory with "
                      "more room",
                      directory, Message(status))};
}

std::string RandomName() {
  std::random_device random;
  return fmt::format("reel-sort-{:08x}{:08x}", random(), random());
}

}  // namespace

absl::StatusOr<std::unique_ptr<SpillFile>> SpillFile::Create(const SortSpace& space) {
  const std::string path = JoinPath(space.directory, RandomName());
  auto writer = space.files.Create(path);
  if (!writer.ok()) return Explained(space.directory, writer.status());
  auto reader = space.files.Open(path);
  const absl::Status removed = space.files.Remove(path);
  if (!reader.ok()) return Explained(space.directory, reader.status());
  RETURN_IF_ERROR(Explained(space.directory, removed));
  return std::unique_ptr<SpillFile>(
      new SpillFile(space.directory, std::move(writer).value(), std::move(reader).value()));
}

absl::Status SpillFile::Append(std::string_view bytes) {
  RETURN_IF_ERROR(Explained(directory_, writer_->Append(bytes)));
  size_ += bytes.size();
  return absl::OkStatus();
}

absl::Status SpillFile::ReadAt(uint64_t offset, size_t length, std::string* out) const {
  RETURN_IF_ERROR(Explained(directory_, reader_->ReadAt(offset, length, out)));
  if (out->size() == length) return absl::OkStatus();
  return UnusableError("a temporary file in {} ends at byte {} of {}", directory_,
                       offset + out->size(), size_);
}

}  // namespace shadowreel
