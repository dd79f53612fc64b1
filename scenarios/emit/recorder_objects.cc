#include "scenarios/emit/recorder_objects.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/flags.h"
#include "base/status.h"
#include "base/units.h"
#include "scenarios/emit/manifest_json.h"

namespace shadowreel {
namespace {

// Decided below: by the pod, and by what it can reach.
constexpr std::string_view kDecided[] = {
    "listen",      "out",           "ledger",    "manifests",
    "mirror_host", "redaction_key", "after_end", "mirrored_percent"};

constexpr uint64_t kMib = uint64_t{1} << 20;
constexpr uint64_t kGib = uint64_t{1} << 30;
constexpr uint64_t kMostVolume = uint64_t{1} << 50;

// What the sizes of a pod follow from; the recorder's own defaults.
struct Bounds {
  std::string duration = "2h";
  std::string max_bytes = "64GiB";
  std::string min_free = "256MiB";
  std::string queue = "64MiB";
  std::string uploads = "64MiB";
};

std::string* BoundOf(std::string_view flag, Bounds* bounds) {
  if (flag == "for") return &bounds->duration;
  if (flag == "max_bytes") return &bounds->max_bytes;
  if (flag == "min_free") return &bounds->min_free;
  if (flag == "queue") return &bounds->queue;
  if (flag == "uploads") return &bounds->uploads;
  return nullptr;
}

std::string Argument(const std::string& flag, const std::string& text) {
  return fmt::format("            - {}\n", Json("--" + flag + "=" + text).dump());
}

std::string Arguments(const RecorderObjects& objects, const Bounds& bounds) {
  std::string text = fmt::format("            - --listen=0.0.0.0:{}\n", objects.place.port);
  text += "            - --out=/recordings/capture\n";
  text += Argument("for", bounds.duration) + Argument("max_bytes", bounds.max_bytes);
  text +=
      "            # After its end, and when it is started anew, it stores nothing and counts.\n";
  text += "            - --after_end=discard\n";
  if (objects.percent > 0 && objects.percent < 100) {
    text += Argument("mirrored_percent", fmt::format("{}", objects.percent));
  }
  for (const auto& [flag, value] : objects.capture) {
    if (flag == "for" || flag == "max_bytes") continue;
    if (std::find(std::begin(kDecided), std::end(kDecided), flag) != std::end(kDecided)) continue;
    text += Argument(flag, value);
  }
  return text;
}

struct Sizes {
  uint64_t volume_gib = 0;
  uint64_t memory_mib = 0;  // asked for
  uint64_t most_memory_mib = 0;
};

absl::StatusOr<uint64_t> SizeOf(const char* flag, const std::string& text) {
  absl::StatusOr<uint64_t> bytes = ParseBytes(text);
  if (!bytes.ok()) return FlagError(flag, bytes.status());
  if (*bytes > kMostVolume) return UsageError("{}: {} is more than a volume holds", flag, text);
  return bytes;
}

absl::StatusOr<Sizes> SizesOf(const Bounds& bounds) {
  ASSIGN_OR_RETURN(const uint64_t max_bytes, SizeOf("max_bytes", bounds.max_bytes));
  ASSIGN_OR_RETURN(const uint64_t min_free, SizeOf("min_free", bounds.min_free));
  ASSIGN_OR_RETURN(const uint64_t queue, SizeOf("queue", bounds.queue));
  ASSIGN_OR_RETURN(const uint64_t uploads, SizeOf("uploads", bounds.uploads));
  const uint64_t room = max_bytes + min_free;
  Sizes sizes;
  sizes.volume_gib = (room + room / 10 + kGib - 1) / kGib;
  sizes.memory_mib = (queue + uploads) / kMib + 64;
  sizes.most_memory_mib = (2 * queue + uploads) / kMib + 128;
  return sizes;
}

constexpr fmt::string_view kVolume =
    R"(# Its size: --max_bytes and --min_free, and a tenth for the file system. It outlives the recorder;
# `kubectl delete` of it deletes the recording.
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: "{name}"
  namespace: "{name_space}"
  labels:
    app.kubernetes.io/name: "{name}"
spec:
  accessModes:
    - ReadWriteOnce
  resources:
    requests:
      storage: {volume_gib}Gi
)";

constexpr fmt::string_view kService = R"(apiVersion: v1
kind: Service
metadata:
  name: "{name}"
  namespace: "{name_space}"
  labels:
    app.kubernetes.io/name: "{name}"
spec:
  selector:
    app.kubernetes.io/name: "{name}"
  ports:
    - name: {port_name}
      appProtocol: {protocol}
      port: {port}
      targetPort: mirror
)";

constexpr fmt::string_view kDeploymentHead = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: "{name}"
  namespace: "{name_space}"
  labels:
    app.kubernetes.io/name: "{name}"
spec:
  # One recorder writes a recording, and the next one begins when it has sealed its segment.
  replicas: 1
  strategy:
    type: Recreate
  selector:
    matchLabels:
      app.kubernetes.io/name: "{name}"
  template:
    metadata:
      labels:
        app.kubernetes.io/name: "{name}"
        # A sidecar would stand in the way of the copies, and end before the recorder has sealed.
        sidecar.istio.io/inject: "false"
      annotations:
        sidecar.istio.io/inject: "false"
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      # What is queued is written, and the segment sealed.
      terminationGracePeriodSeconds: 60
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: recorder
          image: "{image}"
          command: [recorder]
          args:
)";

constexpr fmt::string_view kDeploymentTail = R"(          ports:
            - name: mirror
              containerPort: {port}
          # A connection alone: a request would be recorded.
          readinessProbe:
            tcpSocket:
              port: mirror
            periodSeconds: 5
          # No limit on CPU: a recorder that is throttled answers late.
          resources:
            requests:
              cpu: 500m
              memory: {memory_mib}Mi
            limits:
              memory: {most_memory_mib}Mi
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
          volumeMounts:
            - name: recordings
              mountPath: /recordings
      volumes:
        - name: recordings
          persistentVolumeClaim:
            claimName: "{name}"
)";

// The named places of each text are some of these.
std::string Filled(fmt::string_view text, const RecorderObjects& objects, const Sizes& sizes) {
  const RecorderPlace& place = objects.place;
  return fmt::format(
      fmt::runtime(text), fmt::arg("name", place.name), fmt::arg("name_space", place.name_space),
      fmt::arg("port", place.port), fmt::arg("port_name", place.h2c ? "http2" : "http"),
      fmt::arg("protocol", place.h2c ? "kubernetes.io/h2c" : "http"),
      fmt::arg("image", objects.image), fmt::arg("volume_gib", sizes.volume_gib),
      fmt::arg("memory_mib", sizes.memory_mib), fmt::arg("most_memory_mib", sizes.most_memory_mib));
}

}  // namespace

absl::StatusOr<std::string> RecorderObjectsYaml(const RecorderObjects& objects) {
  Bounds bounds;
  for (const auto& [flag, text] : objects.capture) {
    if (std::string* const bound = BoundOf(flag, &bounds)) *bound = text;
  }
  ASSIGN_OR_RETURN(const Sizes sizes, SizesOf(bounds));
  return Filled(kVolume, objects, sizes) + "---\n" + Filled(kService, objects, sizes) + "---\n" +
         Filled(kDeploymentHead, objects, sizes) + Arguments(objects, bounds) +
         Filled(kDeploymentTail, objects, sizes);
}

}  // namespace shadowreel
