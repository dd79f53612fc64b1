#include "scenarios/manifests/read_mesh.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "scenarios/manifests/fields.h"
#include "scenarios/manifests/object_reader.h"
#include "scenarios/manifests/shape.h"

namespace shadowreel {
namespace {

using Reader = void (*)(const ObjectName&, const YamlNode&, Mesh*, Problems*);

constexpr const char* kDefaultNamespace = "default";

struct KnownKind {
  const char* group;
  const char* kind;
  Reader reader;  // null: a Pod, of which labels are kept
};

const std::vector<KnownKind>& KnownKinds() {
  static const std::vector<KnownKind> kKinds = {
      {"networking.istio.io", "VirtualService", ReadVirtualService},
      {"networking.istio.io", "DestinationRule", ReadDestinationRule},
      {"networking.istio.io", "ServiceEntry", ReadServiceEntry},
      {"gateway.networking.k8s.io", "HTTPRoute", ReadHttpRoute},
      {"", "Service", ReadService},
      {"discovery.k8s.io", "EndpointSlice", ReadEndpointSlice},
      {"", "Pod", nullptr},
  };
  return kKinds;
}

const std::vector<std::string>& VersionsOf(const std::string& group) {
  static const std::map<std::string, std::vector<std::string>> kVersions = {
      {"networking.istio.io", {"v1", "v1beta1", "v1alpha3"}},
      {"gateway.networking.k8s.io", {"v1", "v1beta1"}},
      {"", {"v1"}},
      {"discovery.k8s.io", {"v1"}},
  };
  return kVersions.at(group);
}

// Kinds that are passed over although their names are near to those that are read.
bool IsOtherKind(const std::string& kind) {
  static const std::vector<std::string> kKinds = {"GRPCRoute", "TCPRoute",  "TLSRoute",
                                                  "UDPRoute",  "Endpoints", "Gateway"};
  return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

// The group whose objects of this kind are read; null when none is. Others, too, call theirs
// Service or Pod, like Kubernetes itself.
const std::string* GroupOf(const std::string& kind) {
  static const std::map<std::string, std::string> kGroups = [] {
    std::map<std::string, std::string> groups;
    for (const KnownKind& known : KnownKinds()) {
      if (*known.group != '\0') groups.emplace(known.kind, known.group);
    }
    return groups;
  }();
  const auto found = kGroups.find(kind);
  return found == kGroups.end() ? nullptr : &found->second;
}

class MeshReader {
 public:
  explicit MeshReader(Problems* problems) : problems_(problems) {}

  void ReadFile(const ManifestText& file) {
    passed_over_.clear();
    passed_over_place_ = {};
    for (const YamlNode& document : ParseYaml(file.text, file.file, problems_)) {
      ReadDocument(document);
    }
    SayPassedOver();
  }

  Mesh Finish() {
    JoinPods();
    return std::move(mesh_);
  }

 private:
  void ReadDocument(const YamlNode& node) {
    if (node.IsNull()) return;
    if (!node.IsMap()) {
      problems_->Error(node.place, "this is no Kubernetes object: a map with 'kind' is expected");
      return;
    }
    const YamlNode* items = FieldOf(node, "items");
    const std::string kind = TextOf(node, "kind");
    const bool is_list = kind.size() >= 4 && kind.substr(kind.size() - 4) == "List";
    if (items == nullptr || !is_list) return ReadObject(node);
    if (!items->IsList()) {
      problems_->Error(items->place, fmt::format("'items' of a {} must be a list", kind));
    }
    for (const YamlNode& item : items->items) ReadDocument(item);
  }

  void ReadObject(const YamlNode& object) {
    const YamlNode* version = NeededText(object, "apiVersion");
    const YamlNode* kind = NeededText(object, "kind");
    if (version == nullptr || kind == nullptr) return;
    const size_t slash = version->text.find('/');
    const std::string group = slash == std::string::npos ? "" : version->text.substr(0, slash);
    const KnownKind* known = FindKind(group, *kind, *version);
    if (known == nullptr) return;
    const std::vector<std::string>& versions = VersionsOf(group);
    const std::string number = version->text.substr(slash == std::string::npos ? 0 : slash + 1);
    if (std::find(versions.begin(), versions.end(), number) == versions.end()) {
      problems_->Error(version->place,
                       fmt::format("'{}' of a {} is not read; known versions of it: {}",
                                   version->text, kind->text, fmt::join(versions, ", ")));
      return;
    }
    ReadKnown(*known, version->text, object);
  }

  const YamlNode* NeededText(const YamlNode& object, const char* name) {
    const YamlNode* field = FieldOf(object, name);
    if (field != nullptr && field->IsScalar() && !field->text.empty()) return field;
    problems_->Error(field == nullptr ? object.place : field->place,
                     fmt::format("'{}' is missing: this is no Kubernetes object", name));
    return nullptr;
  }

  // Null for a kind that is passed over, and after saying that a name is misspelt.
  const KnownKind* FindKind(const std::string& group, const YamlNode& kind,
                            const YamlNode& version) {
    std::vector<std::string> of_group;
    bool our_group = false;
    for (const KnownKind& known : KnownKinds()) {
      if (known.group != group) continue;
      if (known.kind == kind.text) return &known;
      our_group = true;
      of_group.emplace_back(known.kind);
    }
    // Kubernetes itself has too many kinds to guess.
    const bool guess = our_group && !group.empty() && !IsOtherKind(kind.text);
    const std::string near = guess ? NearestName(kind.text, of_group) : "";
    if (const std::string* own = GroupOf(kind.text)) {
      problems_->Warn(version.place,
                      fmt::format("'{}' has no {} that is read, so it is passed over; did you mean "
                                  "'{}/{}'?",
                                  version.text, kind.text, *own, VersionsOf(*own).front()));
    } else if (near.empty()) {
      if (passed_over_.empty()) passed_over_place_ = kind.place;
      ++passed_over_[kind.text];
    } else {
      problems_->Error(kind.place, fmt::format("unknown kind '{}' of {}; did you mean '{}'?",
                                               kind.text, group, near));
    }
    return nullptr;
  }

  void ReadKnown(const KnownKind& known, const std::string& version, const YamlNode& object) {
    const ObjectName name = ReadName(known, version, object);
    const std::string text = name.Text();
    const auto [first, added] = seen_.emplace(text, object.place);
    if (!added && !name.name.empty()) {
      problems_->Error(object.place, fmt::format("{} stands twice, first at {}; keep one", text,
                                                 first->second.Text()));
      return;
    }
    if (known.reader == nullptr) {
      KeepLabels(name, object);
      return;
    }
    if (std::string_view(known.kind) != "EndpointSlice") CheckTop(object);
    if (std::string_view(known.kind) == "EndpointSlice") NoteTargets(name, object);
    known.reader(name, object, &mesh_, problems_);
    mesh_.objects.emplace_back(name, object);
  }

  // The fields of the object itself; its spec is its reader's.
  void CheckTop(const YamlNode& object) {
    using shapes::Any;
    static const Shape kShape = shapes::OpenBut({"apiVersion", "kind", "metadata", "spec"},
                                                shapes::Object({{"apiVersion", Any()},
                                                                {"kind", Any()},
                                                                {"metadata", Any()},
                                                                {"spec", Any()},
                                                                {"status", Any()}}));
    CheckShape(object, kShape, "object", problems_);
  }

  ObjectName ReadName(const KnownKind& known, const std::string& version, const YamlNode& object) {
    static const Shape kNames = shapes::Object({{"name", shapes::Text()},
                                                {"namespace", shapes::Text()},
                                                {"labels", shapes::MapOf(shapes::Text())}});
    ObjectName name{version, known.kind, kDefaultNamespace, ""};
    const YamlNode* metadata = FieldOf(object, "metadata");
    if (metadata == nullptr || !metadata->IsMap()) {
      problems_->Error(object.place, "'metadata' with the object's 'name' is missing");
      return name;
    }
    for (const ShapeField& field : kNames.fields) {
      const YamlNode* value = FieldOf(*metadata, field.name);
      if (value != nullptr) CheckShape(*value, field.shape, field.name, problems_);
    }
    name.name = TextOf(*metadata, "name");
    if (name.name.empty()) name.name = TextOf(*metadata, "generateName");
    if (name.name.empty()) problems_->Error(metadata->place, "'name' is missing in 'metadata'");
    const std::string name_space = TextOf(*metadata, "namespace");
    if (!name_space.empty()) name.name_space = name_space;
    return name;
  }

  void KeepLabels(const ObjectName& pod, const YamlNode& object) {
    const YamlNode* metadata = FieldOf(object, "metadata");
    if (metadata == nullptr) return;
    pods_[PodKey(pod.name_space, pod.name)] = LabelsOf(*metadata, "labels");
  }

  static std::string PodKey(const std::string& name_space, const std::string& name) {
    return name_space + "/" + name;
  }

  // Which Pod stands behind which endpoint, by the endpoint's place in its list.
  void NoteTargets(const ObjectName& name, const YamlNode& object) {
    for (const YamlNode* endpoint : MapsOf(object, "endpoints")) {
      const YamlNode* target = FieldOf(*endpoint, "targetRef");
      if (target == nullptr || TextOf(*target, "kind") != "Pod") continue;
      std::string name_space = TextOf(*target, "namespace");
      if (name_space.empty()) name_space = name.name_space;
      targets_[endpoint->place] = PodKey(name_space, TextOf(*target, "name"));
    }
  }

  void JoinPods() {
    for (EndpointSlice& slice : mesh_.slices) {
      for (MeshEndpoint& endpoint : slice.endpoints) {
        const auto target = targets_.find(endpoint.place);
        if (target == targets_.end()) continue;
        const auto pod = pods_.find(target->second);
        if (pod == pods_.end()) continue;
        endpoint.labels = pod->second;
        endpoint.labels_are_its_own = true;
      }
    }
  }

  void SayPassedOver() {
    if (passed_over_.empty()) return;
    std::vector<std::string> kinds;
    for (const auto& [kind, count] : passed_over_) {
      kinds.push_back(fmt::format("{} {}", count, kind));
    }
    problems_->Add({passed_over_place_, Severity::kNote,
                    fmt::format("passed over what is of other kinds: {}", fmt::join(kinds, ", "))});
  }

  Problems* const problems_;
  Mesh mesh_;
  std::map<std::string, Place> seen_;          // by ObjectName::Text()
  std::map<std::string, Labels> pods_;         // by "namespace/name"
  std::map<Place, std::string> targets_;       // of endpoints
  std::map<std::string, size_t> passed_over_;  // of one file, by kind
  Place passed_over_place_;
};

}  // namespace

Mesh ReadMesh(const std::vector<ManifestText>& files, Problems* problems) {
  MeshReader reader(problems);
  for (const ManifestText& file : files) reader.ReadFile(file);
  return reader.Finish();
}

}  // namespace shadowreel
