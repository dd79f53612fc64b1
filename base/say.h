#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace shadowreel {

// Writes to stdout or stderr. What the stream does not take is lost without a word: a program must
// not end because nobody reads its messages, or because the disk that they go to is full, which
// fmt::print answers with an exception. Thread-safe as stdio is.
void SayText(std::FILE* stream, std::string_view text);

template <typename... Args>
void Say(std::FILE* stream, fmt::format_string<Args...> format, Args&&... args) {
  SayText(stream, fmt::format(format, std::forward<Args>(args)...));
}

// Gives each of stdin, stdout and stderr that is closed a descriptor that takes no writes: else the
// next file opened would get its number, and messages would be written into that file. Call before
// any file is opened.
void KeepStandardStreams();

}  // namespace shadowreel
