#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace shadowreel::wire {

// Protobuf's wire format (protobuf.dev/programming-guides/encoding), without message objects.

enum class Type : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

inline constexpr size_t kMaxVarint = 10;

constexpr uint32_t Tag(uint32_t field, Type type) {
  return field << 3 | static_cast<uint32_t>(type);
}

constexpr size_t VarintSize(uint64_t value) {
  size_t size = 1;
  while (value >= 0x80) {
    value >>= 7;
    ++size;
  }
  return size;
}

constexpr uint64_t ZigZag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

// Writes at a cursor; the caller has made the room.
class Writer {
 public:
  explicit Writer(char* at) : at_(at) {}

  void Varint(uint64_t value) {
    while (value >= 0x80) {
      *at_++ = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    *at_++ = static_cast<char>(value);
  }
  void Raw(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  // A varint field; 0 is the default and takes no bytes.
  void Number(uint32_t field, uint64_t value) {
    if (value == 0) return;
    Varint(Tag(field, Type::kVarint));
    Varint(value);
  }
  // A bytes field, written even when empty.
  void Bytes(uint32_t field, std::string_view bytes) {
    Varint(Tag(field, Type::kBytes));
    Varint(bytes.size());
    Raw(bytes);
  }
  void Fixed64(uint32_t field, uint64_t value) {
    Varint(Tag(field, Type::kFixed64));
    for (int shift = 0; shift < 64; shift += 8) *at_++ = static_cast<char>(value >> shift);
  }
  char* at() const { return at_; }

 private:
  char* at_;
};

// Bytes that grow, reused from chunk to chunk. Grows in steps, so that it holds little more than
// it needs.
class Buffer {
 public:
  // Room for `count` more bytes; the pointer is valid until the next Reserve.
  char* Reserve(size_t count) {
    if (count > capacity_ - size_) Grow(size_ + count);
    return bytes_.get() + size_;
  }
  // Takes what was written up to `end`.
  void CommitTo(const char* end) { size_ = static_cast<size_t>(end - bytes_.get()); }
  void Clear() { size_ = 0; }
  size_t size() const { return size_; }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  void Grow(size_t needed) {
    constexpr size_t kStep = size_t{64} << 10;
    const size_t capacity = (needed + kStep - 1) / kStep * kStep;
    std::unique_ptr<char[]> grown(new char[capacity]);  // not zeroed
    if (size_ > 0) std::memcpy(grown.get(), bytes_.get(), size_);
    bytes_ = std::move(grown);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// Reads fields from bytes that may be anything. Once something does not fit, ok() is false and
// everything reads as 0 or empty.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return at_ == end_; }

  // The next field's tag; 0 at the end and after an error.
  uint32_t NextTag() {
    if (AtEnd()) return 0;
    const uint64_t tag = Varint();
    if (tag < 8 || tag > UINT32_MAX) return Fail();
    return static_cast<uint32_t>(tag);
  }

  uint64_t Varint() {
    if (at_ != end_ && static_cast<uint8_t>(*at_) < 0x80) return static_cast<uint8_t>(*at_++);
    return LongVarint();
  }

  std::string_view Bytes() {
    const uint64_t size = Varint();
    if (size > static_cast<size_t>(end_ - at_)) {
      Fail();
      return {};
    }
    const std::string_view bytes(at_, size);
    at_ += size;
    return bytes;
  }

  uint64_t Fixed64() {
    uint64_t value = 0;
    if (end_ - at_ < 8) return Fail();
    for (int i = 0; i < 8; ++i) value |= uint64_t{static_cast<uint8_t>(at_[i])} << (8 * i);
    at_ += 8;
    return value;
  }

  // Passes over the value of a field that is not known.
  void Skip(uint32_t tag) {
    switch (static_cast<Type>(tag & 7)) {
      case Type::kVarint:
        Varint();
        return;
      case Type::kFixed64:
        Fixed64();
        return;
      case Type::kBytes:
        Bytes();
        return;
      case Type::kFixed32:
        if (end_ - at_ < 4) {
          Fail();
        } else {
          at_ += 4;
        }
        return;
    }
    Fail();
  }

 private:
  uint32_t Fail() {
    ok_ = false;
    at_ = end_;
    return 0;
  }

  uint64_t LongVarint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const uint8_t byte = static_cast<uint8_t>(*at_++);
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    return Fail();
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace shadowreel::wire
