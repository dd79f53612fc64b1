"""--ack=durable of the real recorder: a 204 leaves after the fdatasync that covers its record, as a
trace of system calls shows; and what becomes of answers on full and stalled disks.

Usage: durable_ack_test.py RECORDER REEL STALLED_DISK [unittest arguments]
"""

import collections
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import recorder_test
from recorder_test import h2_answered, h2_request, request, status_of, wait_for

REEL = STALLED_DISK = ""

CALL = re.compile(r"^\d+ +(\w+)\((.*)$", re.DOTALL)
RESUMED = re.compile(r"^\d+ +<\.\.\. (\w+) resumed>(.*)$", re.DOTALL)
PATH = re.compile(r"^\d+<([^>]*)>")
PEER = re.compile(r"^\d+<TCP(?:v6)?:\[.*?->[^>]*:(\d+)\]>")
ANSWER = re.compile(r'"HTTP/1\.1 204 |\\0\\0\\1\\1\\5\\0\\0\\0\\\d\\211')  # HTTP/2: HPACK's 9th


class Trace:
    """What a trace of system calls says of segment files, directories and answers."""

    def __init__(self, path):
        self.written = collections.defaultdict(str)  # by segment: bytes as strace shows them
        self.durable = collections.defaultdict(str)  # the part that a sync has covered
        self.named = set()  # segments whose directory was synced since they were made
        self.answers = []   # of each 204 in its order: peer's port, and what was durable then
        self.syncs = 0
        begun = {}
        for line in path.read_text(encoding="latin-1").splitlines():
            thread = line.split(" ", 1)[0]
            if found := CALL.match(line):
                self.enter(found[1], found[2])
                if line.endswith("<unfinished ...>"):
                    begun[thread] = found[2]
                else:
                    self.leave(found[1], found[2])
            elif found := RESUMED.match(line):
                self.leave(found[1], begun.pop(thread) + found[2])

    def enter(self, call, arguments):
        if call == "sendto" and ANSWER.search(arguments):
            durable = "".join(text for path, text in self.durable.items() if path in self.named)
            self.answers.append((int(PEER.match(arguments)[1]), durable))

    def leave(self, call, arguments):
        path = PATH.match(arguments)
        succeeded = not re.search(r"\) += (-1|\?)", arguments)
        if not path or not succeeded:
            return
        path = path[1]
        if call in ("write", "pwrite64", "writev") and ".seg" in path:
            self.written[path] += arguments
        elif call in ("fdatasync", "fsync") and ".seg" in path:
            self.syncs += 1
            self.durable[path] = self.written[path]
        elif call == "fsync":
            self.named.update(seg for seg in self.written if os.path.dirname(seg) == path)


class Traced(recorder_test.Recorder):
    """A recorder under strace; the tracer is a grandchild, so that signals reach the recorder."""

    def __init__(self, trace, *flags):
        self.command = ["strace", "-D", "-f", "-yy", "-s", "1000000", "-o", str(trace), "-e",
                        "trace=write,pwrite64,writev,fdatasync,fsync,sendto"]
        super().__init__(*flags)

    def popen(self, command):
        return super().popen(self.command + command)


class OnStalledDisk(recorder_test.Recorder):
    """A recorder whose disk holds writes while the order says so."""

    def __init__(self, root, *flags):
        self.order_path = root / "order"
        self.environment = {**os.environ, "LD_PRELOAD": STALLED_DISK,
                            "STALLED_DISK_DIRECTORY": str(root / "out"),
                            "STALLED_DISK_ORDER": str(self.order_path),
                            # A runtime of AddressSanitizer wants to be the first library.
                            "ASAN_OPTIONS": "verify_asan_link_order=0"}
        super().__init__(*flags)

    def popen(self, command):
        return super().popen(command, env=self.environment)

    def order(self, word):
        new = self.order_path.with_suffix(".new")
        new.write_text(word)
        os.replace(new, self.order_path)

    def held(self):
        return os.path.exists(f"{self.order_path}.held")


class DurableAckTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.out = self.root / "out"
        self.ledger_path = self.root / "ledger.json"

    def start(self, make, *arguments, flags=()):
        recorder = make(*arguments, "--ack=durable", "--compression=0", f"--out={self.out}",
                        f"--ledger={self.ledger_path}", *flags)
        self.addCleanup(recorder_test.RecorderTest.end, recorder)
        self.assertTrue(recorder.port, recorder.stderr)
        return recorder

    def stop(self, recorder, number=signal.SIGTERM):
        """Stops it; returns its ledger, which adds up."""
        recorder.stop(number)
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        ledger = json.loads(self.ledger_path.read_text())
        outcomes = ("refused", "after_end", "sampled_out", "shed", "written")
        self.assertEqual(ledger["received"], sum(ledger[key] for key in outcomes))
        return ledger

    def stored(self):
        """All segments' bytes, sealed or not."""
        return b"".join(path.read_bytes() for path in sorted(self.out.glob("*.seg*")))

    def test_a_204_leaves_after_the_sync_of_its_file_and_directory(self):
        trace_path = self.root / "trace"
        if subprocess.run(["strace", "-o", "/dev/null", "true"], check=False).returncode != 0:
            self.skipTest("NOT TESTED: this machine permits no tracing of system calls")
        recorder = self.start(Traced, trace_path, flags=("--segment_bytes=4KiB",))
        sent = {}  # by the client's port: ids, in order

        def run(first):
            ids = [f"id-{first}-{number}-" for number in range(8)]
            with recorder.connect() as connection:
                sent[connection.getsockname()[1]] = ids
                for one in ids:
                    connection.sendall(request("/" + one))
                    statuses.append(status_of(connection))

        def run_h2():
            ids = [f"id-h2-{stream}-" for stream in (1, 3, 5, 7)]
            with recorder.connect() as connection, connection.makefile("rb") as answers:
                sent[connection.getsockname()[1]] = ids
                connection.sendall(recorder_test.H2_BEGIN)
                for stream, one in zip((1, 3, 5, 7), ids):
                    connection.sendall(h2_request(stream, "/" + one))
                    statuses.append(204 if h2_answered(answers, stream) else 0)

        statuses = []
        threads = [threading.Thread(target=run, args=(i,)) for i in range(16)]
        threads.append(threading.Thread(target=run_h2))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ledger = self.stop(recorder)
        self.assertEqual(statuses, [204] * 132)
        self.assertEqual((ledger["acked_durable"], ledger["ack_late"]), (132, 0))

        trace = Trace(trace_path)
        self.assertEqual(len(trace.answers), 132)
        self.assertGreater(len(trace.written), 1, "no second file was begun")
        for port, durable in trace.answers:
            answered = sent[port].pop(0)
            self.assertTrue(answered in durable, f"{answered} answered before it was durable")
        self.assertLess(trace.syncs, 132 / 2, "requests share syncs")

    def test_a_stalled_disk_is_waited_for_until_the_deadline(self):
        recorder = self.start(OnStalledDisk, self.root, flags=("--ack_deadline=300ms",))
        self.assertEqual(recorder.send(request("/before")), [204])
        recorder.order("stall")
        with recorder.connect() as connection:
            connection.sendall(request("/late"))
            wait_for(recorder.held)
            self.assertEqual(status_of(connection), 202)
            # It is still stalled: the live path goes on without it.
            self.assertEqual(recorder.send(request("/a"), request("/b")), [202, 202])
            recorder.order("pass")
            wait_for(lambda: b"/late" in self.stored())
            connection.sendall(request("/after"))
            self.assertEqual(status_of(connection), 204)
        ledger = self.stop(recorder)
        self.assertEqual((ledger["acked_durable"], ledger["ack_late"]), (2, 3))
        self.assertEqual(ledger["written"], 5)

    def test_at_the_end_waiting_answers_are_sent_before_connections_close(self):
        recorder = self.start(recorder_test.Recorder)
        with recorder.connect() as connection:
            connection.sendall(request("/a"))
            self.assertEqual(status_of(connection), 204)
            connection.sendall(request("/last"))
            recorder.process.send_signal(signal.SIGTERM)
            self.assertEqual(status_of(connection), 204)
        ledger = self.stop(recorder, number=None)
        self.assertEqual((ledger["written"], ledger["acked_durable"]), (2, 2))

    def test_at_the_end_a_stalled_disk_does_not_keep_answers_back(self):
        recorder = self.start(OnStalledDisk, self.root, flags=("--ack_deadline=300ms",))
        with recorder.connect() as connection:
            recorder.order("stall")
            connection.sendall(request("/last"))
            wait_for(recorder.held)
            recorder.process.send_signal(signal.SIGTERM)
            self.assertEqual(status_of(connection), 202)
            recorder.order("pass")
        ledger = self.stop(recorder, number=None)
        self.assertEqual((ledger["written"], ledger["acked_durable"]), (1, 0))

    def mount_small_disk(self):
        self.out.mkdir(mode=0o700)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "none", self.out],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.skipTest(f"NOT TESTED: no small disk can be mounted here: {mounted.stderr}")
        self.addCleanup(subprocess.run, ["umount", self.out], check=True)

    def fill(self):
        """Takes the rest of the disk; returns the file that holds it."""
        filler = self.out / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"f" * 4096)
            except OSError:
                return filler

    def test_a_full_disk_is_answered_at_once_and_recording_goes_on_after_it(self):
        self.mount_small_disk()
        # A deadline beyond the test's patience: what is answered was not waited for.
        recorder = self.start(recorder_test.Recorder, flags=(
            "--ack_deadline=60s", "--queue=64KiB", "--segment_bytes=64KiB"))
        body = os.urandom(20000)
        before = [f"/before-{number}-" for number in range(8)]
        self.assertEqual(recorder.send(*(request(one, body=body) for one in before)), [204] * 8)
        sealed = {path: path.read_bytes() for path in self.out.glob("*.seg")}
        self.assertTrue(sealed)
        filler = self.fill()
        with recorder.connect() as waiting:
            waiting.sendall(request("/waiting-", body=body))
            for line in recorder.process.stderr:
                if "No space left on device; requests queue up" in line:
                    break
            during = [f"/during-{number}-" for number in range(10)]
            self.assertEqual(recorder.send(*(request(one, body=body) for one in during)),
                             [202] * 10)
            filler.unlink()
            self.assertEqual(status_of(waiting), 204)
        self.assertEqual(recorder.send(request("/after-")), [204])
        ledger = self.stop(recorder)
        self.assertEqual(ledger["received"], 20)
        self.assertGreater(ledger["shed"], 0)
        self.assertEqual(ledger["shed_by"]["disk_full"], ledger["shed"])
        self.assertEqual(ledger["acked_durable"], 10)
        stored = self.stored()
        for one in [*before, "/waiting-", "/after-"]:
            self.assertIn(one.encode(), stored)
        for path, content in sealed.items():
            self.assertEqual(path.read_bytes(), content)
        verified = subprocess.run([REEL, "verify", *sorted(self.out.glob("*.seg"))],
                                  capture_output=True, text=True, check=False)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)


if __name__ == "__main__":
    recorder_test.RECORDER, REEL, STALLED_DISK = (os.path.abspath(arg) for arg in sys.argv[1:4])
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
