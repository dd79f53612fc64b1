#include "base/event_loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace shadowreel {
namespace {

constexpr Nanos kForEver(-1);
constexpr Nanos kNow(0);

class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe2(ends_, O_CLOEXEC | O_NONBLOCK), 0); }
  ~Pipe() {
    CloseReader();
    CloseWriter();
  }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void Write() { EXPECT_EQ(write(ends_[1], "x", 1), 1); }
  void Read() {
    char byte = 0;
    EXPECT_EQ(read(ends_[0], &byte, 1), 1);
  }
  void CloseReader() { Close(&ends_[0]); }
  void CloseWriter() { Close(&ends_[1]); }

 private:
  static void Close(int* fd) {
    if (*fd >= 0) close(std::exchange(*fd, -1));
  }
  int ends_[2] = {-1, -1};
};

// Keeps what it was told, and then does as the test says.
class Recorder final : public EventHandler {
 public:
  explicit Recorder(std::function<void()> reaction = [] {}) : reaction_(std::move(reaction)) {}
  void OnEvents(uint32_t events) override {
    seen.push_back(events);
    reaction_();
  }
  std::vector<uint32_t> seen;

 private:
  const std::function<void()> reaction_;
};

class EventLoopTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loop = EventLoop::Create();
    ASSERT_TRUE(loop.ok()) << loop.status();
    loop_ = *std::move(loop);
  }

  std::unique_ptr<EventLoop> loop_;
};

TEST_F(EventLoopTest, AReadyDescriptorIsDispatchedUntilItIsRead) {
  Pipe pipe;
  Recorder recorder;
  ASSERT_TRUE(loop_->Watch(pipe.reader(), EPOLLIN, &recorder).ok());
  EXPECT_EQ(loop_->RunOnce(kNow), 0);
  pipe.Write();
  EXPECT_EQ(loop_->RunOnce(kForEver), 1);
  EXPECT_EQ(loop_->RunOnce(kForEver), 1);
  pipe.Read();
  EXPECT_EQ(loop_->RunOnce(kNow), 0);
  EXPECT_EQ(recorder.seen, std::vector<uint32_t>({EPOLLIN, EPOLLIN}));
}

TEST_F(EventLoopTest, AClosedPeerIsReported) {
  Pipe pipe;
  Recorder recorder;
  ASSERT_TRUE(loop_->Watch(pipe.reader(), EPOLLIN, &recorder).ok());
  pipe.CloseWriter();
  EXPECT_EQ(loop_->RunOnce(kForEver), 1);
  ASSERT_EQ(recorder.seen.size(), 1u);
  EXPECT_TRUE(recorder.seen[0] & EPOLLHUP);
}

TEST_F(EventLoopTest, AnEarlierWakeEndsTheNextWaitOnceAndCountsAsNone) {
  loop_->Wake();
  loop_->Wake();
  EXPECT_EQ(loop_->RunOnce(kForEver), 0);
  Pipe pipe;
  Recorder recorder([this] { loop_->Wake(); });
  ASSERT_TRUE(loop_->Watch(pipe.writer(), EPOLLOUT, &recorder).ok());
  EXPECT_EQ(loop_->RunOnce(kForEver), 1);
  loop_->Unwatch(pipe.writer());
  EXPECT_EQ(loop_->RunOnce(kForEver), 0);
}

TEST_F(EventLoopTest, AnotherThreadWakesTheWait) {
  std::thread waker([this] { loop_->Wake(); });
  EXPECT_EQ(loop_->RunOnce(kForEver), 0);
  waker.join();
}

TEST_F(EventLoopTest, AShortWaitEndsWithoutEvents) { EXPECT_EQ(loop_->RunOnce(Nanos(1)), 0); }

TEST_F(EventLoopTest, WatchingAgainChangesEventsAndHandler) {
  Pipe pipe;
  Recorder first;
  Recorder second;
  ASSERT_TRUE(loop_->Watch(pipe.writer(), EPOLLIN, &first).ok());
  EXPECT_EQ(loop_->RunOnce(kNow), 0);
  ASSERT_TRUE(loop_->Watch(pipe.writer(), EPOLLOUT, &second).ok());
  EXPECT_EQ(loop_->RunOnce(kForEver), 1);
  EXPECT_TRUE(first.seen.empty());
  EXPECT_EQ(second.seen, std::vector<uint32_t>({EPOLLOUT}));
}

TEST_F(EventLoopTest, ADescriptorMayUnwatchItselfInItsCallback) {
  Pipe pipe;
  Recorder recorder([&] { loop_->Unwatch(pipe.writer()); });
  ASSERT_TRUE(loop_->Watch(pipe.writer(), EPOLLOUT, &recorder).ok());
  EXPECT_EQ(loop_->RunOnce(kForEver), 1);
  EXPECT_EQ(loop_->RunOnce(kNow), 0);
  EXPECT_EQ(recorder.seen.size(), 1u);
}

TEST_F(EventLoopTest, ADescriptorUnwatchedInAnothersCallbackIsNotDispatched) {
  Pipe a;
  Pipe b;
  const auto unwatch_both = [&] {
    loop_->Unwatch(a.writer());
    loop_->Unwatch(b.writer());
  };
  Recorder first(unwatch_both);
  Recorder second(unwatch_both);
  ASSERT_TRUE(loop_->Watch(a.writer(), EPOLLOUT, &first).ok());
  ASSERT_TRUE(loop_->Watch(b.writer(), EPOLLOUT, &second).ok());
  EXPECT_EQ(loop_->RunOnce(kForEver), 1);
  EXPECT_EQ(first.seen.size() + second.seen.size(), 1u);
}

TEST_F(EventLoopTest, AnOldEventDoesNotReachTheNewWatcherOfAReusedDescriptor) {
  Pipe a;
  Pipe b;
  Recorder successor;
  const auto replace_both = [&] {
    for (const int fd : {a.writer(), b.writer()}) {
      loop_->Unwatch(fd);
      EXPECT_TRUE(loop_->Watch(fd, EPOLLOUT, &successor).ok());
    }
  };
  Recorder first(replace_both);
  Recorder second(replace_both);
  ASSERT_TRUE(loop_->Watch(a.writer(), EPOLLOUT, &first).ok());
  ASSERT_TRUE(loop_->Watch(b.writer(), EPOLLOUT, &second).ok());
  EXPECT_EQ(loop_->RunOnce(kForEver), 1);
  EXPECT_TRUE(successor.seen.empty());
  EXPECT_EQ(loop_->RunOnce(kForEver), 2);
  EXPECT_EQ(successor.seen.size(), 2u);
}

TEST_F(EventLoopTest, AWrongDescriptorIsAnErrorAndUnwatchingItIsNone) {
  Recorder recorder;
  EXPECT_FALSE(loop_->Watch(-1, EPOLLIN, &recorder).ok());
  loop_->Unwatch(-1);
  EXPECT_EQ(loop_->RunOnce(kNow), 0);
}

}  // namespace
}  // namespace shadowreel
