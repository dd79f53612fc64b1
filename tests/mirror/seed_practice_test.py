"""The practice of the mesh tutorial: how many of the live requests a mirror's percent copies, and
that a replay of the recording brings each of them to the second version."""

import json
import math
import os
import unittest

import parts
import traffic

PROGRAMS = parts.Programs(".")


def record(directory, count, percent):
    """Sends `count` live requests through a mirror of `percent`; returns recording and ledger."""
    out = os.path.join(directory, "recording")
    with parts.Httpbin(directory, "v1") as live, \
            parts.Recorder(directory, PROGRAMS.recorder, out) as recorder, \
            parts.NginxMirror(directory, live.port, recorder.port, percent) as nginx:
        client = traffic.Client(nginx.port)
        statuses = [client.send("GET", f"/status/204?n={n}", [("Accept", "*/*")], b"")
                    for n in range(count)]
        client.close()
        nginx.stop()
        recorder.stop()
        assert statuses == [204] * count, "the live path is hurt"
        assert len(live.requests()) == count
        return out, recorder.ledger


class SeedPractice(unittest.TestCase):

    def test_at_100_percent_each_of_5_requests_is_recorded_and_replayed(self):
        with parts.WorkDirectory() as directory:
            out, ledger = record(directory, 5, 100)
            self.assertEqual(ledger["received"], 5)
            self.assertEqual(ledger["written"], 5)
            recorded = PROGRAMS.records(out)
            self.assertEqual([r["target"] for r in recorded],
                             [f"/status/204?n={n}" for n in range(5)])
            with parts.Httpbin(directory, "v2") as candidate:
                run = PROGRAMS.run([PROGRAMS.replayer, f"--recording={out}", "--json",
                                    f"--target=http://127.0.0.1:{candidate.port}", "--speed=10"])
                summary = json.loads(run.stdout)
                self.assertEqual((summary["planned"], summary["completed"]), (5, 5), run.stderr)
                candidate.stop()
                self.assertEqual(sorted(r[2] for r in candidate.requests()),
                                 sorted(r["target"] for r in recorded))

    def test_at_50_percent_the_recorded_count_is_binomial(self):
        with parts.WorkDirectory() as directory:
            count = 2000
            out, ledger = record(directory, count, 50)
            bound = 3.891 * math.sqrt(count * 0.25)  # two-sided 99.99 %
            self.assertLessEqual(abs(ledger["written"] - count / 2), bound)
            self.assertEqual(ledger["received"], ledger["written"])
            self.assertEqual(len(PROGRAMS.records(out)), ledger["written"])

    def test_at_0_percent_nothing_is_recorded(self):
        with parts.WorkDirectory() as directory:
            out, ledger = record(directory, 5, 0)
            self.assertEqual(ledger["received"], 0)
            self.assertEqual([name for name in os.listdir(out) if ".seg" in name], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
