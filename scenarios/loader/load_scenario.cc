#include "scenarios/loader/load_scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/status.h"
#include "scenarios/loader/read_scenario.h"
#include "scenarios/yaml/node.h"

namespace shadowreel {
namespace {

// Follows includes.
class Loader {
 public:
  Loader(FileSystem& files, const Environment& environment, Problems* problems)
      : files_(files), environment_(environment), problems_(problems) {}

  LoadedScenario Parse(std::string_view text, const std::string& path) {
    chain_.push_back(Normal(path));
    const size_t errors = problems_->errors();
    const std::vector<YamlNode> documents = ParseYaml(text, path, problems_);
    if (documents.empty()) {
      // Broken syntax has been reported.
      if (problems_->errors() == errors) problems_->Error(Begin(path), "holds no scenario");
      return {};
    }
    if (documents.size() > 1) {
      problems_->Error(documents[1].place, "a second document; a file holds one scenario");
    }
    LoadedScenario loaded = ReadScenario(documents[0], environment_, problems_);
    if (const auto include = loaded.origins.find("include"); include != loaded.origins.end()) {
      LoadedScenario base = Include(path, loaded.scenario.include(), include->second.place);
      Overlay(loaded, &base);
      return base;
    }
    return loaded;
  }

 private:
  static std::string Normal(const std::string& path) {
    return std::filesystem::path(path).lexically_normal().string();
  }

  static Place Begin(const std::string& path) {
    return {std::make_shared<const std::string>(path), 1, 1};
  }

  LoadedScenario Include(const std::string& from, const std::string& name, const Place& place) {
    const std::string path = (std::filesystem::path(from).parent_path() / name).string();
    if (std::find(chain_.begin(), chain_.end(), Normal(path)) != chain_.end()) {
      problems_->Error(place, fmt::format("include: {} includes itself: {} -> {}", path,
                                          fmt::join(chain_, " -> "), Normal(path)));
      return {};
    }
    if (chain_.size() > kMostIncludes) {
      problems_->Error(place, fmt::format("include: more than {} files in a chain", kMostIncludes));
      return {};
    }
    const absl::StatusOr<std::string> text = ReadFile(files_, path, kMostYamlBytes);
    if (!text.ok()) {
      problems_->Error(place, "include: " + Message(text.status()));
      return {};
    }
    return Parse(*text, path);
  }

  FileSystem& files_;
  const Environment& environment_;
  Problems* const problems_;
  std::vector<std::string> chain_;  // of the files being read, the outermost first
};

}  // namespace

LoadedScenario ParseScenario(FileSystem& files, std::string_view text, const std::string& path,
                             const Environment& environment, Problems* problems) {
  return Loader(files, environment, problems).Parse(text, path);
}

absl::StatusOr<LoadedScenario> LoadScenario(FileSystem& files, const std::string& path,
                                            const Environment& environment) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(files, path, kMostYamlBytes));
  Problems problems;
  LoadedScenario loaded = ParseScenario(files, text, path, environment, &problems);
  if (problems.errors() <= 1) {
    RETURN_IF_ERROR(problems.ToStatus());
    return loaded;
  }
  return UsageError("{} has {} problems:\n{}", path, problems.errors(),
                    Message(problems.ToStatus()));
}

}  // namespace shadowreel
