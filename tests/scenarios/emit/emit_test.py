"""`scenarios emit` for Istio and the Gateway API: applied to the user's own object, its patch makes
a valid one that mirrors, and the other patch brings the object back; all that it emits is valid by
the CRDs' schemas."""

import copy
import json
import os
import subprocess
import sys
import tempfile
import unittest

import emitted

sys.path.insert(0, "tests/mirror")
import parts  # noqa: E402

IMAGE = "--image=registry.example/recorder:1"
HOST = "shadowreel-recorder.capture.svc.cluster.local"
ISTIO = ["--kind=istio", IMAGE, "--namespace=capture"]
GATEWAY = ["--kind=gateway", IMAGE, "--namespace=capture"]


class Emitted:
    """One run into a directory."""

    def __init__(self, manifest, *flags):
        self.manifest = emitted.user(manifest)
        self.flags = [f"--manifests={self.manifest}", *flags]
        with tempfile.TemporaryDirectory() as directory:
            out = os.path.join(directory, "out")
            self.run = emitted.emit(*self.flags, f"--out={out}")
            assert self.run.returncode == 0, self.run.stderr
            self.files = {}
            for name in sorted(os.listdir(out)):
                with open(os.path.join(out, name), encoding="utf-8") as file:
                    self.files[name] = file.read()
        self.add = json.loads(self.files["mirror.add.json"])
        self.remove = json.loads(self.files["mirror.remove.json"])
        self.recorder = emitted.documents(self.files["recorder.yaml"])

    def object(self):
        """The user's, as the server holds it."""
        name = self.add[1]["value"]
        with open(self.manifest, encoding="utf-8") as file:
            found = [one for one in emitted.documents(file)
                     if one["metadata"]["name"] == name and one["kind"] == self.add[0]["value"]]
        assert len(found) == 1
        return found[0]

    def of_kind(self, kind):
        found = [one for one in self.recorder if one["kind"] == kind]
        assert len(found) == 1, [one["kind"] for one in self.recorder]
        return found[0]


