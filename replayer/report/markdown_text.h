#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shadowreel {

// Foreign texts within GitHub's and GitLab's Markdown, in table cells, too: they neither break out
// of their place nor become markup, links, mentions or references. Bytes that are no printable
// text are shown as \xNN, and more than `limit` bytes end in "...". Pure.

// As prose.
std::string MarkdownProse(std::string_view bytes, size_t limit);

// As code; of nothing: nothing.
std::string MarkdownCode(std::string_view bytes, size_t limit);

}  // namespace shadowreel
