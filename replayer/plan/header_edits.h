#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http/fields.h"
#include "scenarios/terms/header_line.h"

namespace shadowreel {

// The field that proxies append the client's address to.
inline constexpr std::string_view kForwardedFor = "x-forwarded-for";

// What a user changes in the headers of every request. Names are compared without case (RFC 9110,
// 5.1); none is one of a field that says something about the message (IsMessageName). A value.
struct HeaderEdits {
  std::vector<std::string> remove{};  // all of that name
  // In place of all of that name, where the first of them stood, else at the end; as spelled here.
  // No name twice.
  std::vector<HeaderLine> set{};
  std::vector<HeaderLine> add{};  // at the end, besides those of that name
  // An address that is appended, after ", ", to the last x-forwarded-for, which is created at the
  // end when there is none; empty: none.
  std::string forwarded_for{};
};

// Does them in the order in which they stand there.
void EditHeaders(const HeaderEdits& edits, Fields* headers);

}  // namespace shadowreel
