#include "formats/reel/content_join.h"

#include <string_view>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "formats/reel/record_digest.h"

namespace shadowreel {
namespace {

struct Content {
  ContentDigest digest;
  uint64_t request_id;
  RecordPlace place;
};

int Compare(const ContentDigest& a, const ContentDigest& b) {
  const auto less = [](const ContentDigest& x, const ContentDigest& y) {
    return std::tie(x.low, x.high) < std::tie(y.low, y.high);
  };
  return less(a, b) ? -1 : less(b, a) ? 1 : 0;
}

// Contents are added in stored order, which ties keep.
struct ByDigest {
  bool operator()(const Content& a, const Content& b) const {
    return Compare(a.digest, b.digest) < 0;
  }
};

struct ByRequestId {
  bool operator()(const UnequalRecord& a, const UnequalRecord& b) const {
    return a.request_id < b.request_id;
  }
};

using ContentSort = ExternalSort<Content, ByDigest>;
using IdSort = ExternalSort<uint64_t, std::less<uint64_t>>;
using UnequalSort = JoinedContents::UnequalSort;

class ContentJoin {
 public:
  ContentJoin(const std::array<const TraceReader*, 2>& traces, const SortSpace& space,
              Notices& notices)
      : traces_(traces),
        space_(space),
        notices_(notices),
        contents_{ContentSort(space), ContentSort(space)},
        with_id_{WithIdSort(space), WithIdSort(space)} {}

  absl::StatusOr<JoinedContents> Run() {
    for (const size_t side : {0, 1}) {
      result_.unequal[side] = std::make_unique<UnequalSort>(space_);
      RETURN_IF_ERROR(ReadContents(side));
    }
    RETURN_IF_ERROR(DropEqual());
    for (const size_t side : {0, 1}) {
      if (with_id_[side].size() > 0) RETURN_IF_ERROR(LookForIds(side));
      RETURN_IF_ERROR(result_.unequal[side]->Start());
    }
    return std::move(result_);
  }

 private:
  using WithIdSort = ExternalSort<UnequalRecord, ByRequestId>;

  absl::Status ReadContents(size_t side) {
    const std::string_view step = side == 0 ? "read the first" : "read the second";
    const auto& segments = traces_[side]->segments();
    uint64_t done = 0;
    const auto add = [&](const RecordPlace& place, Record& record) {
      notices_.Progress(step, done++, traces_[side]->records());
      return contents_[side].Add({DigestContent(record), DigestRequestId(record), place});
    };
    for (uint32_t i = 0; i < segments.size(); ++i) {
      RETURN_IF_ERROR(ForEachRecord(*segments[i], i, add));
    }
    return contents_[side].Start();
  }

  absl::Status DropEqual() {
    const auto compare = [](const Content& a, const Content& b) {
      return Compare(a.digest, b.digest);
    };
    const auto count = [this](const Content&, const Content&) {
      ++result_.equal;
      return absl::OkStatus();
    };
    const auto keep = [this](size_t side, const Content& content) {
      const UnequalRecord unequal{content.request_id, content.place, false};
      return content.request_id == 0 ? result_.unequal[side]->Add(unequal)
                                     : with_id_[side].Add(unequal);
    };
    return JoinSorted(contents_[0], contents_[1], compare, count, keep);
  }

  // Whether the other side has the request ids of this side's unequal records.
  absl::Status LookForIds(size_t side) {
    IdSort ids(space_);
    RETURN_IF_ERROR(CollectIds(contents_[1 - side], &ids));
    WithIdSort& unequal = with_id_[side];
    RETURN_IF_ERROR(unequal.Start());
    while (const UnequalRecord* const next = unequal.Peek()) {
      UnequalRecord record = *next;
      while (ids.Peek() != nullptr && *ids.Peek() < record.request_id) RETURN_IF_ERROR(ids.Pop());
      record.other_side_has_id = ids.Peek() != nullptr && *ids.Peek() == record.request_id;
      RETURN_IF_ERROR(result_.unequal[side]->Add(record));
      RETURN_IF_ERROR(unequal.Pop());
    }
    return absl::OkStatus();
  }

  static absl::Status CollectIds(ContentSort& contents, IdSort* ids) {
    RETURN_IF_ERROR(contents.Start());
    ContentDigest last;
    while (const Content* const content = contents.Peek()) {
      const bool again = ids->size() > 0 && content->digest == last;
      last = content->digest;
      if (content->request_id != 0 && !again) RETURN_IF_ERROR(ids->Add(content->request_id));
      RETURN_IF_ERROR(contents.Pop());
    }
    return ids->Start();
  }

  const std::array<const TraceReader*, 2> traces_;
  const SortSpace& space_;
  Notices& notices_;
  std::array<ContentSort, 2> contents_;
  std::array<WithIdSort, 2> with_id_;
  JoinedContents result_;
};

}  // namespace

absl::StatusOr<JoinedContents> JoinContents(const std::array<const TraceReader*, 2>& traces,
                                            const SortSpace& space, Notices& notices) {
  return ContentJoin(traces, space, notices).Run();
}

}  // namespace shadowreel
