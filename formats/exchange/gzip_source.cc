#include "formats/exchange/gzip_source.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/status.h"

namespace shadowreel {
namespace {

constexpr int kGzipOnly = 15 + 16;  // the largest window, and a gzip wrapper
constexpr char kFirstByte = '\x1f';

class GzipSource final : public ByteSource {
 public:
  GzipSource(std::unique_ptr<ByteSource> compressed, std::string path)
      : compressed_(std::move(compressed)), path_(std::move(path)) {}
  ~GzipSource() override { inflateEnd(&stream_); }

  absl::Status Start() {
    if (inflateInit2(&stream_, kGzipOnly) == Z_OK) return absl::OkStatus();
    return UnusableError("{}: no memory to decompress it", path_);
  }

  absl::StatusOr<size_t> Read(char* out, size_t room) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(room, std::numeric_limits<uInt>::max()));
    const uInt offered = stream_.avail_out;
    while (failure_.ok() && !ended_ && stream_.avail_out == offered) failure_ = Advance();
    // An error may follow bytes that are whole: they go first, it comes with the next call.
    if (stream_.avail_out != offered) return offered - stream_.avail_out;
    RETURN_IF_ERROR(failure_);
    return 0;
  }

  uint64_t file_bytes_read() const override { return compressed_->file_bytes_read(); }
  uint64_t file_bytes() const override { return compressed_->file_bytes(); }

 private:
  // One step: more input, a member's beginning, or some output.
  absl::Status Advance() {
    if (stream_.avail_in == 0) {
      if (!between_members_) {
        // zlib may hold output of the input so far that there was no room for.
        const uInt offered = stream_.avail_out;
        RETURN_IF_ERROR(Inflate());
        if (stream_.avail_out != offered) return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(const size_t count, compressed_->Read(input_.data(), input_.size()));
      read_ += count;
      stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
      stream_.avail_in = static_cast<uInt>(count);
      if (count == 0) return FinishInput();
    }
    return between_members_ ? StartMember() : Inflate();
  }

  absl::Status FinishInput() {
    if (!between_members_) {
      return DamageError("{}: the gzip stream ends in the middle, at byte {} of the file", path_,
                         read_);
    }
    ended_ = true;
    return absl::OkStatus();
  }

  absl::Status StartMember() {
    while (stream_.avail_in > 0 && *stream_.next_in == 0) {
      ++stream_.next_in;
      --stream_.avail_in;
      padding_ = true;
    }
    if (stream_.avail_in == 0) return absl::OkStatus();
    if (padding_ || static_cast<char>(*stream_.next_in) != kFirstByte) {
      return DamageError("{}: other bytes after the gzip stream, at byte {} of the file", path_,
                         read_ - stream_.avail_in);
    }
    between_members_ = false;
    inflateReset(&stream_);
    return absl::OkStatus();
  }

  absl::Status Inflate() {
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) between_members_ = true;
    if (result == Z_STREAM_END || result == Z_OK || result == Z_BUF_ERROR) return absl::OkStatus();
    return DamageError("{}: the gzip stream is damaged before byte {} of the file ({})", path_,
                       read_ - stream_.avail_in, stream_.msg != nullptr ? stream_.msg : "not gzip");
  }

  const std::unique_ptr<ByteSource> compressed_;
  const std::string path_;
  z_stream stream_{};
  std::array<char, 64 << 10> input_;
  uint64_t read_ = 0;  // compressed bytes so far
  bool between_members_ = false;
  bool padding_ = false;
  bool ended_ = false;
  absl::Status failure_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> MakeGzipSource(std::unique_ptr<ByteSource> compressed,
                                                           std::string path) {
  auto source = std::make_unique<GzipSource>(std::move(compressed), std::move(path));
  RETURN_IF_ERROR(source->Start());
  return std::unique_ptr<ByteSource>(std::move(source));
}

}  // namespace shadowreel
