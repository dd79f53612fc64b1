"""What an Envoy mirrors is what is recorded: request by request and byte by byte, over HTTP/1.1 and
over HTTP/2 in clear, with many clients on few connections and with uploads that are reset. In
Envoy's place stands tests/emitter, which logs what it sends."""

import json
import os
import unittest

import parts

PROGRAMS = parts.Programs(".")
SAME = ("method", "target", "version", "authority", "stripped_authority", "headers", "framing",
        "body", "trailers", "complete", "truncated")


def header(record, name):
    return next(value for key, value in record["headers"] if key == name)


def by_request_id(records):
    """{x-request-id: record}; an id that comes twice is an error."""
    found = {}
    for record in records:
        if found.setdefault(header(record, "x-request-id"), record) is not record:
            raise AssertionError(f"recorded twice: {header(record, 'x-request-id')}")
    return found


class Emission:
    """One run of the emitter into a recorder, in a directory of its own."""

    def __init__(self, directory, flags, recorder_flags=()):
        self.recording = os.path.join(directory, "recording")
        log = os.path.join(directory, "sent.jsonl")
        # Secrets stay, so that every value can be compared; redaction has tests of its own.
        with parts.Recorder(directory, PROGRAMS.recorder, self.recording,
                            "--redact=off", *recorder_flags) as recorder:
            self.result = PROGRAMS.run([PROGRAMS.emitter, f"--target=127.0.0.1:{recorder.port}",
                                        f"--sent={log}", *flags])
            recorder.stop()
        self.ledger = recorder.ledger
        self.records = PROGRAMS.records(self.recording)
        with open(log, encoding="utf-8") as lines:
            self.sent = [json.loads(line) for line in lines]


