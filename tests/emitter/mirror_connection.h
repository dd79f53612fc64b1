#pragma once

#include <absl/status/status.h>

#include "tests/emitter/shadow_request.h"

namespace shadowreel {

// Learns how each request ended. Must not call the connection back.
class MirrorObserver {
 public:
  virtual ~MirrorObserver() = default;
  virtual void OnAnswered(const ShadowRequest& request, int status) = 0;
  // All of its bytes were sent, then the reset.
  virtual void OnReset(const ShadowRequest& request) = 0;
  // The connection is lost with requests on it.
  virtual void OnBroken(const absl::Status& status) = 0;
};

// One connection of Envoy's pool for a mirror cluster. Used on the loop's thread alone.
class MirrorConnection {
 public:
  virtual ~MirrorConnection() = default;
  // Whether Send may be called now.
  virtual bool HasRoom() const = 0;
  // Takes a request; it goes out with the next Flush at the latest.
  virtual void Send(ShadowRequestPtr request) = 0;
  virtual void Flush() = 0;
};

}  // namespace shadowreel
