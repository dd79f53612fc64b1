#include "formats/exchange/byte_source.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "formats/exchange/gzip_source.h"

namespace shadowreel {
namespace {

constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr size_t kLargestRead = 256 << 10;

class FileSource final : public ByteSource {
 public:
  explicit FileSource(std::unique_ptr<RandomAccessFile> file) : file_(std::move(file)) {}

  absl::StatusOr<size_t> Read(char* out, size_t room) override {
    RETURN_IF_ERROR(failure_);
    failure_ = file_->ReadAt(offset_, std::min(room, kLargestRead), &buffer_);
    RETURN_IF_ERROR(failure_);
    std::memcpy(out, buffer_.data(), buffer_.size());
    offset_ += buffer_.size();
    return buffer_.size();
  }

  uint64_t file_bytes_read() const override { return offset_; }
  uint64_t file_bytes() const override { return file_->size(); }

 private:
  const std::unique_ptr<RandomAccessFile> file_;
  uint64_t offset_ = 0;
  std::string buffer_;
  absl::Status failure_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenByteSource(FileSystem& files,
                                                           const std::string& path) {
  ASSIGN_OR_RETURN(auto file, files.Open(path));
  std::string beginning;
  RETURN_IF_ERROR(file->ReadAt(0, kGzipMagic.size(), &beginning));
  auto source = std::make_unique<FileSource>(std::move(file));
  if (beginning == kGzipMagic) return MakeGzipSource(std::move(source), path);
  return std::unique_ptr<ByteSource>(std::move(source));
}

}  // namespace shadowreel
