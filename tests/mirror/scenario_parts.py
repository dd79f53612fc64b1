"""The ready-made scenarios among real parts: our recorder as one says, and a mesh's manifests whose
subset v2 is a server on loopback."""

import os

import parts

# Of a subset's endpoints, as `kubectl get destinationrules,services,endpointslices,pods -o yaml`
# prints them.
MESH = """
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {{name: httpbin}}
spec:
  hosts: ["*"]
  http:
  - match: [{{uri: {{prefix: /httpbin}}}}]
    rewrite: {{uri: /}}
    route: [{{destination: {{host: httpbin, subset: v1}}}}]
    mirror: {{host: httpbin, subset: v2}}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: httpbin}}
spec:
  host: httpbin
  subsets:
  - {{name: v1, labels: {{version: v1}}}}
  - {{name: v2, labels: {{version: v2}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: httpbin}}
spec:
  selector: {{app: httpbin}}
  ports: [{{name: http, port: 8000, targetPort: 80}}]
---
apiVersion: v1
kind: Pod
metadata: {{name: httpbin-v2, labels: {{app: httpbin, version: v2}}}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: httpbin-1, labels: {{kubernetes.io/service-name: httpbin}}}}
addressType: IPv4
ports: [{{name: http, port: {port}}}]
endpoints:
- addresses: [127.0.0.1]
  targetRef: {{kind: Pod, name: httpbin-v2}}
"""


def scenario(name):
    return f"--scenario=scenarios/{name}.yaml"


class ScenarioRecorder(parts.Recorder):
    """The recorder as a scenario says; the port and where things go come from the environment."""

    def __init__(self, directory, programs, name, out=None, **environment):
        self.environment = environment
        self.scenario = name
        super().__init__(directory, programs.recorder, out or os.path.join(directory, "recording"))

    def start(self, command, **options):
        variables = {"LISTEN": "127.0.0.1:0", "OUT": self.out, **self.environment}
        command = [command[0], scenario(self.scenario), f"--ledger={self.ledger_path}"]
        super().start(command, env={**os.environ, **variables}, **options)


def write_mesh(directory, port):
    path = os.path.join(directory, "mesh.yaml")
    with open(path, "w", encoding="ascii") as file:
        file.write(MESH.format(port=port))
    return path
