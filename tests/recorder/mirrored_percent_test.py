"""The share that a mirror samples, as the records' weight.

Usage: mirrored_percent_test.py RECORDER REEL [unittest arguments]
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import recorder_test

REEL = ""
SEED = "tests/scenarios/manifests/seed/"

OTHER_MIRROR = """apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop.example]
  http:
  - route: [{destination: {host: shop}}]
    mirror: {host: recorder.example}
    mirrorPercentage: {value: 12.5}
"""


class MirroredPercentTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.out = self.root / "out"
        self.other = self.root / "other.yaml"
        self.other.write_text(OTHER_MIRROR)

    def recorded(self, *flags, requests=10):
        """Records requests; returns their weights, what inspect says, and stderr."""
        recorder = recorder_test.Recorder(f"--out={self.out}", *flags)
        self.addCleanup(recorder.process.kill)
        recorder.send(*[recorder_test.request(f"/{i}") for i in range(requests)])
        recorder.stop()
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        cat = subprocess.run([REEL, "cat", "--format=jsonl", self.out], check=True,
                             capture_output=True, text=True)
        inspect = subprocess.run([REEL, "inspect", self.out], check=True, capture_output=True,
                                 text=True)
        weights = [json.loads(line)["weight"] for line in cat.stdout.splitlines()]
        return weights, inspect.stdout, recorder.stderr

    def refused(self, *flags):
        done = subprocess.run(
            [recorder_test.RECORDER, "--listen=127.0.0.1:0", f"--out={self.out}", *flags],
            capture_output=True, text=True, timeout=recorder_test.DEADLINE, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertFalse(self.out.exists())
        return done.stderr

    def test_a_record_stands_for_what_the_mirror_left_out(self):
        weights, inspect, _ = self.recorded("--mirrored_percent=50")
        self.assertEqual(weights, [2] * 10)
        self.assertIn("the records stand for 20 requests", inspect)

    def test_it_multiplies_with_the_recorders_own_share(self):
        weights, inspect, _ = self.recorded("--mirrored_percent=50", "--percent=50", requests=60)
        self.assertEqual(weights, [4] * len(weights))
        self.assertIn(f"the records stand for {4 * len(weights)} requests", inspect)

    def test_it_is_learnt_from_the_manifests(self):
        weights, _, stderr = self.recorded(f"--manifests={SEED}httpbin_50.yaml")
        self.assertEqual(weights, [2] * 10)
        self.assertRegex(stderr, r"(?m)^recorder: tests/.*httpbin_50.yaml:\d+:\d+: mirror to "
                                 r"httpbin subset v2 sends 50 %: a record stands for 2 requests$")

    def test_of_mirrors_that_disagree_one_is_chosen_by_its_host(self):
        files = f"--manifests={SEED}httpbin_50.yaml,{self.other}"
        said = self.refused(files)
        self.assertIn("httpbin subset v2, 50 %; ", said)
        self.assertIn(f"{self.other}:8:", said)
        self.assertIn("recorder.example, 12.5 %", said)
        self.assertIn("--mirror_host", said)
        weights, _, _ = self.recorded(files, "--mirror_host=recorder.example")
        self.assertEqual(weights, [8] * 10)

    def test_what_is_written_goes_before_what_is_learnt(self):
        weights, _, stderr = self.recorded("--manifests=missing.yaml", "--mirrored_percent=25")
        self.assertEqual(weights, [4] * 10)
        self.assertNotIn("sends", stderr)

    def test_a_mirror_of_nothing_is_warned_of(self):
        self.other.write_text(OTHER_MIRROR.replace("12.5", "0"))
        weights, _, stderr = self.recorded(f"--manifests={self.other}")
        self.assertEqual(weights, [1] * 10)
        self.assertIn("sends 0 %: nothing will come from it", stderr)

    def test_a_share_that_cannot_be_is_refused(self):
        for percent in ("0", "-1", "101", "nan", "0.00001"):
            self.assertIn("--mirrored_percent", self.refused("--mirrored_percent=" + percent))
        self.assertIn("--manifests", self.refused("--mirror_host=recorder"))
        self.assertIn("no mirror among the manifests sends to 'x'",
                      self.refused(f"--manifests={self.other}", "--mirror_host=x"))
        self.assertIn("no route among the manifests has a mirror",
                      self.refused(f"--manifests={SEED}httpbin.yaml"))


if __name__ == "__main__":
    recorder_test.RECORDER = os.path.abspath(sys.argv.pop(1))
    REEL = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
