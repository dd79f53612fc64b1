#pragma once

#include <cstdint>
#include <string>

namespace shadowreel {

// Where a mirror sends: the recorder, as the mesh names it. Its texts are checked
// (kubernetes_names.h).
struct RecorderPlace {
  std::string name;        // of its objects
  std::string name_space;  // of its objects
  std::string host;        // "shadowreel-recorder.capture.svc.cluster.local"
  uint16_t port = 0;       // as the mesh knows it
  bool outside = false;    // of the cluster
  std::string address;     // outside: where it is, a DNS name or an address
  uint16_t address_port = 0;
  bool tls = false;  // outside: a proxy before it takes TLS
  bool h2c = false;  // HTTP/2 rather than HTTP/1.1
};

}  // namespace shadowreel
