#include "formats/reel/external_sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <random>

#include "base/exit_code.h"
#include "base/posix_file_system.h"
#include "tests/fakes/faulty_file_system.h"
#include "tests/formats/reel/recordings.h"

namespace shadowreel {
namespace {

struct Card {
  uint32_t rank;
  uint32_t added;  // says whether ties keep their order
  friend bool operator==(const Card&, const Card&) = default;
};
struct ByRank {
  bool operator()(const Card& a, const Card& b) const { return a.rank < b.rank; }
};
using CardSort = ExternalSort<Card, ByRank>;

std::vector<Card> RandomCards(size_t count, uint32_t ranks) {
  std::mt19937 random(static_cast<uint32_t>(count));
  std::vector<Card> cards;
  for (uint32_t i = 0; i < count; ++i)
    cards.push_back({static_cast<uint32_t>(random() % ranks), i});
  return cards;
}

void AddAll(const std::vector<Card>& cards, CardSort* sort) {
  for (const Card& card : cards) ASSERT_TRUE(sort->Add(card).ok());
}

std::vector<Card> Drain(CardSort* sort) {
  EXPECT_TRUE(sort->Start().ok());
  std::vector<Card> cards;
  while (const Card* card = sort->Peek()) {
    cards.push_back(*card);
    EXPECT_TRUE(sort->Pop().ok());
  }
  return cards;
}

std::vector<Card> Sorted(std::vector<Card> cards) {
  std::stable_sort(cards.begin(), cards.end(), ByRank());
  return cards;
}

TEST(ExternalSortTest, AnyNumberOfEntriesInAnyMemoryComesSortedWithTiesInOrder) {
  for (const size_t memory : {1u, 24u, 100u, 1000u, 100'000u}) {
    for (const size_t count : {0u, 1u, 2u, 3u, 99u, 1000u}) {
      FaultyFileSystem files;
      CardSort sort({files, ".", memory});
      const std::vector<Card> cards = RandomCards(count, 20);
      AddAll(cards, &sort);
      EXPECT_EQ(sort.size(), count);
      EXPECT_EQ(Drain(&sort), Sorted(cards)) << memory << " bytes, " << count << " entries";
    }
  }
}

TEST(ExternalSortTest, WhatFitsNeverTouchesTheDisk) {
  FaultyFileSystem files;
  CardSort sort({files, "nowhere", 12'000});
  AddAll(RandomCards(1000, 50), &sort);
  EXPECT_EQ(Drain(&sort).size(), 1000u);
  EXPECT_EQ(files.calls(), 0u);
}

TEST(ExternalSortTest, ItIsReadTwice) {
  for (const size_t memory : {100u, 100'000u}) {
    FaultyFileSystem files;
    CardSort sort({files, ".", memory});
    const std::vector<Card> cards = RandomCards(500, 9);
    AddAll(cards, &sort);
    ASSERT_TRUE(sort.Start().ok());
    for (int i = 0; i < 123; ++i) ASSERT_TRUE(sort.Pop().ok());
    EXPECT_EQ(Drain(&sort), Sorted(cards));
    EXPECT_EQ(Drain(&sort), Sorted(cards));
  }
}

TEST(ExternalSortTest, ManyEntriesAreReadInLargePieces) {
  FaultyFileSystem files;
  CardSort sort({files, ".", 60'000});
  AddAll(RandomCards(200'000, UINT32_MAX), &sort);
  const std::vector<Card> cards = Drain(&sort);
  ASSERT_EQ(cards.size(), 200'000u);
  EXPECT_TRUE(std::is_sorted(cards.begin(), cards.end(), ByRank()));
  EXPECT_LT(files.calls(), 3000u);  // 40 runs of 5,000, read in windows of 187
}

TEST(ExternalSortTest, NoFileIsThereForAKillToLeave) {
  PosixFileSystem files;
  const std::string directory = NewDirectory("sort");
  CardSort sort({files, directory, 100});
  AddAll(RandomCards(500, 9), &sort);
  ASSERT_TRUE(sort.Start().ok());
  EXPECT_TRUE(files.List(directory)->empty());
  EXPECT_EQ(Drain(&sort).size(), 500u);
}

TEST(ExternalSortTest, AFullDiskSaysWhereAndHowToMoveIt) {
  FaultyFileSystem files;
  files.Inject({.call = FileCall::kAppend, .nth = 5, .error = ENOSPC});
  CardSort sort({files, ".", 600});
  absl::Status status;
  for (const Card& card : RandomCards(1000, 9)) {
    status = sort.Add(card);
    if (!status.ok()) break;
  }
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kUnusable);
  EXPECT_TRUE(Message(status).starts_with("cannot sort with a temporary file in .: ")) << status;
  EXPECT_NE(Message(status).find("No space left on device; set TMPDIR to"), std::string::npos);
  EXPECT_TRUE(files.List(".")->empty());
}

TEST(ExternalSortTest, EveryFailingCallIsReported) {
  uint64_t calls = 0;
  for (uint64_t failing = 0; failing <= calls; ++failing) {
    FaultyFileSystem files;
    if (failing > 0) files.Inject({.call = std::nullopt, .nth = failing});
    CardSort sort({files, ".", 300});
    absl::Status status;
    for (const Card& card : RandomCards(100, 9)) {
      if (status.ok()) status = sort.Add(card);
    }
    if (status.ok()) status = sort.Start();
    while (status.ok() && sort.Peek() != nullptr) status = sort.Pop();
    EXPECT_EQ(status.ok(), failing == 0) << "call " << failing << " of " << calls;
    if (failing == 0) calls = files.calls();
  }
  EXPECT_GT(calls, 10u);
}

TEST(ExternalSortTest, AMissingDirectoryIsNamed) {
  PosixFileSystem files;
  CardSort sort({files, "/nonexistent", 16});
  absl::Status status;
  for (int i = 0; i < 9 && status.ok(); ++i) status = sort.Add({0, 0});
  EXPECT_NE(Message(status).find("temporary file in /nonexistent: "), std::string::npos) << status;
}

TEST(JoinSortedTest, TheKthOfAKeyGoesWithTheKth) {
  FaultyFileSystem files;
  CardSort a({files, ".", 1});
  CardSort b({files, ".", 1000});
  AddAll({{3, 0}, {1, 1}, {3, 2}, {3, 3}, {5, 4}}, &a);
  AddAll({{2, 0}, {3, 1}, {3, 2}, {5, 3}, {5, 4}}, &b);
  ASSERT_TRUE(a.Start().ok() && b.Start().ok());
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  std::array<std::vector<uint32_t>, 2> alone;
  const auto status = JoinSorted(
      a, b,
      [](const Card& x, const Card& y) {
        return static_cast<int>(x.rank) - static_cast<int>(y.rank);
      },
      [&](const Card& x, const Card& y) {
        pairs.emplace_back(x.added, y.added);
        return absl::OkStatus();
      },
      [&](size_t side, const Card& card) {
        alone[side].push_back(card.added);
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(pairs, (std::vector<std::pair<uint32_t, uint32_t>>{{0, 1}, {2, 2}, {4, 3}}));
  EXPECT_EQ(alone[0], (std::vector<uint32_t>{1, 3}));
  EXPECT_EQ(alone[1], (std::vector<uint32_t>{0, 4}));
}

}  // namespace
}  // namespace shadowreel
