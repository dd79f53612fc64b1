#pragma once

#include <cstddef>
#include <random>
#include <string>

namespace shadowreel {

// Changes one thing in a protobuf message: a field, at any depth, is altered, doubled, removed or
// moved, and the lengths around it fit. Bytes that are no message are altered anyhow. The result
// has at most `max_size` bytes.
std::string MutateMessage(std::string message, size_t max_size, std::minstd_rand* random);

// The same for one of the messages of a file in which each stands behind its length.
std::string MutateDelimited(std::string file, size_t max_size, std::minstd_rand* random);

// `bytes` after one of libFuzzer's own mutations, at most `max_size` long.
std::string MutateBytes(std::string bytes, size_t max_size);

}  // namespace shadowreel
