"""A kernel that does things by halves: writes and reads that are short or interrupted, a disk that
takes half of a write and then no more.

Usage: halves_test.py RECORDER REEL PRELOADED_DISK [unittest arguments]
"""

import base64
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

import recorder_test

RECORDER = REEL = DISK = ""


def upload(number):
    """A request with a body of its own."""
    chance = random.Random(number)
    body = chance.randbytes(chance.choice((0, 100, 3000, 150_000)))
    return f"/upload/{number}", body


class HalvesTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(os.path.realpath(directory.name))
        self.out = self.root / "out"
        self.sent = {}

    def order(self, word):
        (self.root / "next").write_text(word)
        os.replace(self.root / "next", self.root / "order")

    def under(self):
        return {**os.environ, "LD_PRELOAD": DISK, "STALLED_DISK_ORDER": str(self.root / "order"),
                "STALLED_DISK_DIRECTORY": str(self.out)}

    def start(self):
        recorder = recorder_test.Recorder(f"--out={self.out}", f"--ledger={self.root}/ledger.json",
                                          "--segment_bytes=1MiB", environment=self.under())
        self.addCleanup(recorder_test.RecorderTest.end, recorder)
        self.assertTrue(recorder.port, recorder.stderr)
        return recorder

    def send(self, recorder, count):
        begin = len(self.sent)
        self.sent.update(upload(number) for number in range(begin, begin + count))
        for target in list(self.sent)[begin:]:
            request = recorder_test.request(target, body=self.sent[target], method="PUT")
            self.assertEqual(recorder.send(request), [202])

    def stop(self, recorder):
        recorder.stop()
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        ledger = json.loads((self.root / "ledger.json").read_text())
        self.assertEqual((ledger["received"], ledger["written"]), (len(self.sent),) * 2)

    def reel(self, *arguments, environment=None):
        done = subprocess.run([REEL, *arguments, str(self.out)], capture_output=True, check=False,
                              env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def check_stored(self, environment=None):
        self.reel("verify", environment=environment)
        stored = {}
        for line in self.reel("cat", "--format=jsonl", environment=environment).splitlines():
            record = json.loads(line)
            body = record["body"]
            self.assertNotIn(record["target"], stored)
            stored[record["target"]] = (
                base64.b64decode(body["base64"]) if isinstance(body, dict) else body.encode())
        self.assertEqual(stored, self.sent)

    def test_short_and_interrupted_writes_store_every_byte(self):
        self.order("short")
        recorder = self.start()
        self.send(recorder, 60)
        self.stop(recorder)
        self.check_stored()

    def test_short_and_interrupted_reads_give_every_byte(self):
        recorder = self.start()
        self.send(recorder, 60)
        self.stop(recorder)
        self.order("short")
        self.check_stored(self.under())
        self.stop(self.start())

    def test_half_of_a_write_before_the_disk_is_full_costs_nothing(self):
        recorder = self.start()
        self.send(recorder, 20)
        # Synced once, so that the file that dies holds what counts as written.
        recorder_test.wait_for(
            lambda: any(path.stat().st_size > 10_000 for path in self.out.glob("*.seg.open")))
        self.order("tight")
        self.send(recorder, 20)
        line = recorder.process.stderr.readline()
        while "No space left on device" not in line:
            self.assertTrue(line)
            line = recorder.process.stderr.readline()
        self.order("pass")
        self.send(recorder, 20)
        self.stop(recorder)
        self.stop(self.start())  # seals what the full disk cut off
        self.check_stored()


if __name__ == "__main__":
    RECORDER, REEL, DISK = (os.path.abspath(sys.argv.pop(1)) for _ in range(3))
    recorder_test.RECORDER = RECORDER
    unittest.main(verbosity=2)
