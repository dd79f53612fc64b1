#include "formats/reel/record_comparison.h"

#include <algorithm>
#include <array>

#include "base/status.h"
#include "formats/byte_text.h"
#include "formats/record_names.h"

namespace shadowreel {
namespace {

constexpr size_t kNone = SIZE_MAX;
constexpr size_t kShownName = 60;

// Both from a little before the first byte that differs.
std::string Contrast(std::string_view a, std::string_view b) {
  constexpr size_t kBefore = 20;
  constexpr size_t kShown = 60;
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto first = static_cast<size_t>(in_a - a.begin());
  const size_t begin = first > kBefore ? first - kBefore : 0;
  const std::string_view dots = begin > 0 ? "..." : "";
  return fmt::format("\"{}{}\" -> \"{}{}\" (byte {}; {} and {} bytes long)", dots,
                     EscapeBeginning(a.substr(begin), kShown), dots,
                     EscapeBeginning(b.substr(begin), kShown), first, a.size(), b.size());
}

std::string Shown(std::string_view name) { return EscapeBeginning(name, kShownName); }

class Comparison {
 public:
  Comparison(const Record& a, const Record& b) : a_(a), b_(b) {}

  std::vector<Difference> Run() {
    CompareHead();
    CompareHeaders();
    CompareRest();
    return std::move(found_);
  }

 private:
  void Add(DifferenceKind kind, std::string detail) { found_.push_back({kind, std::move(detail)}); }

  void CompareHead() {
    if (a_.method != b_.method) Add(DifferenceKind::kMethod, Contrast(a_.method, b_.method));
    if (a_.target != b_.target) Add(DifferenceKind::kTarget, Contrast(a_.target, b_.target));
    if (a_.version != b_.version) {
      Add(DifferenceKind::kVersion,
          fmt::format("{} -> {}", NameOf(a_.version), NameOf(b_.version)));
    } else if (a_.version == HttpVersion::kHttp2 && a_.authority != b_.authority) {
      Add(DifferenceKind::kAuthority, Contrast(a_.authority, b_.authority));
    }
  }

  void CompareRest() {
    if (a_.framing != b_.framing) {
      Add(DifferenceKind::kFraming,
          fmt::format("{} -> {}", NameOf(a_.framing), NameOf(b_.framing)));
    }
    if (a_.body != b_.body) Add(DifferenceKind::kBody, Contrast(a_.body, b_.body));
    if (!(a_.trailers == b_.trailers)) {
      Add(DifferenceKind::kTrailers,
          fmt::format("{} -> {}", Rendered(a_.trailers), Rendered(b_.trailers)));
    }
    if (a_.complete != b_.complete) {
      Add(DifferenceKind::kComplete, fmt::format("{} -> {}", a_.complete, b_.complete));
    }
    const bool cut_elsewhere =
        a_.truncated && b_.truncated && a_.wire_body_bytes != b_.wire_body_bytes;
    if (a_.truncated != b_.truncated || cut_elsewhere) {
      Add(DifferenceKind::kTruncated,
          fmt::format("{} -> {} ({} and {} body bytes on the wire)", a_.truncated, b_.truncated,
                      a_.wire_body_bytes, b_.wire_body_bytes));
    }
  }

  static std::string Rendered(const Fields& fields) {
    std::string text;
    for (const FieldView field : fields) {
      text.append(text.empty() ? "" : ", ").append(field.name).append(": ").append(field.value);
    }
    constexpr size_t kShown = 120;
    return '"' + EscapeBeginning(text, kShown) + '"';
  }

  // Pairs fields that have no partner yet and satisfy `matches`, first with first.
  template <typename Matches>
  void MatchHeaders(Matches matches) {
    for (size_t i = 0; i < a_.headers.size(); ++i) {
      for (size_t j = 0; partner_of_a_[i] == kNone && j < b_.headers.size(); ++j) {
        if (partner_of_b_[j] != kNone || !matches(a_.headers[i], b_.headers[j])) continue;
        partner_of_a_[i] = j;
        partner_of_b_[j] = i;
      }
    }
  }

  void CompareHeaders() {
    if (a_.headers == b_.headers) return;
    partner_of_a_.assign(a_.headers.size(), kNone);
    partner_of_b_.assign(b_.headers.size(), kNone);
    MatchHeaders([](FieldView a, FieldView b) { return a == b; });
    MatchHeaders([](FieldView a, FieldView b) {
      return EqualsIgnoreCase(a.name, b.name) && a.value == b.value;
    });
    MatchHeaders([](FieldView a, FieldView b) { return EqualsIgnoreCase(a.name, b.name); });

    AddLonely(DifferenceKind::kHeaderMissing, a_.headers, partner_of_a_);
    AddLonely(DifferenceKind::kHeaderAdded, b_.headers, partner_of_b_);
    AddChangedHeaders();
    AddHeaderOrder();
  }

  void AddLonely(DifferenceKind kind, const Fields& fields, const std::vector<size_t>& partners) {
    std::string names;
    for (size_t i = 0; i < partners.size(); ++i) {
      if (partners[i] == kNone) names += (names.empty() ? "" : ", ") + Shown(fields[i].name);
    }
    if (!names.empty()) Add(kind, std::move(names));
  }

  void AddChangedHeaders() {
    std::string name_case;
    std::string value;
    for (size_t i = 0; i < partner_of_a_.size(); ++i) {
      if (partner_of_a_[i] == kNone) continue;
      const FieldView a = a_.headers[i];
      const FieldView b = b_.headers[partner_of_a_[i]];
      if (name_case.empty() && a.name != b.name) {
        name_case = fmt::format("{} -> {}", Shown(a.name), Shown(b.name));
      }
      if (value.empty() && a.value != b.value) {
        value = fmt::format("{}: {}", Shown(a.name), Contrast(a.value, b.value));
      }
    }
    if (!name_case.empty()) Add(DifferenceKind::kHeaderNameCase, std::move(name_case));
    if (!value.empty()) Add(DifferenceKind::kHeaderValue, std::move(value));
  }

  void AddHeaderOrder() {
    size_t previous = kNone;  // index in a of the matched header before
    for (size_t i = 0; i < partner_of_a_.size(); ++i) {
      if (partner_of_a_[i] == kNone) continue;
      if (previous != kNone && partner_of_a_[i] < partner_of_a_[previous]) {
        Add(DifferenceKind::kHeaderOrder,
            fmt::format("{} comes before {}", Shown(a_.headers[i].name),
                        Shown(a_.headers[previous].name)));
        return;
      }
      previous = i;
    }
  }

  const Record& a_;
  const Record& b_;
  std::vector<size_t> partner_of_a_;  // index in the other's headers, or kNone
  std::vector<size_t> partner_of_b_;
  std::vector<Difference> found_;
};

constexpr std::array<std::string_view, kDifferenceKinds> kNames = {
    "method",       "target",           "version",      "authority",    "header missing",
    "header added", "header name case", "header value", "header order", "framing",
    "body",         "trailers",         "complete",     "truncated"};

}  // namespace

std::string_view NameOf(DifferenceKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::vector<Difference> CompareRecords(const Record& a, const Record& b) {
  return Comparison(a, b).Run();
}

}  // namespace shadowreel
