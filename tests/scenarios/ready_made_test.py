"""The ready-made scenarios on real parts: httpbin, nginx with `mirror`, nginx with TLS as another
mesh's gateway."""

import json
import math
import os
import subprocess
import sys
import unittest

sys.path[:0] = [os.path.abspath("tests/mirror")]
import parts
import traffic
from scenario_parts import ScenarioRecorder, write_mesh

PROGRAMS = parts.Programs(os.path.abspath("."))

GATEWAY = """
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    location /httpbin/ {{
      proxy_set_header Connection "";
      proxy_http_version 1.1;
      proxy_pass http://127.0.0.1:{behind}/;
    }}
    location / {{ return 404; }}
  }}
"""


def replay(name, directory, *flags, **environment):
    """Exit code, stderr and summary of the replayer with a scenario."""
    # A test machine may be busy: what counts is what was sent, not when.
    flags = ["--json", "--max_send_lag=60s", *flags]
    scenario = os.path.abspath(f"scenarios/{name}.yaml")
    run = subprocess.run([PROGRAMS.replayer, f"--scenario={scenario}", *flags], cwd=directory,
                         capture_output=True, timeout=parts.PATIENCE, check=False,
                         env={**os.environ, **environment})
    return run.returncode, run.stderr.decode(), json.loads(run.stdout) if run.stdout else None


def send(port, targets):
    client = traffic.Client(port)
    statuses = [client.send("GET", target, [("Accept", "*/*")], b"") for target in targets]
    client.close()
    return statuses


def record(directory, name, targets, **environment):
    """What the scenario's recorder stored and counted of a mirror that copies everything."""
    with parts.Httpbin(directory, "v1") as live, \
            ScenarioRecorder(directory, PROGRAMS, name, **environment) as recorder, \
            parts.NginxMirror(directory, live.port, recorder.port) as nginx:
        statuses = send(nginx.port, targets)
        nginx.stop()
        recorder.stop()
        assert set(statuses) == {200}, statuses
        return recorder.out, recorder.ledger


class SeedPractice(unittest.TestCase):

    def test_at_100_percent_each_of_5_requests_comes_to_v2(self):
        targets = [f"/get?n={n}" for n in range(5)]
        with parts.WorkDirectory() as directory:
            out, ledger = record(directory, "seed_practice", targets)
            self.assertEqual((ledger["received"], ledger["written"]), (5, 5))
            with parts.Httpbin(directory, "v2") as v2:
                code, said, summary = replay(
                    "seed_practice", directory, RECORDING=out,
                    MANIFESTS=write_mesh(directory, v2.port))
                v2.stop()
                self.assertEqual((code, said), (0, said))
                self.assertEqual(summary["subset"]["name"], "v2")
                self.assertEqual(sorted(request[2] for request in v2.requests()), targets)

    def test_at_50_percent_the_recorded_count_is_binomial_and_each_record_stands_for_2(self):
        count = 600
        with parts.WorkDirectory() as directory:
            out, ledger = record(directory, "seed_practice",
                                 [f"/get?n={n}" for n in range(count)], PERCENT="50")
            bound = 3.891 * math.sqrt(count * 0.25)  # two-sided 99.99 %
            self.assertLessEqual(abs(ledger["written"] - count / 2), bound)
            self.assertEqual(ledger["received"], count)
            inspected = json.loads(PROGRAMS.run([PROGRAMS.reel, "inspect", "--json", out]).stdout)
            self.assertEqual(inspected["weight"]["total"], 2 * ledger["written"])

    def test_at_0_percent_nothing_is_recorded(self):
        with parts.WorkDirectory() as directory:
            out, ledger = record(directory, "seed_practice", ["/get"] * 5, PERCENT="0")
            self.assertEqual((ledger["received"], ledger["written"]), (5, 0))
            self.assertEqual([name for name in os.listdir(out) if ".seg" in name], [])


class PeakHour(unittest.TestCase):

    def test_the_evening_is_captured_without_a_secret_and_replayed_to_the_subset(self):
        with parts.WorkDirectory() as directory:
            with parts.Httpbin(directory, "v1") as live, \
                    ScenarioRecorder(directory, PROGRAMS, "peak_hour_capture",
                                     MIRRORED_PERCENT="25") as recorder, \
                    parts.NginxMirror(directory, live.port, recorder.port) as nginx:
                traffic.send_mixed(nginx.port, 160, 400)
                nginx.stop()
                recorder.stop()
                self.assertEqual(recorder.ledger["written"], 160)
            secrets = os.path.join(directory, "secrets")
            with open(secrets, "w", encoding="ascii") as file:
                file.write("\n".join(traffic.SECRETS) + "\n")
            verified = PROGRAMS.run([PROGRAMS.reel, "verify", f"--secrets={secrets}",
                                     recorder.out])
            self.assertEqual(verified.returncode, 0, verified.stdout)
            inspected = json.loads(
                PROGRAMS.run([PROGRAMS.reel, "inspect", "--json", recorder.out]).stdout)
            self.assertEqual(inspected["weight"]["total"], 640)
            with parts.Httpbin(directory, "v2") as v2:
                code, said, summary = replay(
                    "staging_replay", directory, RECORDING=recorder.out,
                    TARGET="http://httpbin:8000", MANIFESTS=write_mesh(directory, v2.port))
                v2.stop()
                self.assertEqual(code, 0, said)
                self.assertEqual(summary["completed"], 160)
                self.assertEqual(len(v2.requests()), 160)


class MeshToMesh(unittest.TestCase):

    def test_copies_go_through_the_other_meshs_gateway_over_tls_as_clients_sent_them(self):
        with parts.WorkDirectory() as directory:
            key, certificate = self.certify(directory)
            mesh = write_mesh(directory, 1)
            with ScenarioRecorder(directory, PROGRAMS, "mesh_to_mesh") as recorder:
                port = parts.free_port()
                # A mirror behind the route's rewrite: paths are those of the service.
                with parts.Httpbin(directory, "v1") as live, \
                        parts.NginxMirror(directory, live.port, recorder.port) as nginx:
                    self.assertEqual(send(nginx.port, ["//get?n=1", "/get?n=2"]), [200, 200])
                    nginx.stop()
                recorder.stop()
                out = recorder.out
            other = os.path.join(directory, "other")
            os.mkdir(other)
            with parts.Httpbin(other, "v2") as v2:
                servers = GATEWAY.format(port=port, certificate=certificate, key=key,
                                         behind=v2.port)
                with parts.NginxMirror(other, v2.port, v2.port, percent=0, servers=servers):
                    code, said, summary = replay(
                        "mesh_to_mesh", directory, RECORDING=out, CA_FILE=certificate,
                        OTHER_MESH_GATEWAY=f"127.0.0.1:{port}", MANIFESTS=mesh, RUN="run")
                v2.stop()
                # Without its /httpbin the gateway would know none of them.
                self.assertEqual((code, summary["status"]), (0, {"200": 2}), said)
                self.assertEqual(sorted(request[2] for request in v2.requests()),
                                 ["/get?n=1", "/get?n=2"])

    @staticmethod
    def certify(directory):
        key, certificate = (os.path.join(directory, name) for name in ("key.pem", "cert.pem"))
        subprocess.run(["/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out",
                        certificate, "-days", "2", "-subj", "/CN=gateway", "-addext",
                        "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        return key, certificate


if __name__ == "__main__":
    unittest.main(verbosity=2)
