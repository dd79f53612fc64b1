#include "base/bounded_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace shadowreel {
namespace {

using Queue = BoundedQueue<int>;

TEST(BoundedQueueTest, ItemsComeOutInOrder) {
  Queue queue({100, 10});
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(queue.TryPush(int{i}, 1));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(queue.TryPop(), i);
  EXPECT_EQ(queue.TryPop(), std::nullopt);
}

TEST(BoundedQueueTest, BytesAreBounded) {
  Queue queue({10, 100});
  EXPECT_TRUE(queue.TryPush(1, 6));
  EXPECT_FALSE(queue.TryPush(2, 5));
  EXPECT_TRUE(queue.TryPush(3, 4));
  EXPECT_EQ(queue.bytes(), 10u);
  EXPECT_FALSE(queue.TryPush(4, 1));
  EXPECT_EQ(queue.TryPop(), 1);
  EXPECT_EQ(queue.bytes(), 4u);
  EXPECT_TRUE(queue.TryPush(5, 6));
}

TEST(BoundedQueueTest, ItemsAreBounded) {
  Queue queue({100, 2});
  EXPECT_TRUE(queue.TryPush(1, 0));
  EXPECT_TRUE(queue.TryPush(2, 0));
  EXPECT_FALSE(queue.TryPush(3, 0));
  EXPECT_EQ(queue.TryPop(), 1);
  EXPECT_TRUE(queue.TryPush(4, 0));
}

TEST(BoundedQueueTest, AnOversizedItemFitsOnlyIntoTheEmptyQueue) {
  Queue queue({10, 10});
  EXPECT_TRUE(queue.TryPush(1, 1));
  EXPECT_FALSE(queue.TryPush(2, 11));
  EXPECT_EQ(queue.TryPop(), 1);
  EXPECT_TRUE(queue.TryPush(2, SIZE_MAX));
  EXPECT_FALSE(queue.TryPush(3, 0));
  EXPECT_EQ(queue.TryPop(), 2);
  EXPECT_EQ(queue.bytes(), 0u);
}

TEST(BoundedQueueTest, ARefusedItemIsLeftAlone) {
  BoundedQueue<std::unique_ptr<int>> queue({10, 1});
  EXPECT_TRUE(queue.TryPush(std::make_unique<int>(1), 1));
  auto refused = std::make_unique<int>(2);
  EXPECT_FALSE(queue.TryPush(std::move(refused), 1));
  ASSERT_NE(refused, nullptr);
  queue.Close();
  EXPECT_FALSE(queue.Push(std::move(refused), 1));
  ASSERT_NE(refused, nullptr);
}

TEST(BoundedQueueTest, AClosedQueueDrains) {
  Queue queue({100, 10});
  EXPECT_TRUE(queue.Push(1, 1));
  EXPECT_TRUE(queue.Push(2, 1));
  queue.Close();
  EXPECT_FALSE(queue.TryPush(3, 1));
  EXPECT_FALSE(queue.Push(3, 1));
  EXPECT_FALSE(queue.Finished());
  EXPECT_EQ(queue.Pop(), 1);
  EXPECT_EQ(queue.PopFor(std::chrono::hours(1)), 2);
  EXPECT_TRUE(queue.Finished());
  EXPECT_EQ(queue.Pop(), std::nullopt);
  EXPECT_EQ(queue.PopFor(std::chrono::hours(1)), std::nullopt);
}

TEST(BoundedQueueTest, LostPatienceIsNotTheEnd) {
  Queue queue({100, 10});
  EXPECT_EQ(queue.PopFor(std::chrono::milliseconds(1)), std::nullopt);
  EXPECT_FALSE(queue.Finished());
}

TEST(BoundedQueueTest, AWaitingConsumerIsWokenOnceEnoughIsThere) {
  for (const auto& [items, bytes] : {std::pair(3, 1), std::pair(1, 13)}) {
    Queue queue({.bytes = 100, .items = 10, .wake_items = 3});
    std::optional<int> popped;
    std::thread popper([&] { popped = queue.PopFor(std::chrono::hours(1)); });
    for (int i = 0; i < items; ++i) EXPECT_TRUE(queue.TryPush(i + 0, static_cast<size_t>(bytes)));
    popper.join();
    EXPECT_EQ(popped, 0);
  }
}

TEST(BoundedQueueTest, WhatIsThereIsTakenWithoutAWake) {
  Queue queue({.bytes = 100, .items = 10, .wake_items = 3});
  EXPECT_TRUE(queue.TryPush(7, 1));
  EXPECT_EQ(queue.PopFor(std::chrono::hours(1)), 7);
}

TEST(BoundedQueueTest, ClosingReleasesWaitingThreads) {
  Queue full({1, 1});
  Queue empty({1, 1});
  EXPECT_TRUE(full.TryPush(1, 1));
  bool pushed = true;
  std::optional<int> popped = 1;
  std::thread pusher([&] { pushed = full.Push(2, 1); });
  std::thread popper([&] { popped = empty.Pop(); });
  full.Close();
  empty.Close();
  pusher.join();
  popper.join();
  EXPECT_FALSE(pushed);
  EXPECT_EQ(popped, std::nullopt);
}

TEST(BoundedQueueTest, TheRoomOfOneLargeItemLetsSeveralPushesThrough) {
  for (int round = 0; round < 300; ++round) {
    Queue queue({10, 10});
    EXPECT_TRUE(queue.TryPush(0, 10));
    std::atomic<int> started = 0;
    const auto push = [&] {
      ++started;
      EXPECT_TRUE(queue.Push(1, 5));
    };
    std::thread first(push);
    std::thread second(push);
    while (started < 2) std::this_thread::yield();
    for (int i = 0; i < 20; ++i) std::this_thread::yield();  // the pushes get to wait, mostly
    EXPECT_EQ(queue.TryPop(), 0);
    first.join();
    second.join();
    EXPECT_EQ(queue.bytes(), 10u);
  }
}

TEST(BoundedQueueTest, EveryItemOfManyThreadsArrivesOnceAndInItsThreadsOrder) {
  constexpr int kThreads = 3;
  constexpr int kItems = 2000;
  BoundedQueue<std::pair<int, int>> queue({20, 4});
  std::vector<std::thread> producers;
  for (int thread = 0; thread < kThreads; ++thread) {
    producers.emplace_back([&queue, thread] {
      for (int i = 0; i < kItems; ++i) {
        EXPECT_TRUE(queue.Push(std::pair(thread, i), static_cast<size_t>(1 + i % 25)));
      }
    });
  }
  std::vector<int> next(kThreads);
  for (int i = 0; i < kThreads * kItems; ++i) {
    const auto item = queue.Pop();
    ASSERT_TRUE(item.has_value());
    EXPECT_EQ(item->second, next[static_cast<size_t>(item->first)]++);
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(next, std::vector<int>(kThreads, kItems));
  EXPECT_EQ(queue.bytes(), 0u);
}

}  // namespace
}  // namespace shadowreel
