"""What a replay takes from a mesh's manifests: a subset's endpoints, and what routes rewrite."""

import os
import unittest

from target import PASS, SAFETY, UNUSABLE, USAGE, ReplayerCase

# The seed's objects, as they stand there.
SERVICE_B = os.path.abspath("tests/scenarios/manifests/seed/service_b.yaml")
HTTPBIN = os.path.abspath("tests/scenarios/manifests/seed/httpbin.yaml")
SERVICE = os.path.abspath("tests/scenarios/manifests/seed/httpbin_service.yaml")

SLICE = """---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: httpbin-{number}
  labels: {{kubernetes.io/service-name: httpbin}}
addressType: IPv4
ports: [{{name: http, port: {port}}}]
endpoints:
- addresses: ["{address}"]
  conditions: {{ready: {ready}}}
  targetRef: {{kind: Pod, name: httpbin-{number}}}
---
apiVersion: v1
kind: Pod
metadata:
  name: httpbin-{number}
  labels: {{app: httpbin, version: {version}}}
"""


class ManifestsTest(ReplayerCase):
    def write(self, text, name="endpoints.yaml"):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def endpoints(self, *endpoints):
        """A file of slices and Pods; each endpoint is (authority, version, ready)."""
        text = ""
        for number, (authority, version, ready) in enumerate(endpoints):
            address, port = authority.rsplit(":", 1)
            text += SLICE.format(number=number, address=address, port=port, version=version,
                                 ready=str(ready).lower())
        return self.write(text)

    def flags(self, *paths, records=({},) * 6, subset="v2"):
        return ["--recording=" + self.record(list(records)), "--target=http://httpbin:8000",
                "--rate=max", "--max_in_flight=1", "--manifests=" + ",".join(paths),
                *(["--subset=" + subset] if subset else [])]

    def test_a_subset_is_sent_to_the_ready_endpoints_of_its_pods(self):
        other = self.start_target(host="127.0.0.2")
        version1 = self.start_target(host="127.0.0.3")
        away = self.start_target(host="127.0.0.4")
        path = self.endpoints((version1.authority, "v1", True), (self.target.authority, "v2", True),
                              (other.authority, "v2", True), (away.authority, "v2", False))
        records = [{"target": "/%d" % i} for i in range(10)]
        run = self.replay(*self.flags(HTTPBIN, SERVICE, path, records=records))
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertEqual(sorted(self.target.targets()), ["/%d" % i for i in range(0, 10, 2)])
        self.assertEqual(sorted(other.targets()), ["/%d" % i for i in range(1, 10, 2)])
        self.assertEqual((version1.connections, away.connections), (0, 0))
        self.assertEqual({dict(headers)["Host"] for _, _, headers, _ in other.seen},
                         {"httpbin:8000"})
        self.assertIn("v2 of httpbin (version=v2): 2 endpoints", run.stdout)
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertIn("endpoint 127.0.0.4 is left out: it is not ready", run.stderr)

    def test_the_address_guard_judges_each_endpoint(self):
        path = self.endpoints((self.target.authority, "v2", True), ("192.0.2.1:80", "v2", True))
        run = self.replay(*self.flags(HTTPBIN, SERVICE, path))
        self.assert_one_line(run, SAFETY, "endpoint 192.0.2.1", "--allow_target=192.0.2.1")
        self.assertEqual(self.target.connections, 0)

    def test_what_is_wrong_is_one_line(self):
        path = self.endpoints((self.target.authority, "v2", True))
        given = self.flags(HTTPBIN, SERVICE, path)
        none = ["--subset=", "--manifests="]
        for flags, code, word in [
            (["--subsets=s.yaml"], USAGE, "--subsets and --manifests exclude each other"),
            (["--subset="], USAGE, "needs --subset=NAME or --route_rewrites"),
            (["--subset=v3"], USAGE, "has no subset 'v3'; there are v1, v2"),
            (["--subset=v1"], USAGE, "no endpoint of httpbin.default.svc.cluster.local has "
             "version=v1 (subset 'v1'); labels seen are app=httpbin,version=v2"),
            (["--target=http://httpbin"], USAGE, "no port 80; it has 8000 (http)"),
            (["--target=http://shop:8000"], USAGE, "no DestinationRule for host 'shop'"),
            (["--manifests="], USAGE, "needs --manifests=FILES"),
            ([*none, "--route_rewrites=undo"], USAGE, "needs --manifests=FILES"),
            (["--route_rewrites=redo"], USAGE, "write none, apply or undo"),
            (["--manifests=" + SERVICE, "--subset=", "--route_rewrites=undo"], USAGE,
             "no route among the manifests"),
            (["--manifests=" + self.root + "/missing"], UNUSABLE, "missing"),
        ]:
            with self.subTest(flags):
                self.assert_one_line(self.replay(*given, *flags), code, word)
        self.assertEqual(self.target.connections, 0)

    def test_all_that_is_wrong_with_manifests_is_said(self):
        path = self.write("kind: VirtualService\napiVersion: networking.istio.io/v1\n"
                          "metadata: {name: x}\nspec: {htttp: [], hots: []}\n")
        run = self.replay(*self.flags(path))
        self.assertEqual(run.returncode, USAGE, run.stderr)
        self.assertIn(path + ":4:8: ", run.stderr)
        self.assertIn(path + ":4:19: ", run.stderr)

    def test_what_manifests_say_does_not_act_on_a_terminal(self):
        path = self.endpoints(("\\e[2J:80", "v2", True), (self.target.authority, "v2", True))
        run = self.replay(*self.flags(path, SERVICE, HTTPBIN))
        self.assertNotIn("\x1b", run.stderr)
        self.assertIn("\\x1b[2J", run.stderr)

    def rewritten(self, rewrites, records, *more):
        """What a target gets, and what the replayer says to stderr."""
        run = self.replay("--recording=" + self.record(records, name=rewrites),
                          "--target=" + self.target.url, "--rate=max", "--max_in_flight=1",
                          "--manifests=" + SERVICE_B, "--route_rewrites=" + rewrites, *more)
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        return self.target.targets(), run.stderr

    def records(self, *targets, host="istio.gateway.xxxx.tech-shadow", more=()):
        return [{"target": target, "headers": [["Host", host], *more]} for target in targets]

    def test_what_a_mirror_sent_becomes_what_the_client_sent(self):
        records = self.records("//headers", "/headers?a=/b", "/")
        records += self.records("//get", more=[["x-envoy-original-path", "/serviceB//get?q"]])
        records += self.records("/headers", host="other.example")
        targets, said = self.rewritten("undo", records)
        self.assertEqual(targets, ["/serviceB/headers", "/serviceB/headers?a=/b", "/serviceB",
                                   "/serviceB//get?q", "/headers"])
        self.assertEqual(said, "replayer: no route of the manifests fits 1 of 5 requests: they "
                               "stay as recorded\n")
        self.assertEqual({dict(headers)["Host"] for _, _, headers, _ in self.target.seen},
                         {self.target.authority})

    def test_what_a_client_sent_becomes_what_the_service_gets(self):
        records = self.records("/serviceB/headers", "/serviceB/a?b=/serviceB", "/serviceB",
                               host="istio.gateway.xxxx.tech")
        targets, said = self.rewritten("apply", records)
        self.assertEqual(targets, ["//headers", "//a?b=/serviceB", "/"])
        self.assertEqual(said, "")

    def test_a_dry_run_shows_it(self):
        run = self.replay("--recording=" + self.record(self.records("//headers", "/x", "/y", host="a")
                                                       + self.records("//headers")),
                          "--target=" + self.target.url, "--manifests=" + SERVICE_B,
                          "--route_rewrites=undo", "--dry_run=9")
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertIn("/serviceB/headers", run.stdout)
        self.assertIn("fits 3 of 4 requests", run.stderr)
        self.assertEqual(self.target.connections, 0)

    def test_the_users_own_rewriting_comes_after_the_routes(self):
        records = self.records("/serviceB/headers", host="istio.gateway.xxxx.tech")
        targets, _ = self.rewritten("apply", records, "--rewrite_path=// -> /v2/")
        self.assertEqual(targets, ["/v2/headers"])


if __name__ == "__main__":
    unittest.main()
