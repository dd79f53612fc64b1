"""The replayer as a whole: what it sends, what it refuses, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import unittest

from target import INVALID, PASS, PATIENCE, REPLAYER, SAFETY, UNUSABLE, USAGE, ReplayerCase


def other_hosts():
    """Two more addresses of loopback, one of IPv6 where there is IPv6."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return ["127.0.0.2", "::1"]
    except OSError:
        return ["127.0.0.2", "127.0.0.3"]


class ReplayerTest(ReplayerCase):
    # What it sends

    def test_every_planned_request_arrives_in_order(self):
        host = ["Host", "shop.example-shadow"]
        records = []
        for i in range(40):
            path = "/item/%d?a=%%20b&c" % i
            records.append({"target": path, "at_ms": i, "headers": [host, ["X-N", str(i)]]})
        records[3].update(method="HEAD")
        records[5].update(method="OPTIONS", target="*")
        out = os.path.join(self.root, "out")
        run = self.replay(
            "--recording=" + self.record(records), "--target=" + self.target.url,
            "--rate=max", "--max_in_flight=1", "--out=" + out)
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertEqual(run.stderr, "")
        self.assertEqual(self.target.targets(), [record["target"] for record in records])
        self.assertEqual(self.target.seen[3][0], "HEAD")
        self.assertEqual(self.target.seen[5][0], "OPTIONS")
        markers = set()
        for i, (_, _, headers, body) in enumerate(self.target.seen):
            self.assertEqual(headers[:2], [("Host", self.target.authority), ("X-N", str(i))])
            self.assertEqual([name for name, _ in headers[2:]], ["x-shadowreel-run"])
            markers.add(headers[2][1])
            self.assertEqual(body, b"")
        self.assertEqual(len(markers), 1)
        summary = self.summary(out)
        self.assertTrue(summary["valid"])
        for count in ("read", "planned", "sent", "completed"):
            self.assertEqual(summary[count], 40, count)
        self.assertEqual(summary["status"], {"200": 40})
        self.assertEqual(sorted(os.listdir(out)), ["outcomes.seg", "summary.json"])
        self.assertEqual(os.stat(out).st_mode & 0o777, 0o700)

    def test_the_recorded_pace_at_twice_the_speed_sends_everything(self):
        records = [{"target": "/%d" % i, "at_ms": 10 * i} for i in range(50)]
        run = self.replay(
            "--recording=" + self.record(records), "--target=" + self.target.url, "--speed=2",
            "--max_send_lag=10s", "--json")
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertEqual(sorted(self.target.targets()), sorted(r["target"] for r in records))
        self.assertEqual(json.loads(run.stdout)["completed"], 50)

    def test_bodies_need_leave_and_arrive_as_recorded(self):
        records = [
            {"method": "POST", "target": "/p", "body": "hello", "framing": "content-length",
             "headers": [["Host", "s"], ["Content-Length", "5"], ["Content-Type", "t/x"]]},
            {"method": "PUT", "target": "/c", "body": "chunks", "framing": "chunked",
             "headers": [["Host", "s"], ["Transfer-Encoding", "chunked"]]},
            {"method": "POST", "target": "/0", "framing": "content-length",
             "headers": [["Host", "s"], ["Content-Length", "0"]]},
            {"method": "POST", "target": "/cut", "complete": False},
            {"method": "POST", "target": "/long", "truncated": True},
            {"target": "/g"},
        ]
        flags = ["--recording=" + self.record(records), "--target=" + self.target.url,
                 "--rate=max", "--max_in_flight=1", "--json", "--marker=off"]
        summary = json.loads(self.replay(*flags).stdout)
        self.assertEqual(self.target.targets(), ["/g"])
        self.assertEqual((summary["skipped"], summary["planned"]), (5, 1))
        self.assertEqual(summary["skipped_by"], {"side_effects": 5})

        del self.target.seen[:]
        run = self.replay(*flags, "--side_effects=allow")
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertEqual(json.loads(run.stdout)["skipped_by"], {"incomplete": 1, "truncated": 1})
        self.assertEqual([(m, t, b) for m, t, _, b in self.target.seen],
                         [("POST", "/p", b"hello"), ("PUT", "/c", b"chunks"),
                          ("POST", "/0", b""), ("GET", "/g", b"")])
        self.assertEqual(self.target.seen[0][2],
                         [("Host", self.target.authority), ("Content-Length", "5"),
                          ("Content-Type", "t/x")])

    def test_a_smaller_sample_lies_within_a_larger_one(self):
        recording = self.record([{"target": "/%d" % i} for i in range(300)])
        kept = set("/%d" % i for i in range(300))
        for percent in (50, 10, 0):
            del self.target.seen[:]
            run = self.replay(
                "--recording=" + recording, "--target=" + self.target.url, "--rate=max",
                "--max_in_flight=4", "--percent=%d" % percent, "--json")
            self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
            sent = set(self.target.targets())
            self.assertLess(sent, kept)
            summary = json.loads(run.stdout)
            self.assertEqual(summary["read"], 300)
            self.assertEqual(summary["sampled_out"], 300 - len(sent))
            kept = sent
        self.assertEqual(kept, set())

    def test_a_target_that_denies_makes_the_run_invalid(self):
        denying = self.start_target(status=403)
        run = self.replay("--recording=" + self.record([{}] * 5), "--target=" + denying.url,
                          "--rate=max")
        self.assertEqual(run.returncode, INVALID, run.stderr + run.stdout)
        self.assertEqual(len(denying.seen), 5)
        self.assertIn("INVALID", run.stdout.splitlines()[0])

    def test_a_run_that_skips_all_that_it_was_asked_for_is_invalid(self):
        run = self.replay("--recording=" + self.record([{"method": "POST"}] * 5),
                          "--target=" + self.target.url)
        self.assertEqual(run.returncode, INVALID, run.stderr + run.stdout)
        self.assertIn("5 of 5 records read were skipped", run.stdout.splitlines()[0])

    # What stops it

    def replay_until_first_request(self, *flags):
        """Starts a replay of an hour, waits for its first request, and returns the process."""
        records = [{"target": "/%d" % i, "at_ms": 3_600_000 * i} for i in range(3)]
        out = os.path.join(self.root, "out")
        process = subprocess.Popen(
            [REPLAYER, "--recording=" + self.record(records), "--target=" + self.target.url,
             "--out=" + out, *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        self.assertTrue(self.target.first.wait(PATIENCE))
        return process, out

    def assert_stopped_early(self, process, out):
        self.assertEqual(process.wait(PATIENCE), INVALID)
        self.assertEqual(self.target.targets(), ["/0"])
        summary = self.summary(out)
        self.assertFalse(summary["valid"])
        self.assertEqual((summary["sent"], summary["cancelled"]), (1, 2))

    def assert_signal_stops(self, number):
        process, out = self.replay_until_first_request()
        process.send_signal(number)
        self.assert_stopped_early(process, out)
        self.assertIn(number.name, process.stdout.read())

    def test_sigint_ends_the_sends_and_the_report_is_still_written(self):
        self.assert_signal_stops(signal.SIGINT)

    def test_sigterm_ends_the_sends_and_the_report_is_still_written(self):
        self.assert_signal_stops(signal.SIGTERM)

    def test_a_hangup_ends_the_sends_and_the_report_is_still_written(self):
        self.assert_signal_stops(signal.SIGHUP)

    def test_a_stop_file_ends_the_sends(self):
        stop = os.path.join(self.root, "stop")
        process, out = self.replay_until_first_request("--stop_file=" + stop)
        open(stop, "w").close()
        self.assert_stopped_early(process, out)

    def test_a_second_signal_cuts_the_drain_and_the_report_is_still_written(self):
        self.target = self.start_target(answers=False)
        process, out = self.replay_until_first_request("--drain=1h", "--timeout=1h")
        process.send_signal(signal.SIGINT)
        self.assertIn("SIGINT", process.stderr.readline())
        self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.assert_stopped_early(process, out)
        self.assertEqual(self.summary(out)["abandoned"], 1)
        self.assertIn("SIGINT", process.stdout.read())

    # Subsets

    def subsets(self, *endpoints, host="httpbin", name="subsets.yaml"):
        path = os.path.join(self.root, name)
        with open(path, "w") as file:
            file.write("- host: %s\n  subsets:\n  - name: v1\n  - name: v2\n"
                       "    labels: {version: v2}\n    endpoints:\n" % host)
            file.writelines("    - \"%s\"\n" % endpoint for endpoint in endpoints)
        return ["--subset=v2", "--subsets=" + path]

    def test_a_subset_gets_its_share_at_every_endpoint(self):
        others = [self.target] + [self.start_target(host=host) for host in other_hosts()]
        records = [{"target": "/%d" % i, "headers": [["Host", "shop"]]} for i in range(90)]
        recording = self.record(records)
        out = os.path.join(self.root, "out")
        run = self.replay(
            "--recording=" + recording, "--target=http://HTTPBIN:8000", "--rate=max",
            "--max_in_flight=3", "--out=" + out, *self.subsets(*[o.authority for o in others]))
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertEqual(run.stderr, "")
        self.assertIn("  subset      v2 of httpbin (version=v2): 3 endpoints\n", run.stdout)
        for number, other in enumerate(others):
            self.assertEqual(sorted(other.targets()),
                             sorted("/%d" % i for i in range(number, 90, 3)))
            self.assertEqual({dict(headers)["Host"] for _, _, headers, _ in other.seen},
                             {"httpbin:8000"})
            self.assertLessEqual(other.connections, 3)
        summary = self.summary(out)
        self.assertEqual((summary["sent"], summary["completed"]), (90, 90))
        self.assertEqual(summary["target"], "http://httpbin:8000")
        self.assertEqual(summary["subset"], {
            "name": "v2", "labels": {"version": "v2"},
            "endpoints": [other.authority for other in others]})

    def test_a_subset_is_asked_for_the_targets_own_certificate(self):
        pem = os.path.join(self.root, "httpbin.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", pem, "-out",
             pem + ".crt", "-days", "2", "-subj", "/CN=httpbin.test",
             "-addext", "subjectAltName=DNS:httpbin.test"], check=True, capture_output=True)
        with open(pem, "a") as file, open(pem + ".crt") as certificate:
            file.write(certificate.read())
        secure = self.start_target(certificate=pem)
        flags = ["--recording=" + self.record([{}] * 4), "--rate=max", "--max_in_flight=1",
                 "--ca_file=" + pem + ".crt"]
        run = self.replay(*flags, "--target=https://httpbin.test",
                          *self.subsets(secure.authority, host="httpbin.test"))
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertEqual(secure.server_names, ["httpbin.test"])  # one connection for all
        self.assertEqual(dict(secure.seen[0][2])["Host"], "httpbin.test")
        del secure.seen[:]
        run = self.replay(*flags, "--target=https://other.test",
                          *self.subsets(secure.authority, host="other.test"))
        self.assert_one_line(run, UNUSABLE, "https://other.test", "subset v2")
        self.assertEqual(secure.seen, [])

    def test_an_endpoint_outside_the_guard_is_refused_and_nothing_sent(self):
        flags = ["--recording=" + self.record([{}] * 3), "--rate=max"]
        outside = self.subsets(self.target.authority, "192.0.2.1:9")
        for more in ([], ["--allow_target=httpbin"]):
            run = self.replay(*flags, "--target=http://httpbin", *outside, *more)
            self.assert_one_line(run, SAFETY, "endpoint 192.0.2.1", "--allow_target=192.0.2.1")
        run = self.replay(*flags, "--target=http://httpbin",
                          *self.subsets(self.target.authority, "unknown.invalid"))
        self.assert_one_line(run, UNUSABLE, "endpoint 'unknown.invalid' does not resolve")
        self.assertEqual(self.target.connections, 0)

    def test_an_endpoint_that_the_recording_was_taken_from_is_refused_unless_named(self):
        records = [{"headers": [["Host", self.target.authority]]}]
        flags = ["--recording=" + self.record(records), "--target=http://httpbin", "--rate=max",
                 *self.subsets(self.target.authority)]
        self.assert_one_line(self.replay(*flags), SAFETY, "an endpoint of the subset",
                             self.target.authority, "--allow_target=127.0.0.1")
        self.assertEqual(self.target.connections, 0)
        run = self.replay(*flags, "--allow_target=127.0.0.1")
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)

    def test_a_subset_is_refused_beside_a_sidecar_whatever_the_authority(self):
        flags = ["--recording=" + self.record([{}]), "--target=http://httpbin", "--rate=max",
                 *self.subsets(self.target.authority)]
        mesh = {"ISTIO_META_MESH_ID": "m"}
        self.assert_one_line(self.replay(*flags, environment=mesh), SAFETY, "subset",
                             "--allow_host_routing")
        self.assertEqual(self.target.connections, 0)
        run = self.replay(*flags, "--allow_host_routing", environment=mesh)
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)

    def test_a_wrong_subset_is_one_line(self):
        given = ["--recording=" + self.record([{}]), "--target=http://httpbin"]
        subsets = self.subsets(self.target.authority)
        path = subsets[1][len("--subsets="):]
        missing = os.path.join(self.root, "missing.yaml")
        for flags, code, word in [
            (["--subset=v2"], USAGE, "--subsets"), ([subsets[1]], USAGE, "--subset=NAME"),
            ([subsets[1], "--subset="], USAGE, "--subset=NAME"),
            ([subsets[1], "--subset=v3"], USAGE, path + ":1:3: httpbin has no subset 'v3'"),
            ([subsets[1], "--subset=v1"], USAGE, path + ":3:5:"),
            ([*subsets, "--target=http://other"], USAGE, "'other'; there are: httpbin"),
            (["--subset=v2", "--subsets=" + missing], UNUSABLE, missing),
            (["--subset=v2", "--subsets=" + self.root], UNUSABLE, self.root),
        ]:
            with self.subTest(flags):
                self.assert_one_line(self.replay(*given, *flags), code, word)
        self.assertEqual(self.target.connections, 0)

    def test_a_traffic_policy_is_said_not_to_be_applied(self):
        path = os.path.join(self.root, "policy.yaml")
        with open(path, "w") as file:
            file.write("- host: httpbin\n  trafficPolicy: {}\n  subsets:\n"
                       "  - {name: v2, endpoints: [\"%s\"]}\n" % self.target.authority)
        run = self.replay("--recording=" + self.record([{}]), "--target=http://httpbin",
                          "--subset=v2", "--subsets=" + path)
        self.assert_one_line(run, PASS, "trafficPolicy of subset v2 is not applied")

    # What it refuses

    def test_wrong_flags_are_one_line_and_exit_2(self):
        given = ["--recording=" + self.record([{}]), "--target=" + self.target.url]
        for flags, word in [
            (["--speed=0"], "--speed"), (["--speed=-1"], "--speed"), (["--speed=nan"], "--speed"),
            (["--speed=inf"], "--speed"), (["--speed=fast"], "--speed"),
            (["--rate=0"], "--rate"), (["--rate=nan"], "--rate"), (["--rate=-5"], "--rate"),
            (["--speed=2", "--rate=5"], "exclude"), (["--rate=20000"], "--max_rate"),
            (["--percent=101"], "--percent"), (["--percent=-1"], "--percent"),
            (["--percent=nan"], "--percent"), (["--seed=x"], "--seed"),
            (["--sample_key=header:"], "--sample_key"), (["--sample_key=ip"], "--sample_key"),
            (["--duration=5"], "--duration"), (["--duration=5s", "--rate=max"], "--duration"),
            (["--max_in_flight=0"], "--max_in_flight"), (["--max_rate=0"], "--max_rate"),
            (["--timeout=0"], "--timeout"), (["--drain=x"], "--drain"),
            (["--transport=nghttp2"], "--transport"), (["--transport=x"], "--transport"),
            (["--authority="], "--authority"), (["--authority=a b"], "--authority"),
            (["--strip=some"], "--strip"), (["--side_effects=yes"], "--side_effects"),
            (["--marker=Host"], "--marker"), (["--marker=a\r\nb"], "--marker"),
            (["--allow_target=not a host"], "--allow_target"),
            (["--max_denied=200"], "--max_denied"), (["--max_send_lag=x"], "--max_send_lag"),
            (["--breaker_errors=x"], "--breaker_errors"),
            (["--breaker_latency=x"], "--breaker_latency"),
            (["--sped=2"], "--speed"), (["stray"], "stray"),
            (["--target=127.0.0.1:80"], "--target"), (["--target="], "--target"),
            (["--recording="], "--recording"),
        ]:
            with self.subTest(flags):
                self.assert_one_line(self.replay(*given, *flags), USAGE, word)
        self.assertEqual(self.target.seen, [])

    def test_an_unusable_recording_is_one_line_and_exit_6(self):
        recording = self.record([{"target": "/%d" % i} for i in range(100)])
        with open(os.path.join(recording, "000001.seg"), "rb") as file:
            whole = file.read()
        os.mkdir(os.path.join(self.root, "bare"))
        unusable = {"missing": None, "bare": None}
        for name, content in {"text.seg": b"GET / HTTP/1.1\r\n\r\n", "none.seg": b"",
                              "cut.seg": whole[:-1], "half.seg": whole[:len(whole) // 2]}.items():
            with open(os.path.join(self.root, name), "wb") as file:
                file.write(content)
            unusable[name] = content
        for name in unusable:
            with self.subTest(name):
                path = os.path.join(self.root, name)
                run = self.replay("--recording=" + path, "--target=" + self.target.url)
                self.assert_one_line(run, UNUSABLE, path)
        run = self.replay("--recording=" + self.record([], "empty"),
                          "--target=" + self.target.url)
        self.assert_one_line(run, UNUSABLE, "empty")
        self.assertEqual(self.target.seen, [])

    def test_an_unusable_out_directory_is_one_line_and_exit_6(self):
        given = ["--recording=" + self.record([{}]), "--target=" + self.target.url]
        file = os.path.join(self.root, "file")
        open(file, "w").close()
        for out in (os.path.join(self.root, "a", "b"), file, "/proc/none"):
            with self.subTest(out):
                self.assert_one_line(self.replay(*given, "--out=" + out), UNUSABLE, out)
        self.assertEqual(self.target.seen, [])

    def test_an_unreachable_target_is_one_line_and_exit_6(self):
        with socket.socket() as bound:  # and not listening
            bound.bind(("127.0.0.1", 0))
            url = "http://127.0.0.1:%d" % bound.getsockname()[1]
            recording = "--recording=" + self.record([{}] * 3)
            run = self.replay(recording, "--target=" + url)
            self.assert_one_line(run, UNUSABLE, url)
            self.assertIn("INVALID", run.stdout.splitlines()[0])
            self.assert_one_line(
                self.replay(recording, "--target=http://unknown.invalid",
                            "--allow_target=unknown.invalid"), UNUSABLE, "unknown.invalid")

    def test_a_target_outside_the_guard_is_refused(self):
        run = self.replay("--recording=" + self.record([{}]), "--target=http://192.0.2.1:9")
        self.assert_one_line(run, SAFETY, "192.0.2.1", "--allow_target")

    def test_what_the_recording_was_taken_from_is_refused_unless_named(self):
        records = [{"target": "/%d" % i, "headers": [["Host", self.target.authority]]}
                   for i in range(3)]
        flags = ["--recording=" + self.record(records), "--target=" + self.target.url,
                 "--rate=max"]
        self.assert_one_line(self.replay(*flags), SAFETY, self.target.authority, "--allow_target")
        self.assertEqual(self.target.seen, [])
        run = self.replay(*flags, "--allow_target=127.0.0.1")
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertEqual(len(self.target.seen), 3)

    def test_another_authority_is_refused_beside_a_sidecar(self):
        mesh = {"ISTIO_META_MESH_ID": "m"}
        records = [{"headers": [["Host", "shop-shadow:80"], ["x-envoy-internal", "true"]]}]
        flags = ["--recording=" + self.record(records), "--target=" + self.target.url,
                 "--rate=max", "--marker="]
        refused = self.replay(*flags, "--authority=recorded", environment=mesh)
        self.assert_one_line(refused, SAFETY, "ISTIO_META_MESH_ID", "--allow_host_routing")
        self.assertEqual(self.target.seen, [])

        for more, host in [([], self.target.authority),
                           (["--authority=recorded"], "shop-shadow:80"),
                           (["--authority=stripped"], "shop:80"),
                           (["--authority=shadow"], "shop-shadow:80"),
                           (["--authority=canary:8"], "canary:8")]:
            with self.subTest(more):
                del self.target.seen[:]
                run = self.replay(*flags, *more, "--allow_host_routing", environment=mesh)
                self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
                self.assertEqual(self.target.seen[0][2], [("Host", host)])
        del self.target.seen[:]
        self.assertEqual(self.replay(*flags, environment=mesh).returncode, PASS)
        self.assertEqual(self.replay(*flags, "--strip=none").returncode, PASS)
        self.assertIn(("x-envoy-internal", "true"), self.target.seen[1][2])

    # And the rest

    def test_help_and_version_pass(self):
        for flag in ("--help", "--version"):
            run = self.replay(flag)
            self.assertEqual((run.returncode, run.stderr), (PASS, ""))
            self.assertIn("replayer", run.stdout)


if __name__ == "__main__":
    print("Python", sys.version.split()[0])
    unittest.main()
