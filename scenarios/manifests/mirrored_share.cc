#include "scenarios/manifests/mirrored_share.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "scenarios/manifests/addressed_host.h"
#include "scenarios/manifests/host_names.h"

namespace shadowreel {
namespace {

struct Found {
  const Mirror* mirror;
  std::string host;  // full
};

std::vector<Found> MirrorsOf(const Mesh& mesh) {
  std::vector<Found> found;
  for (const Route& route : mesh.routes) {
    for (const Mirror& mirror : route.mirrors) {
      found.push_back({&mirror, FullHost(mirror.to.host, route.object.name_space)});
    }
  }
  return found;
}

std::string Described(const Mirror& mirror) {
  const std::string subset = mirror.to.subset.empty() ? "" : " subset " + mirror.to.subset;
  return fmt::format("{}: mirror to {}{}", mirror.place.Text(), mirror.to.host, subset);
}

std::string Listed(const std::vector<Found>& mirrors) {
  constexpr size_t kShown = 10;
  std::vector<std::string> texts;
  for (const Found& found : mirrors) {
    texts.push_back(fmt::format("{}, {} %", Described(*found.mirror), found.mirror->percent));
  }
  return ListBeginning(texts, kShown, "; ");
}

}  // namespace

absl::StatusOr<MirroredShare> FindMirroredShare(const Mesh& mesh, const std::string& mirror_host) {
  const std::vector<Found> all = MirrorsOf(mesh);
  if (all.empty()) return UsageError("no route among the manifests has a mirror");
  std::vector<Found> meant;
  std::copy_if(all.begin(), all.end(), std::back_inserter(meant), [&](const Found& found) {
    return mirror_host.empty() || MayMean(mirror_host, found.host);
  });
  if (meant.empty()) {
    return UsageError("no mirror among the manifests sends to '{}'; there are {}", mirror_host,
                      Listed(all));
  }
  const double percent = meant[0].mirror->percent;
  if (std::any_of(meant.begin(), meant.end(),
                  [&](const Found& found) { return found.mirror->percent != percent; })) {
    return UsageError(
        "the mirrors send different shares: {}; give --mirror_host to choose those to one host, or "
        "--mirrored_percent",
        Listed(meant));
  }
  return MirroredShare{percent, Described(*meant[0].mirror)};
}

}  // namespace shadowreel
