#include "recorder/server/http2_stream.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdlib>
#include <new>
#include <string>

namespace {

size_t live_bytes = 0;

}  // namespace

void* operator new(size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  live_bytes += malloc_usable_size(memory);
  return memory;
}

void operator delete(void* memory) noexcept {
  live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}

void operator delete(void* memory, size_t) noexcept { operator delete(memory); }

namespace shadowreel {
namespace {

// A budget that was given back must not stand for memory that is still held.
TEST(Http2StreamTest, DroppedRequestKeepsNoMemory) {
  UploadBudget uploads(1 << 20);
  const size_t before = live_bytes;
  Http2Stream stream(1, Instant{}, uploads, 1 << 20);
  const Http2Limits limits;
  stream.AddField(":method", "POST", limits);
  stream.AddField(":path", std::string(1000, 'p'), limits);
  stream.AddField(":authority", std::string(200, 'a'), limits);
  stream.AddField("name", std::string(2000, 'v'), limits);
  stream.EndHead(1, "192.0.2.1:4711");
  ASSERT_TRUE(stream.StartUpload());
  ASSERT_TRUE(stream.AppendBody(std::string(50'000, 'b')));
  EXPECT_GE(live_bytes, before + 53'000);
  EXPECT_GE(uploads.used(), 53'000u);

  stream.Drop(Http2Stream::Phase::kIgnored);

  EXPECT_EQ(live_bytes, before);
  EXPECT_EQ(uploads.used(), 0u);
}

}  // namespace
}  // namespace shadowreel
