#include "scenarios/emit/nginx_mirror.h"

#include <cmath>
#include <string_view>

#include "base/status.h"

namespace shadowreel {
namespace {

constexpr std::string_view kHttp = R"(# In `http`: where copies go, and how many.
upstream shadowreel_recorder {{
  server {recorder} max_fails=1 fail_timeout=1s;
  server {backup} backup;  # while the recorder does not answer
  keepalive 32;
}}
server {{
  listen {backup};
  access_log off;
  return 204;
}}
# Drawn anew for each request. 1 is copied.
split_clients "$request_id" $shadowreel_mirrored {{
{split}}}
)";

constexpr std::string_view kServer =
    R"(# In the `server` whose requests are to be copied. A location with a `mirror` of its own inherits
# none. Bodies are read whole before a request is passed on, whether it is copied or not.
mirror /shadowreel-mirror;
location = /shadowreel-mirror {
  internal;
  if ($shadowreel_mirrored = 0) { return 204; }
  proxy_http_version 1.1;
  proxy_set_header Connection "";  # with keepalive: one connection serves many copies
  proxy_set_header Host $http_host;
  proxy_set_header X-Request-Id $request_id;
  # nginx holds the next request of a client's connection until the copy is answered.
  proxy_connect_timeout 100ms;
  proxy_send_timeout 200ms;
  proxy_read_timeout 200ms;
  proxy_next_upstream off;  # a copy is never sent twice
  proxy_pass http://shadowreel_recorder$request_uri;
}
)";

constexpr std::string_view kOff =
    R"(# In the `server`, in place of the mirror: no request is copied.
mirror off;
)";

}  // namespace

absl::StatusOr<NginxParts> NginxMirrorParts(const NginxMirror& mirror) {
  const double hundredths = std::round(mirror.percent * 100);
  if (std::abs(mirror.percent * 100 - hundredths) > 1e-6) {
    return UsageError("--percent={}: nginx knows two decimals", mirror.percent);
  }
  std::string split = "  * 0;\n";
  if (mirror.percent >= 100) {
    split = "  * 1;\n";
  } else if (hundredths > 0) {
    split = fmt::format("  {}% 1;\n  * 0;\n", mirror.percent);
  }
  NginxParts parts;
  parts.http = fmt::format(
      kHttp, fmt::arg("recorder", fmt::format("{}:{}", mirror.recorder.host, mirror.recorder.port)),
      fmt::arg("backup", fmt::format("{}:{}", mirror.backup.host, mirror.backup.port)),
      fmt::arg("split", split));
  parts.server = kServer;
  parts.off = kOff;
  return parts;
}

}  // namespace shadowreel