class EmitTest(unittest.TestCase):

    def valid(self, one):
        """Both patches do what they say, on valid objects; returns the one that mirrors."""
        before = one.object()
        mirroring = emitted.patched(before, one.add)
        after = emitted.patched(mirroring, one.remove)
        self.assertEqual(json.dumps(before), json.dumps(after))
        said = emitted.complaints([mirroring, after, *one.recorder])
        self.assertEqual([text for text in said if text], [])
        try:
            again = emitted.patched(mirroring, one.add)
        except emitted.PatchError:
            again = mirroring
        self.assertEqual(json.dumps(again), json.dumps(mirroring))  # no second mirror
        with self.assertRaises(emitted.PatchError):
            emitted.patched(before, one.remove)
        self.read_again(one, mirroring)
        return mirroring

    def read_again(self, one, mirroring):
        """Our own reader, which unlike the schemas refuses unknown fields, takes all of it; and
        nothing is emitted for a route that mirrors to the recorder."""
        with tempfile.TemporaryDirectory() as directory:
            paths = [os.path.join(directory, name) for name in ("mirroring.json", "recorder.yaml")]
            for path, text in zip(paths, (json.dumps(mirroring), one.files["recorder.yaml"])):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            run = emitted.emit(f"--manifests={','.join(paths)}", *one.flags[1:],
                               "--part=mirror.add.json")
            self.assertEqual(run.returncode, 2, run.stdout)
            self.assertIn("already: emit from the manifest without it", run.stderr)

    def test_the_seeds_route_gets_a_mirror_and_loses_it(self):
        one = Emitted("seed.yaml", *ISTIO, "--percent=50")
        route = self.valid(one)["spec"]["http"][0]
        self.assertEqual(route["mirrors"], [
            {"destination": {"host": HOST, "port": {"number": 9000}}, "percentage": {"value": 50}}])
        self.assertEqual(route["rewrite"], {"uri": "/"})

    def test_before_1_19_it_is_mirror_with_mirror_percentage(self):
        for percent, written in [("100", 100), ("0", 0), ("0.5", 0.5)]:
            one = Emitted("seed.yaml", *ISTIO, f"--percent={percent}", "--istio_version=1.18")
            route = self.valid(one)["spec"]["http"][0]
            self.assertEqual(route["mirror"], {"host": HOST, "port": {"number": 9000}})
            self.assertEqual(route["mirrorPercentage"], {"value": written})
            self.assertNotIn("mirrors", route)

    def test_the_seeds_own_mirrors_move_to_the_list_and_back(self):
        for manifest, percent in [("seed_100.yaml", 100), ("seed_50.yaml", 50),
                                  ("seed_other_mesh.yaml", 100)]:
            one = Emitted(manifest, *ISTIO, "--percent=10")
            before = one.object()["spec"]["http"][0]
            route = self.valid(one)["spec"]["http"][0]
            self.assertEqual(route["mirrors"][0],
                             {"destination": before["mirror"], "percentage": {"value": percent}})
            self.assertEqual(route["mirrors"][1]["destination"]["host"], HOST)
            self.assertTrue({"mirror", "mirror_percent"}.isdisjoint(route), route)

    def test_every_api_version_is_patched_in_its_own(self):
        for manifest, version, flags in [
                ("v1beta1.yaml", "networking.istio.io/v1beta1", ["--route=web/shop:checkout"]),
                ("v1.yaml", "networking.istio.io/v1", []),
                ("seed.yaml", "networking.istio.io/v1alpha3", [])]:
            one = Emitted(manifest, *ISTIO, *flags, "--percent=1")
            self.valid(one)
            self.assertEqual(one.of_kind("DestinationRule")["apiVersion"], version)

    def test_a_list_of_mirrors_is_appended_to(self):
        one = Emitted("v1.yaml", *ISTIO, "--percent=3")
        mirrors = self.valid(one)["spec"]["http"][0]["mirrors"]
        self.assertEqual([mirror["destination"].get("subset") for mirror in mirrors],
                         ["v2", "v3", None])

    def test_routes_are_chosen_by_name_index_and_host(self):
        def mirroring(*flags):
            routes = self.valid(Emitted("v1beta1.yaml", *ISTIO, "--percent=1", *flags))
            return [index for index, route in enumerate(routes["spec"]["http"])
                    if "mirrors" in route]

        self.assertEqual(mirroring("--route=shop:checkout"), [0])
        self.assertEqual(mirroring("--route=web/shop:2"), [2])
        # The one between redirects: there is nothing to copy.
        self.assertEqual(mirroring("--route=shop"), [0, 2])
        self.assertEqual(mirroring("--host=WWW.shop.example"), [0, 2])

    def test_a_proxy_holds_a_bounded_amount_for_the_recorder(self):
        rule = Emitted("seed.yaml", *ISTIO, "--percent=1").of_kind("DestinationRule")
        self.assertEqual(rule["spec"]["host"], HOST)
        pool = rule["spec"]["trafficPolicy"]["connectionPool"]
        self.assertGreater(pool["tcp"]["maxConnections"], 0)
        self.assertGreater(pool["http"]["http1MaxPendingRequests"], 0)
        self.assertGreater(pool["http"]["http2MaxRequests"], 0)

    def test_the_service_finds_the_deployment_and_its_volume(self):
        one = Emitted("seed.yaml", *ISTIO, "--percent=1", "--name=peak")
        self.valid(one)
        deployment, service = one.of_kind("Deployment"), one.of_kind("Service")
        pod = deployment["spec"]["template"]
        self.assertEqual({item["metadata"]["namespace"] for item in one.recorder}, {"capture"})
        self.assertLessEqual(service["spec"]["selector"].items(), pod["metadata"]["labels"].items())
        self.assertLessEqual(deployment["spec"]["selector"]["matchLabels"].items(),
                             pod["metadata"]["labels"].items())
        self.assertEqual(pod["metadata"]["labels"]["sidecar.istio.io/inject"], "false")
        container = pod["spec"]["containers"][0]
        self.assertEqual(service["spec"]["ports"][0]["targetPort"], container["ports"][0]["name"])
        self.assertEqual(pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"],
                         one.of_kind("PersistentVolumeClaim")["metadata"]["name"])
        self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
        self.assertTrue(pod["spec"]["securityContext"]["runAsNonRoot"])
        self.assertEqual(deployment["spec"]["strategy"], {"type": "Recreate"})

    def test_grpc_needs_http2_to_the_recorder(self):
        for flags, name, protocol in [([], "http", "http"),
                                      (["--h2c"], "http2", "kubernetes.io/h2c")]:
            one = Emitted("seed.yaml", *ISTIO, "--percent=1", *flags)
            self.valid(one)
            port = one.of_kind("Service")["spec"]["ports"][0]
            self.assertEqual((port["name"], port["appProtocol"]), (name, protocol))

    def test_the_recorder_takes_the_arguments(self):
        with tempfile.TemporaryDirectory() as directory:
            scenario = os.path.join(directory, "capture.yaml")
            with open(scenario, "w", encoding="utf-8") as file:
                file.write("capture:\n  listen: [127.0.0.1:9000]\n  out: peak\n  for: 10m\n"
                           "  max_bytes: 2GiB\n  max_body: 64KiB\n  seed: 7\n")
            one = Emitted("seed.yaml", *ISTIO, "--percent=25", f"--scenario={scenario}")
            self.assertEqual(one.of_kind("PersistentVolumeClaim")["spec"]["resources"]["requests"],
                             {"storage": "3Gi"})
            container = one.of_kind("Deployment")["spec"]["template"]["spec"]["containers"][0]
            arguments = container["args"]
            for argument in ["--for=10m", "--max_bytes=2GiB", "--max_body=64KiB", "--seed=7",
                             "--after_end=discard", "--mirrored_percent=25"]:
                self.assertIn(argument, arguments)
            self.assertEqual(len({argument.split("=")[0] for argument in arguments}),
                             len(arguments))
            here = {"--listen=0.0.0.0:9000": "--listen=127.0.0.1:0",
                    "--out=/recordings/capture": f"--out={directory}/out"}
            arguments = [here.pop(argument, argument) for argument in arguments]
            self.assertEqual(here, {})
            recorder = subprocess.Popen([parts.Programs(".").recorder, *arguments], text=True,
                                        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
            with recorder:
                try:
                    self.assertRegex(recorder.stderr.readline(), "^listening on ")
                finally:
                    recorder.terminate()
            self.assertEqual(recorder.returncode, 0)

    def test_a_recorder_outside_needs_an_entry(self):
        for recorder, flags, resolution, port, host in [
                ("recorder.example:9000", [], "DNS", 9000, "recorder.example"),
                ("recorder.example:443", ["--recorder_tls"], "DNS", 80, "recorder.example"),
                ("10.0.0.9:9000", [], "STATIC", 9000, "shadowreel-recorder.internal")]:
            one = Emitted("seed.yaml", "--kind=istio", "--percent=1", f"--recorder={recorder}",
                          *flags)
            route = self.valid(one)["spec"]["http"][0]
            self.assertEqual(route["mirrors"][0]["destination"],
                             {"host": host, "port": {"number": port}})
            self.assertEqual([item["kind"] for item in one.recorder],
                             ["ServiceEntry", "DestinationRule"])
            entry = one.of_kind("ServiceEntry")["spec"]
            self.assertEqual((entry["hosts"], entry["resolution"], entry["location"]),
                             ([host], resolution, "MESH_EXTERNAL"))
            self.assertEqual(entry["ports"][0].get("targetPort"), 443 if flags else None)
            tls = one.of_kind("DestinationRule")["spec"]["trafficPolicy"].get("tls", {})
            self.assertEqual(tls.get("mode"), "SIMPLE" if flags else None)

    def test_a_rule_of_an_http_route_gets_a_filter_and_loses_it(self):
        one = Emitted("http_route.yaml", *GATEWAY, "--route=shop:cart", "--percent=10")
        filters = self.valid(one)["spec"]["rules"][0]["filters"]
        self.assertEqual([item["type"] for item in filters],
                         ["RequestHeaderModifier", "RequestMirror"])
        self.assertEqual(filters[1]["requestMirror"]["percent"], 10)
        grant = one.of_kind("ReferenceGrant")
        self.assertEqual(grant["metadata"]["namespace"], "capture")
        self.assertEqual(grant["spec"]["from"][0]["namespace"], "web")

    def test_a_fraction_of_a_percent_is_a_fraction(self):
        one = Emitted("http_route.yaml", *GATEWAY, "--route=shop:1", "--percent=0.25")
        mirror = self.valid(one)["spec"]["rules"][1]["filters"][0]["requestMirror"]
        self.assertEqual(mirror["fraction"], {"numerator": 25, "denominator": 10000})
        self.assertNotIn("percent", mirror)

    def test_in_one_namespace_no_grant_is_needed(self):
        one = Emitted("http_route_live.yaml", "--kind=gateway", IMAGE, "--percent=100")
        self.valid(one)
        self.assertEqual([item["kind"] for item in one.recorder],
                         ["PersistentVolumeClaim", "Service", "Deployment"])

    def test_the_schemas_find_what_is_wrong(self):
        istio = Emitted("seed.yaml", *ISTIO, "--percent=50")
        gateway = Emitted("http_route_live.yaml", *GATEWAY, "--percent=50")
        route = emitted.patched(istio.object(), istio.add)
        rule = emitted.patched(gateway.object(), gateway.add)
        faults = []

        def fault(of, path, value):
            wrong = copy.deepcopy(of)
            at = wrong
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = value
            faults.append(wrong)

        mirror = ["spec", "http", 0, "mirrors", 0]
        fault(route, [*mirror, "percentage", "value"], "50")
        fault(route, [*mirror, "destination", "host"], 9000)
        fault(route, [*mirror, "destination", "port", "number"], -1)
        request_mirror = ["spec", "rules", 0, "filters", 0, "requestMirror"]
        fault(rule, [*request_mirror, "percent"], 150)
        fault(rule, [*request_mirror, "backendRef", "port"], 70000)
        fault(rule, ["spec", "rules", 0, "filters", 0, "type"], "Mirror")
        fault(istio.of_kind("Deployment"), ["spec", "replicas"], "one")
        fault(istio.of_kind("Service"), ["spec", "ports", 0, "port"], "http")
        fault(istio.of_kind("PersistentVolumeClaim"), ["spec", "accessModes"], "ReadWriteOnce")
        fault(istio.of_kind("DestinationRule"),
              ["spec", "trafficPolicy", "connectionPool", "tcp", "maxConnections"], "many")
        fault(gateway.of_kind("ReferenceGrant"), ["spec", "to"], [])
        for wrong, said in zip(faults, emitted.complaints(faults), strict=True):
            self.assertNotEqual(said, "", wrong)

    def test_the_commands_are_written_beside_the_files(self):
        readme = Emitted("v1beta1.yaml", *ISTIO, "--route=shop:rest", "--percent=10").files["README.txt"]
        patch = "kubectl patch virtualservices.networking.istio.io shop -n web"
        self.assertEqual(readme.count(patch), 3)
        for part in ["--patch-file=mirror.add.json", "--patch-file=mirror.remove.json",
                     "TAKE THE MIRROR AWAY AGAIN", "Copies 10 %"]:
            self.assertIn(part, readme)
        readme = Emitted("http_route.yaml", *GATEWAY, "--route=shop:1", "--percent=1").files["README.txt"]
        self.assertIn("LOOK FOR THE PERCENT", readme)
        self.assertIn("does not come from a server", readme)

    def test_the_same_input_gives_the_same_bytes_and_a_part_goes_to_stdout(self):
        for manifest, flags in [("seed_50.yaml", ISTIO), ("http_route_live.yaml", GATEWAY)]:
            one, two = (Emitted(manifest, *flags, "--percent=7") for _ in range(2))
            self.assertEqual(one.files, two.files)
            self.assertEqual(sorted(one.files),
                             ["README.txt", "mirror.add.json", "mirror.remove.json", "recorder.yaml"])
            for name, text in one.files.items():
                run = emitted.emit(*one.flags, f"--part={name}")
                self.assertEqual((run.returncode, run.stdout, run.stderr), (0, text, ""))

    def test_each_wrong_use_is_one_clear_line(self):
        seed = f"--manifests={emitted.user('seed.yaml')}"
        shop = f"--manifests={emitted.user('v1beta1.yaml')}"
        part = "--part=mirror.add.json"
        percent = "--percent=10"
        table = [
            ([seed, IMAGE, percent, part], "--kind="),
            ([seed, "--kind=envoy", IMAGE, percent, part], "--kind=envoy: istio, gateway or nginx"),
            ([seed, *ISTIO, part], "--percent=0 to 100 is needed"),
            ([seed, *ISTIO, part, "--percent=150"], "--percent"),
            ([seed, *ISTIO, part, "--percent=nan"], "--percent"),
            ([seed, *ISTIO, part, "--percent=0.00001"], "four decimals"),
            ([seed, *ISTIO, percent], "--out=DIR"),
            ([seed, *ISTIO, percent, part, "--out=x"], "--part"),
            ([seed, *ISTIO, percent, "--part=mirror.json"], "mirror.add.json"),
            ([*ISTIO, percent, part], "--manifests"),
            ([seed, "--kind=istio", percent, part], "--image=IMAGE is needed"),
            ([seed, *ISTIO, percent, part, "--image=a b"], "--image=a b"),
            ([seed, *ISTIO, percent, part, "--name=A"], "--name=A"),
            ([seed, *ISTIO, percent, part, "--namespace=a_b"], "--namespace=a_b"),
            ([seed, *ISTIO, percent, part, "--recorder=nowhere"], "--recorder=nowhere: HOST:PORT"),
            ([seed, *ISTIO, percent, part, "--recorder=10.0.0.9:1", "--recorder_tls"],
             "--recorder_tls needs a DNS name"),
            ([seed, *ISTIO, percent, part, "--recorder_tls"], "--recorder_tls"),
            ([seed, *ISTIO, percent, part, "--istio_version=latest"], "--istio_version"),
            ([seed, *ISTIO, percent, part, "--istio_version=1.4"], "from 1.5 on"),
            ([seed, *ISTIO, percent, part, "--route=nothing"], "--route=default/httpbin:0"),
            ([seed, *ISTIO, percent, part, "--host=nothing"], "--route=default/httpbin:0"),
            ([seed, *GATEWAY, percent, part], "no HTTPRoute"),
            ([seed, *GATEWAY, percent, part, "--recorder=a:1"],
             "--recorder means nothing to --kind=gateway"),
            ([shop, *ISTIO, percent, part],
             "which route is to mirror? --route=web/shop:checkout, --route=web/shop:rest"),
            ([shop, *ISTIO, percent, part, "--route=shop:old"], "--route=web/shop:checkout"),
            ([shop, *ISTIO, percent, part, "--route=shop:checkout", "--istio_version=1.18"],
             "knows one"),
            ([f"{seed},{emitted.user('seed_50.yaml')}", *ISTIO, percent, part], "stands twice"),
            ([seed, *ISTIO, percent, part, "more"], "more"),
            (["--kind=nginx", percent, "--part=README.txt"], "--recorder=HOST:PORT is needed"),
        ]
        for flags, expected in table:
            run = emitted.emit(*flags)
            self.assertEqual(run.returncode, 2, (flags, run.stderr))
            self.assertEqual(run.stdout, "", flags)
            self.assertIn(expected, run.stderr, flags)
            self.assertEqual(run.stderr.count("\n"), 1, (flags, run.stderr))

    def test_names_that_look_like_numbers_and_booleans_stay_texts(self):
        named = {"name", "namespace", "host", "address", "image", "sni", "claimName",
                 "app.kubernetes.io/name"}

        def numbers(node):
            """Where a name is no text."""
            if isinstance(node, list):
                return [one for item in node for one in numbers(item)]
            if not isinstance(node, dict):
                return []
            return [(key, value) for key, value in node.items()
                    if key in named and not isinstance(value, str)] + [
                        one for value in node.values() for one in numbers(value)]

        route = ("apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
                 "metadata: {name: a, namespace: '1e4'}\n"
                 "spec: {rules: [{backendRefs: [{name: a, port: 80}]}]}\n")
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "route.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(route)
            for name, name_space in [("on", "123"), ("null", "1e3"), ("true", "0x1f"),
                                     ("yes", "2026-01-02"), ("e", "null")]:
                own = ["--percent=1", f"--name={name}", f"--namespace={name_space}"]
                for manifest, flags in [
                        ("seed.yaml", ["--kind=istio", "--image=1e3"]),
                        ("seed.yaml", ["--kind=istio", "--recorder=1e3:9000"]),
                        ("seed.yaml", ["--kind=istio", "--recorder=1e3:9000", "--recorder_tls"]),
                        ("seed.yaml", ["--kind=istio", "--recorder=10.1.2.3:9000"]),
                        (path, ["--kind=gateway", "--image=1e3"])]:
                    one = Emitted(manifest, *flags, *own)
                    self.valid(one)
                    self.assertEqual(numbers(one.recorder), [])
                    for each in one.recorder:
                        self.assertEqual(each["metadata"]["name"], name)
                        self.assertEqual(each["metadata"]["namespace"], name_space)
                        hosts = each["spec"].get("hosts", [])
                        self.assertEqual([host for host in hosts if not isinstance(host, str)], [])
            self.assertEqual(one.of_kind("ReferenceGrant")["spec"]["from"][0]["namespace"], "1e4")

    def test_what_no_cluster_calls_an_object_is_in_no_command(self):
        for metadata in ["{name: '$(reboot)'}", "{name: a, namespace: 'n; rm -rf x'}"]:
            with tempfile.TemporaryDirectory() as directory:
                path = os.path.join(directory, "hostile.yaml")
                with open(path, "w", encoding="utf-8") as file:
                    file.write("apiVersion: networking.istio.io/v1\nkind: VirtualService\n"
                               f"metadata: {metadata}\nspec:\n  hosts: [a]\n"
                               "  http: [{route: [{destination: {host: a}}]}]\n")
                run = emitted.emit(*ISTIO, "--percent=1", f"--manifests={path}",
                                   "--part=README.txt")
                self.assertEqual((run.returncode, run.stdout), (2, ""), metadata)
                self.assertIn("a name and a namespace are of", run.stderr)

    def test_what_cannot_be_read_or_written_is_another_error(self):
        with tempfile.TemporaryDirectory() as directory:
            seed = f"--manifests={emitted.user('seed.yaml')}"
            for flags in [[f"--manifests={directory}/none.yaml", "--part=README.txt"],
                          [seed, f"--out={directory}/no/such"]]:
                run = emitted.emit(*ISTIO, "--percent=1", *flags)
                self.assertEqual(run.returncode, 6, run.stderr)
                self.assertEqual(run.stderr.count("\n"), 1, run.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
