#pragma once

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>
#include <vector>

#include "scenarios/scenario.pb.h"
#include "scenarios/yaml/place.h"

namespace shadowreel {

// Where one value came from.
struct Source {
  Place place;
  std::string written;  // the value as the file has it, where that names variables; else empty
};

// Where a key's value, or the values of its list, came from.
struct Origin {
  Place place;
  std::vector<Source> values;  // one for each; of sections none
};

// A scenario and where each of its values stands. A value.
struct LoadedScenario {
  scenario::Scenario scenario;
  // Of every key that is given, also when it is given what is the default: "replay",
  // "replay.speed", "thresholds". What is within a threshold has no origin of its own.
  std::map<std::string, Origin> origins;
};

// One key that is given.
struct Setting {
  std::string key;  // "replay.speed"
  const google::protobuf::FieldDescriptor* field;
  std::vector<std::string> values;  // as its flag takes them; a threshold is one line
  Origin origin;
};

// All that is given, in the order of scenario.proto; sections themselves are left out.
std::vector<Setting> SettingsOf(const LoadedScenario& loaded);

// The flag's whole text: values joined as the flag takes them.
std::string FlagTextOf(const Setting& setting);

// A threshold as the flag --threshold takes it.
std::string ThresholdLine(const scenario::Threshold& threshold);

// Puts `over` above `base`: its keys win, lists and thresholds replace whole ones, and of values
// that exclude each other (speed and rate) the one of `over` stays.
void Overlay(const LoadedScenario& over, LoadedScenario* base);

}  // namespace shadowreel
