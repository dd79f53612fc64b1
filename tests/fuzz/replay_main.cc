// Runs a fuzz target as an ordinary test, without libFuzzer: on every file of its corpus, then on
// mutations of them. An input that fails a CHECK is left in TEST_UNDECLARED_OUTPUTS_DIR.
//
//   NAME_test DIRECTORY [SEED]    SEED repeats a run's mutations

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

// libFuzzer's interface.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
extern "C" __attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                                                size_t max_size, unsigned int seed);
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

constexpr size_t kMutations = 500;
constexpr size_t kRoom = 1024;  // that mutations may add to an input

std::mt19937_64& Random() {
  static auto* const random = new std::mt19937_64;
  return *random;
}

size_t Below(size_t bound) { return static_cast<size_t>(Random()() % bound); }

std::vector<std::filesystem::path> FilesOf(const char* directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What is being run: of its own size, so that a sanitizer sees what is read past its end.
std::vector<uint8_t>& Current() {
  static auto* const current = new std::vector<uint8_t>;
  return *current;
}

void Run(const std::string& input) {
  Current() = std::vector<uint8_t>(input.begin(), input.end());
  LLVMFuzzerTestOneInput(Current().data(), Current().size());
}

void KeepFailed(int) {
  const char* const directory = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  if (directory == nullptr) return;
  const std::filesystem::path path = std::filesystem::path(directory) / "failed_input";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(Current().data()),
             static_cast<std::streamsize>(Current().size()));
  std::fprintf(stderr, "the input is left in %s\n", path.c_str());
}

std::string Mutated(std::string input) {
  const size_t size = input.size();
  input.resize(size + kRoom);
  auto* const bytes = reinterpret_cast<uint8_t*>(input.data());
  const auto seed = static_cast<unsigned int>(Random()());
  input.resize(LLVMFuzzerCustomMutator != nullptr
                   ? LLVMFuzzerCustomMutator(bytes, size, input.size(), seed)
                   : LLVMFuzzerMutate(bytes, size, input.size()));
  return input;
}

}  // namespace

// One of libFuzzer's simplest changes, for custom mutators and for Mutated().
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size) {
  const size_t at = size == 0 ? 0 : Below(size);
  switch (size == 0 ? 0 : Below(4)) {
    case 0: {  // insert
      if (size == max_size) return size;
      std::copy_backward(data + at, data + size, data + size + 1);
      data[at] = static_cast<uint8_t>(Random()());
      return size + 1;
    }
    case 1: {  // erase
      const size_t count = 1 + Below(std::min<size_t>(size - at, 16));
      std::copy(data + at + count, data + size, data + at);
      return size - count;
    }
    case 2:
      data[at] ^= static_cast<uint8_t>(1 << Below(8));
      return size;
    default: {  // copy a stretch elsewhere
      const size_t from = Below(size);
      const size_t count = std::min({1 + Below(16), size - at, size - from});
      std::vector<uint8_t> stretch(data + from, data + from + count);
      std::copy(stretch.begin(), stretch.end(), data + at);
      return size;
    }
  }
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::signal(SIGABRT, KeepFailed);
  const std::vector<std::filesystem::path> files = FilesOf(argv[1]);
  if (files.empty()) {
    std::fprintf(stderr, "%s: no corpus\n", argv[1]);
    return 1;
  }
  std::vector<std::string> inputs;
  for (const std::filesystem::path& file : files) {
    std::fprintf(stderr, "%s\n", file.c_str());  // the last one named is the one that failed
    inputs.push_back(Contents(file));
    Run(inputs.back());
  }
  const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device()();
  std::fprintf(stderr, "mutations, seed %llu\n", static_cast<unsigned long long>(seed));
  Random().seed(seed);
  for (size_t i = 0; i < kMutations; ++i) {
    std::string input = inputs[Below(inputs.size())];
    for (size_t changes = 1 + Below(4); changes > 0; --changes) input = Mutated(std::move(input));
    Run(input);
  }
  return 0;
}
