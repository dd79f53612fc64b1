// The recorder started on every disk that a crash may leave of a capture. By default on a share of
// them, chosen by SHADOWREEL_SEED; with SHADOWREEL_EVERY_IMAGE set, on all.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/status.h"
#include "formats/segment/segment_format.h"
#include "formats/segment/segment_reader.h"
#include "tests/fakes/crash_images.h"
#include "tests/recorder/capture/scripted_capture.h"

namespace shadowreel {
namespace {

using File = FaultyFileSystem::File;

// One change of the disk, and what had been offered and acknowledged when it was made.
struct Step {
  DiskChange change;
  std::string bytes;
  uint64_t offered;
  uint64_t durable;
};

// A chunk as it was written, and the ordinals that cannot be read without it.
struct Place {
  uint64_t begin;
  uint64_t end;
  std::vector<uint64_t> ordinals;
};

// A file as it was in the end.
struct Written {
  std::string bytes;
  std::vector<Place> places;
};

uint64_t Seed() {
  const char* const given = std::getenv("SHADOWREEL_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 0) : std::random_device()();
}

// "out/000001-1a2b3c4d", sealed or not.
std::string Stem(const std::string& path) { return path.substr(0, path.find(".seg")); }

Written ReadWritten(FaultyFileSystem& files, const std::string& path) {
  Written written{files.Contents(path), {}};
  const auto reader = SegmentReader::Open(files, path, RecoveryMode::kTail).value();
  for (const ChunkInfo& chunk : reader->chunks()) {
    Place place{chunk.offset, chunk.end(), {}};
    // Numbers are ordinals here: all records were stored, in order.
    if (chunk.type == ChunkType::kBody) place.ordinals.push_back(chunk.first_record);
    std::vector<Record> records;
    if (chunk.record_count > 0) {
      EXPECT_TRUE(reader->ReadRecords(chunk, &records).ok());
    }
    for (const Record& record : records) place.ordinals.push_back(OrdinalOf(record));
    written.places.push_back(std::move(place));
  }
  return written;
}

class CrashTest : public ::testing::Test {
 protected:
  void Watch(ScriptedCapture* capture) {
    capture->files.Watch([this, capture](const DiskChange& change) {
      steps_.push_back({change, std::string(change.bytes), capture->offered(), capture->durable()});
    });
    ASSERT_TRUE(capture->roller->SaveState().ok());
  }

  // Ends the capture and tries the images of every moment, one of `share` with the recorder.
  void TryAll(ScriptedCapture* capture, uint64_t share) {
    written_.clear();
    capture->roller->Finish().IgnoreError();
    const std::vector<std::string> names = capture->files.List("out").value();
    for (const std::string& name : names) {
      if (name.ends_with("json")) continue;
      written_[Stem("out/" + name)] = ReadWritten(capture->files, "out/" + name);
    }
    steps_.push_back({{}, "", capture->offered(), capture->durable()});
    const uint64_t seed = Seed();
    std::printf("seed %lu\n", seed);
    CrashImages images(seed);
    std::mt19937_64 chance(seed);
    if (std::getenv("SHADOWREEL_EVERY_IMAGE") != nullptr) share = 1;
    for (size_t i = 0; i + 1 < steps_.size() && !HasFailure(); ++i) {
      steps_[i].change.bytes = steps_[i].bytes;
      images.Apply(steps_[i].change);
      images.ForEach([&](const DiskImage& image) {
        if (HasFailure()) return;
        // What is acknowledged between this change and the next must survive a crash then.
        Meet(image, steps_[i].offered, steps_[i + 1].durable, chance() % share == 0, i);
      });
    }
    steps_.clear();
  }

  size_t chunks() const {
    size_t count = 0;
    for (const auto& [stem, written] : written_) count += written.places.size();
    return count;
  }
  size_t distinct() const { return first_.size(); }

  bool expect_rest_ = true;  // what was not acknowledged, too, where it can be read
  size_t tried() const { return tried_; }

 private:
  // The same image may come again when more has been acknowledged.
  void Meet(const DiskImage& image, uint64_t offered, uint64_t durable, bool chosen, size_t step) {
    const auto [found, news] = first_.try_emplace(image.hash, kNotTried);
    if (!news && found->second == kNotTried) return;
    SCOPED_TRACE(testing::Message() << "step " << step << ": " << image.origin);
    if (news && chosen) found->second = Try(image, offered);
    if (found->second != kNotTried) {
      EXPECT_GE(found->second, durable);
    }
  }

  // Starts a recorder there and reads everything. Returns how many of the first ordinals are there
  // without a gap.
  uint64_t Try(const DiskImage& image, uint64_t offered) {
    ++tried_;
    FaultyFileSystem files({"out"});
    for (const auto& [path, file] : image.files) files.Place(path, file);
    const uint64_t after = offered + 1;
    EXPECT_EQ(StartAndEnd(files, after), absl::OkStatus());
    std::vector<uint8_t> count(after + 1);
    uint64_t greatest = 0;
    uint64_t number_after = 0;
    const std::vector<std::string> names = files.List("out").value();
    for (const std::string& name : names) {
      EXPECT_FALSE(name.ends_with(kOpenSuffix)) << name;
      if (!name.ends_with(kSealedSuffix)) continue;
      for (const auto& [ordinal, number] : Read(files, "out/" + name, image)) {
        EXPECT_TRUE(ordinal >= 1 && ordinal <= after) << ordinal;
        if (ordinal > after) continue;
        EXPECT_EQ(++count[ordinal], 1) << ordinal;
        (ordinal == after ? number_after : greatest) = std::max(number, greatest);
      }
    }
    EXPECT_GT(number_after, greatest);
    if (expect_rest_) ExpectTheRest(image, count);
    const auto gap = std::find(count.begin() + 1, count.end(), 0);
    return static_cast<uint64_t>(gap - count.begin()) - 1;
  }

  // A sealed file that the recorder left alone is read once.
  const std::vector<Stored>& Read(FaultyFileSystem& files, const std::string& path,
                                  const DiskImage& image) {
    const auto left = image.files.find(path);
    if (left == image.files.end() || files.At(path) != left->second) {
      return recovered_ = ReadSegment(files, path);
    }
    const auto [found, news] = sealed_.try_emplace({left->second, left->second->bytes.size()});
    if (news) found->second = ReadSegment(files, path);
    return found->second;
  }

  // Every record is there whose chunks are whole, in a file whose header is.
  void ExpectTheRest(const DiskImage& image, const std::vector<uint8_t>& count) const {
    for (const auto& [path, file] : image.files) {
      const auto written = written_.find(Stem(path));
      if (written == written_.end()) continue;
      const std::string& bytes = file->bytes;
      const auto whole = [&](const Place& place) {
        return bytes.size() >= place.end &&
               bytes.compare(place.begin, place.end - place.begin, written->second.bytes,
                             place.begin, place.end - place.begin) == 0;
      };
      std::map<uint64_t, bool> readable;
      const std::vector<Place>& places = written->second.places;
      if (!whole(places.front())) continue;
      for (const Place& place : places) {
        const bool sound = whole(place);
        for (const uint64_t ordinal : place.ordinals) {
          readable.try_emplace(ordinal, true).first->second &= sound;
        }
      }
      for (const auto& [ordinal, all] : readable) {
        EXPECT_TRUE(!all || count.at(ordinal) == 1) << ordinal;
      }
    }
  }

  static constexpr uint64_t kNotTried = UINT64_MAX;

  std::vector<Step> steps_;
  std::map<std::string, Written> written_;  // by stem
  // How many ordinals an image gave; by its hash.
  std::unordered_map<uint64_t, uint64_t> first_;
  std::map<std::pair<std::shared_ptr<const File>, size_t>, std::vector<Stored>> sealed_;
  std::vector<Stored> recovered_;
  size_t tried_ = 0;
};

TEST_F(CrashTest, AtAnyMomentOfACaptureLosesNothingDurable) {
  ScriptedCapture capture;
  Watch(&capture);
  capture.Run(1300);
  TryAll(&capture, 12);
  std::printf("%zu chunks, %zu distinct images, the recorder started on %zu of them\n", chunks(),
              distinct(), tried());
  EXPECT_GE(chunks(), 500u);
  EXPECT_GE(distinct(), 20000u);
}

// The file that died stays beside the one that is to hold its last records again. Once that has
// begun, they are left out of the file that died, whether they have reached the other or not: they
// were not acknowledged before.
TEST_F(CrashTest, AfterTheDiskFailedLosesAndDoublesNothingDurable) {
  expect_rest_ = false;
  for (const FileCall call : {FileCall::kSync, FileCall::kAppend}) {
    ScriptedCapture capture;
    Watch(&capture);
    capture.Run(60);
    capture.files.Inject({.call = call, .nth = 3, .partial = 50});
    capture.Run(60);
    TryAll(&capture, 4);
  }
  std::printf("%zu distinct images, the recorder started on %zu of them\n", distinct(), tried());
}

}  // namespace
}  // namespace shadowreel