class EnvoyTest(unittest.TestCase):

    def emit(self, *flags):
        emission = Emission(self.enterContext(parts.WorkDirectory()), flags)
        self.assertEqual(emission.result.returncode, 0, emission.result.stderr)
        return emission

    def check_all_is_recorded(self, emission, requests):
        """Each request once, equal in all that was sent, reset ones included."""
        self.assertEqual(len(emission.sent), requests)
        sent, recorded = by_request_id(emission.sent), by_request_id(emission.records)
        self.assertEqual(set(recorded), set(sent))
        for name, expected in sent.items():
            record = recorded[name]
            # The log has as much of a reset body as went out, and loopback loses none of it.
            for key in SAME:
                self.assertEqual(record[key], expected[key], f"{key} of {name}")

    def check_ledger(self, emission):
        ledger = emission.ledger
        self.assertEqual(ledger["received"], len(emission.sent))
        self.assertEqual(ledger["written"], len(emission.sent))
        self.assertEqual([ledger[key] for key in ("refused", "after_end", "sampled_out", "shed")],
                         [0, 0, 0, 0])
        self.assertEqual(ledger["incomplete"], sum(not r["complete"] for r in emission.sent))

    def check_suffixes(self, protocol):
        marked = {"port": "[::1]-shadow:80", "plain": "[::1]:80-shadow", "none": "[::1]:80"}
        for seed, (suffix, authority) in enumerate(marked.items()):
            with self.subTest(suffix=suffix):
                emission = self.emit(f"--protocol={protocol}", f"--suffix={suffix}",
                                     "--requests=400", f"--seed={seed}")
                self.check_all_is_recorded(emission, 400)
                self.assertEqual({r["authority"] for r in emission.records
                                  if r["stripped_authority"] == "[::1]:80"}, {authority})

    def check_many_clients(self, protocol):
        emission = self.emit(f"--protocol={protocol}", "--requests=5000", "--clients=200",
                             "--connections=4", "--streaming_percent=40")
        self.check_all_is_recorded(emission, 5000)
        self.check_ledger(emission)
        self.assertEqual(len({header(r, "x-forwarded-for") for r in emission.records}), 200)
        self.assertEqual(len({r["connection"] for r in emission.records}), 4)
        self.assertGreater(sum(bool(r["trailers"]) for r in emission.records), 100)
        return emission

    def check_resets(self, protocol):
        emission = self.emit(f"--protocol={protocol}", "--requests=2000", "--reset_percent=20",
                             "--streaming_percent=50")
        self.check_all_is_recorded(emission, 2000)
        self.check_ledger(emission)
        resets = [r for r in emission.records if not r["complete"]]
        self.assertGreater(len(resets), 300)
        self.assertEqual({r["framing"] for r in resets if r["framing"] != "none"},
                         {"content-length"} if protocol == "h2c" else {"content-length", "chunked"})
        return emission

    def check_replay_over_http1(self, emission):
        """What an HTTP/1.1 request can hold of an HTTP/2 one arrives in a second recorder."""
        directory = self.enterContext(parts.WorkDirectory())
        out = os.path.join(directory, "recording")
        with parts.Recorder(directory, PROGRAMS.recorder, out, "--redact=off") as recorder:
            result = PROGRAMS.run([
                PROGRAMS.replayer, f"--recording={emission.recording}", "--rate=max",
                f"--target=http://127.0.0.1:{recorder.port}", "--authority=recorded",
                "--strip=none", "--side_effects=allow", "--marker=off", "--json"])
            recorder.stop()
        self.assertEqual(result.returncode, 0, result.stderr)
        summary = json.loads(result.stdout)
        self.assertEqual((summary["planned"], summary["completed"]),
                         (len(emission.sent), len(emission.sent)))
        sent, replayed = by_request_id(emission.sent), by_request_id(PROGRAMS.records(out))
        self.assertEqual(set(replayed), set(sent))
        for name, expected in sent.items():
            record = replayed[name]
            self.assertEqual(record["version"], "HTTP/1.1")
            for key in ("method", "target", "authority", "body", "trailers"):
                self.assertEqual(record[key], expected[key], name)
        diff = PROGRAMS.run([PROGRAMS.reel, "diff", emission.recording, out])
        self.assertEqual(diff.returncode, 1, diff.stdout)
        diff = PROGRAMS.run([PROGRAMS.reel, "diff", "--across_versions", emission.recording, out])
        self.assertEqual(diff.returncode, 0, diff.stdout)
        for forced in (b"version", b"host as :authority", b"cookies joined", b"framing"):
            self.assertIn(forced, diff.stdout)

    def test_all_forms_of_the_suffix_over_http1(self):
        self.check_suffixes("h1")

    def test_all_forms_of_the_suffix_over_http2(self):
        self.check_suffixes("h2c")

    def test_many_clients_share_few_http1_connections(self):
        self.check_many_clients("h1")

    def test_many_clients_share_few_http2_connections_and_a_replay_over_http1_brings_them(self):
        emission = self.check_many_clients("h2c")
        grpc = [r for r in emission.records if ["te", "trailers"] in r["headers"]]
        self.assertGreater(len(grpc), 300)
        # Records are numbered as they are complete: streams on one connection overtake each other.
        streams = [r["stream"] for r in sorted(emission.records, key=lambda r: r["number"])
                   if r["connection"] == emission.records[0]["connection"]]
        self.assertNotEqual(streams, sorted(streams))
        self.check_replay_over_http1(emission)

    def test_uploads_cut_by_a_close_are_recorded_as_incomplete(self):
        self.check_resets("h1")

    def test_uploads_cut_by_a_stream_reset_are_recorded_as_incomplete(self):
        emission = self.check_resets("h2c")
        self.assertEqual(len({r["connection"] for r in emission.records}), 4)

    def test_a_burst_of_1000_resets_leaves_the_connection_to_the_others(self):
        emission = self.emit("--protocol=h2c", "--connections=1", "--streams=100",
                             "--requests=1500", "--reset_burst=1000")
        self.check_all_is_recorded(emission, 1500)
        self.check_ledger(emission)
        self.assertEqual(emission.ledger["incomplete"], 1000)
        self.assertEqual(len({r["connection"] for r in emission.records}), 1)

    def test_a_burst_over_the_recorders_limit_fails_the_emitter(self):
        emission = Emission(self.enterContext(parts.WorkDirectory()),
                            ["--protocol=h2c", "--connections=1", "--requests=1500",
                             "--reset_burst=1000"], ["--reset_burst=500", "--reset_rate=0"])
        self.assertEqual(emission.result.returncode, 1)
        self.assertGreaterEqual(emission.ledger["incomplete"], 500)
        self.assertLess(emission.ledger["incomplete"], 1000)
        self.assertEqual([r for r in emission.records if r["complete"]], [])

    def test_an_unanswered_request_fails_the_emitter(self):
        result = PROGRAMS.run([PROGRAMS.emitter, f"--target=127.0.0.1:{parts.free_port()}"])
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr.count(b"\n"), 1, result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
