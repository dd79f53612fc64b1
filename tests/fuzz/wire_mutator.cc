#include "tests/fuzz/wire_mutator.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/segment/wire.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace shadowreel {
namespace {

constexpr int kDeepest = 4;

struct Field {
  uint32_t tag = 0;
  uint64_t number = 0;  // of a varint or a fixed
  std::string bytes;
};

wire::Type TypeOf(const Field& field) { return static_cast<wire::Type>(field.tag & 7); }

uint64_t Little(std::string_view bytes) {
  uint64_t value = 0;
  std::memcpy(&value, bytes.data(), bytes.size());
  return value;
}

bool TakeVarint(std::string_view* bytes, uint64_t* value) {
  *value = 0;
  for (int shift = 0; shift < 64 && !bytes->empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(bytes->front());
    bytes->remove_prefix(1);
    *value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool TakeFixed(std::string_view* bytes, size_t size, uint64_t* value) {
  if (bytes->size() < size) return false;
  *value = Little(bytes->substr(0, size));
  bytes->remove_prefix(size);
  return true;
}

bool TakeField(std::string_view* bytes, Field* field) {
  uint64_t tag = 0;
  if (!TakeVarint(bytes, &tag) || tag >> 3 == 0 || tag > UINT32_MAX) return false;
  field->tag = static_cast<uint32_t>(tag);
  switch (tag & 7) {
    case 0:
      return TakeVarint(bytes, &field->number);
    case 1:
      return TakeFixed(bytes, 8, &field->number);
    case 2: {
      uint64_t length = 0;
      if (!TakeVarint(bytes, &length) || length > bytes->size()) return false;
      field->bytes = bytes->substr(0, length);
      bytes->remove_prefix(length);
      return true;
    }
    case 5:
      return TakeFixed(bytes, 4, &field->number);
    default:
      return false;
  }
}

// Nothing when the bytes are no message.
std::optional<std::vector<Field>> ParseMessage(std::string_view bytes) {
  std::vector<Field> fields;
  while (!bytes.empty()) {
    if (!TakeField(&bytes, &fields.emplace_back())) return std::nullopt;
  }
  return fields;
}

void PutVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

std::string Serialize(const std::vector<Field>& fields) {
  std::string bytes;
  for (const Field& field : fields) {
    PutVarint(field.tag, &bytes);
    switch (field.tag & 7) {
      case 0:
        PutVarint(field.number, &bytes);
        break;
      case 2:
        PutVarint(field.bytes.size(), &bytes);
        bytes += field.bytes;
        break;
      default:
        bytes.append(reinterpret_cast<const char*>(&field.number), (field.tag & 7) == 1 ? 8 : 4);
    }
  }
  return bytes;
}

uint64_t MutateNumber(uint64_t number, std::minstd_rand* random) {
  switch ((*random)() % 5) {
    case 0:
      return number + 1;
    case 1:
      return number - 1;
    case 2:
      return number ^ uint64_t { 1 } << (*random)() % 64;
    case 3:
      return (*random)() % 8;
    default:
      return ~uint64_t{0} >> (*random)() % 64;
  }
}

std::string Mutate(std::string message, size_t max_size, int depth, std::minstd_rand* random);

void Alter(Field* field, size_t room, int depth, std::minstd_rand* random) {
  if (TypeOf(*field) == wire::Type::kBytes) {
    field->bytes = Mutate(std::move(field->bytes), room, depth + 1, random);
  } else {
    field->number = MutateNumber(field->number, random);
  }
}

std::string Mutate(std::string message, size_t max_size, int depth, std::minstd_rand* random) {
  auto fields = ParseMessage(message);
  if (!fields || fields->empty() || depth > kDeepest || (*random)() % 4 == 0) {
    return MutateBytes(std::move(message), max_size);
  }
  const size_t at = (*random)() % fields->size();
  const size_t other = (*random)() % fields->size();
  switch ((*random)() % 8) {
    case 0:
      fields->insert(fields->begin() + static_cast<std::ptrdiff_t>(other), Field((*fields)[at]));
      break;
    case 1:
      fields->erase(fields->begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 2:
      std::swap((*fields)[at], (*fields)[other]);
      break;
    default:
      Alter(&(*fields)[at], (*fields)[at].bytes.size() + max_size - message.size(), depth, random);
  }
  std::string changed = Serialize(*fields);
  return changed.size() <= max_size ? changed : message;
}

// Nothing when the bytes are no such file.
std::optional<std::vector<std::string>> ParseDelimited(std::string_view bytes) {
  std::vector<std::string> messages;
  while (!bytes.empty()) {
    uint64_t length = 0;
    if (!TakeVarint(&bytes, &length) || length > bytes.size()) return std::nullopt;
    messages.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return messages;
}

}  // namespace

std::string MutateDelimited(std::string file, size_t max_size, std::minstd_rand* random) {
  auto messages = ParseDelimited(file);
  if (!messages || messages->empty()) return MutateBytes(std::move(file), max_size);
  std::string& one = (*messages)[(*random)() % messages->size()];
  if ((*random)() % 8 == 0) {
    std::swap(one, messages->back());
  } else {
    one = MutateMessage(one, one.size() + max_size - file.size(), random);
  }
  std::string changed;
  for (const std::string& message : *messages) {
    PutVarint(message.size(), &changed);
    changed += message;
  }
  return changed.size() <= max_size ? changed : file;
}

std::string MutateBytes(std::string bytes, size_t max_size) {
  const size_t size = bytes.size();
  bytes.resize(max_size);
  bytes.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(bytes.data()), size, max_size));
  return bytes;
}

std::string MutateMessage(std::string message, size_t max_size, std::minstd_rand* random) {
  return Mutate(std::move(message), max_size, 0, random);
}

}  // namespace shadowreel
