#include "scenarios/emit/recorder_objects.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace shadowreel {
namespace {

RecorderObjects InCapture() {
  RecorderObjects objects;
  objects.place.name = "recorder";
  objects.place.name_space = "capture";
  objects.place.port = 9000;
  objects.image = "recorder:1";
  return objects;
}

std::string Yaml(const RecorderObjects& objects) {
  const absl::StatusOr<std::string> yaml = RecorderObjectsYaml(objects);
  return yaml.ok() ? *yaml : Message(yaml.status());
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(RecorderObjectsTest, ACaptureEndsWhateverIsNotSaid) {
  const std::string yaml = Yaml(InCapture());
  EXPECT_TRUE(Has(yaml, "- \"--for=2h\"\n"));
  EXPECT_TRUE(Has(yaml, "- \"--max_bytes=64GiB\"\n"));
  EXPECT_TRUE(Has(yaml, "- --after_end=discard\n"));
  EXPECT_FALSE(Has(yaml, "mirrored_percent"));
}

TEST(RecorderObjectsTest, VolumeAndMemoryFollowFromTheBounds) {
  RecorderObjects objects = InCapture();
  EXPECT_TRUE(Has(Yaml(objects), "storage: 71Gi"));  // (64 + 0.25) * 1.1
  EXPECT_TRUE(Has(Yaml(objects), "memory: 192Mi"));
  EXPECT_TRUE(Has(Yaml(objects), "memory: 320Mi"));
  objects.capture = {{"max_bytes", "9GiB"}, {"min_free", "0"}, {"queue", "1GiB"}};
  EXPECT_TRUE(Has(Yaml(objects), "storage: 10Gi"));
  EXPECT_TRUE(Has(Yaml(objects), "memory: 2240Mi"));
  EXPECT_TRUE(Has(Yaml(objects), "- \"--queue=1GiB\"\n"));
}

TEST(RecorderObjectsTest, WhatThePodDecidesIsNotTakenFromTheScenario) {
  RecorderObjects objects = InCapture();
  objects.capture = {
      {"listen", "1.2.3.4:5"}, {"out", "peak"}, {"after_end", "exit"}, {"seed", "7"}};
  const std::string yaml = Yaml(objects);
  EXPECT_TRUE(Has(yaml, "- --listen=0.0.0.0:9000\n"));
  EXPECT_TRUE(Has(yaml, "- \"--seed=7\"\n"));
  EXPECT_FALSE(Has(yaml, "1.2.3.4"));
  EXPECT_FALSE(Has(yaml, "peak"));
  EXPECT_FALSE(Has(yaml, "=exit"));
}

TEST(RecorderObjectsTest, TextsCannotLeaveTheirQuotes) {
  RecorderObjects objects = InCapture();
  objects.capture = {{"redact", "a\"\n- b: {c}"}};
  EXPECT_TRUE(Has(Yaml(objects), R"(- "--redact=a\"\n- b: {c}")"));
}

TEST(RecorderObjectsTest, ASampledMirrorIsToldToTheRecorder) {
  RecorderObjects objects = InCapture();
  objects.percent = 12.5;
  EXPECT_TRUE(Has(Yaml(objects), "- \"--mirrored_percent=12.5\"\n"));
}

TEST(RecorderObjectsTest, SizesThatCannotBeReadAreNamed) {
  RecorderObjects objects = InCapture();
  objects.capture = {{"max_bytes", "much"}};
  EXPECT_TRUE(Has(Yaml(objects), "--max_bytes: "));
  objects.capture = {{"max_bytes", "4000000TiB"}};
  EXPECT_TRUE(Has(Yaml(objects), "max_bytes: "));
}

}  // namespace
}  // namespace shadowreel
