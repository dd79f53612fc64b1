#include "scenarios/emit/instructions.h"

#include <fmt/format.h>

#include <string_view>

namespace shadowreel {
namespace {

constexpr std::string_view kForgotten = R"(
TAKE THE MIRROR AWAY AGAIN. The recorder ends by itself, and then answers and stores nothing; the
mirror goes on sending, and on the busiest day of the year it doubles the load. Put the command
into the calendar now.
)";

// {resource} as kubectl names it.
constexpr std::string_view kPatches =
    R"(Copies {percent} % of the requests of {object} to {host}:{port}:
{routes}
Start:

  kubectl apply -f recorder.yaml
{wait}  kubectl patch {resource} {name} -n {name_space} \
    --type=json --patch-file=mirror.add.json --dry-run=server -o yaml
  kubectl patch {resource} {name} -n {name_space} \
    --type=json --patch-file=mirror.add.json

Stop:

  kubectl patch {resource} {name} -n {name_space} \
    --type=json --patch-file=mirror.remove.json
{forgotten}
Each patch tests first that the object is the one that was read, and else changes nothing
("the server rejected our request", "testing path ... failed"): emit anew from
`kubectl get {resource} {name} -n {name_space} -o yaml`.
A pipeline that applies the object from its own manifest takes the mirror away, or is refused.
)";

std::string Commands(std::string_view resource, const ChosenRoutes& chosen,
                     const RecorderPlace& recorder, double percent) {
  std::string routes;
  for (const ChosenRoute& route : chosen.routes) routes += "  " + route.pointer + "\n";
  std::string wait;
  if (!recorder.outside) {
    wait = fmt::format("  kubectl rollout status deployment/{} -n {} --timeout=120s\n",
                       recorder.name, recorder.name_space);
  }
  return fmt::format(
      kPatches, fmt::arg("percent", percent), fmt::arg("object", chosen.object.Text()),
      fmt::arg("host", recorder.host), fmt::arg("port", recorder.port), fmt::arg("routes", routes),
      fmt::arg("wait", wait), fmt::arg("resource", resource), fmt::arg("name", chosen.object.name),
      fmt::arg("name_space", chosen.object.name_space), fmt::arg("forgotten", kForgotten));
}

// Of the recorder in the cluster.
std::string Recording(const RecorderPlace& recorder) {
  if (recorder.outside) return "";
  return fmt::format(R"(
The recording (capture/) and the key of its pseudonyms (capture.key) lie on the volume
{0}; copy both, and keep them apart. Afterwards:

  kubectl delete -f recorder.yaml        # with the volume, and so the recording
)",
                     recorder.name);
}

constexpr std::string_view kNginx =
    R"(Copies {percent} % of the requests of a server to the recorder.

Start: have nginx include nginx.http.conf in `http` and nginx.server.conf in the `server`, then

  nginx -t && nginx -s reload

Stop: include nginx.server.off.conf in place of nginx.server.conf (or neither), then the same.
{forgotten}{weight})";

}  // namespace

std::string IstioInstructions(const ChosenRoutes& chosen, const RecorderPlace& recorder,
                              double percent) {
  return Commands("virtualservices.networking.istio.io", chosen, recorder, percent) +
         Recording(recorder);
}

std::string GatewayInstructions(const ChosenRoutes& chosen, const RecorderPlace& recorder,
                                double percent) {
  std::string text = Commands("httproutes.gateway.networking.k8s.io", chosen, recorder, percent);
  text += R"(
LOOK FOR THE PERCENT in what --dry-run shows. A cluster whose Gateway API does not know `percent`
and `fraction` of a RequestMirror drops them without a word, and an absent percent is 100.

The Gateway API has no bound on what a proxy holds for a slow recorder. Where Istio is the gateway,
give the recorder's Service a DestinationRule with connectionPool; elsewhere see the gateway's own
policies.
)";
  if (!chosen.live) {
    text += R"(
The manifest does not come from a server, which fills defaults in. So mirror.add.json cannot show
that the rule has still no filters where the manifest has none, and would replace them.
)";
  }
  return text + Recording(recorder);
}

std::string NginxInstructions(double percent) {
  std::string weight;
  if (percent > 0 && percent < 100) {
    weight = fmt::format(
        "\nTell the recorder the share, for the records' weight: --mirrored_percent={}\n", percent);
  }
  return fmt::format(kNginx, fmt::arg("percent", percent), fmt::arg("forgotten", kForgotten),
                     fmt::arg("weight", weight));
}

}  // namespace shadowreel
