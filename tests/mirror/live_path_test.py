"""The live path is not hurt: whatever becomes of the recorder and its disk, live requests behind a
mirroring nginx are answered. Shown by cause, not by time: the trouble ends only after the answers
have come."""

import glob
import os
import signal
import socket
import threading
import time
import unittest

import hostile_traffic
import parts
import traffic

PROGRAMS = parts.Programs(".")
STALLED_DISK = os.path.abspath("tests/fakes/stalled_disk.so")

# What docs/operations.md recommends for the mirror's location, shorter.
TIMEOUTS = """
      proxy_connect_timeout 100ms;
      proxy_send_timeout 100ms;
      proxy_read_timeout 100ms;
      proxy_next_upstream off;
"""


def wait_for(condition, what):
    deadline = time.monotonic() + parts.PATIENCE
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.01)
    raise RuntimeError(f"waited in vain for {what}")


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Recorder(parts.Recorder):
    """The recorder on a disk that can be stalled or filled. Little memory, so that it must shed."""

    def __init__(self, directory, *flags):
        self.order_path = os.path.join(directory, "order")
        self.recording = os.path.join(directory, "recording")
        self.lines = []
        super().__init__(directory, PROGRAMS.recorder, self.recording, "--min_free=0", *flags)
        self.reader = threading.Thread(target=self.read_lines)
        self.reader.start()

    def start(self, command, **options):
        environment = {**os.environ, "LD_PRELOAD": STALLED_DISK,
                       "STALLED_DISK_DIRECTORY": self.recording,
                       "STALLED_DISK_ORDER": self.order_path,
                       # A runtime of AddressSanitizer wants to be the first library.
                       "ASAN_OPTIONS": "verify_asan_link_order=0"}
        super().start(command, env=environment, **options)

    def read_lines(self):
        for line in self.process.stderr:
            self.lines.append(line)

    def order(self, word):
        """What the disk does from now on: stall, full or pass."""
        with open(self.order_path + ".new", "w", encoding="ascii") as file:
            file.write(word)
        os.replace(self.order_path + ".new", self.order_path)

    def stall(self):
        """Returns when a write is held; something must be there to be written."""
        self.order("stall")
        wait_for(lambda: os.path.exists(self.order_path + ".held"), "a write that is held")

    def says(self, words):
        return any(words in line for line in self.lines)

    def stored_bytes(self):
        return sum(os.path.getsize(path) for path in glob.glob(self.recording + "/*.seg*"))

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.order("pass")
            self.thaw()
        self.end(number)

    def end(self, number=signal.SIGTERM):
        """Stops it and leaves the disk as it is."""
        parts.Part.stop(self, number)
        self.reader.join()
        self.process.stderr.close()

    def numbers(self):
        """Which live requests are recorded."""
        return {int(value) for record in PROGRAMS.records(self.recording)
                for name, value in record["headers"] if name == "X-Number"}


class Live:
    """Live clients that keep their connections. nginx holds the next request of a connection while
    the mirror of the one before is not done."""

    def __init__(self, port, connections=4):
        self.clients = [traffic.Client(port) for _ in range(connections)]
        self.sent = 0

    def send(self, count):
        """Sends `count` requests and waits for all answers; returns their numbers."""
        numbers = range(self.sent, self.sent + count)
        self.sent += count
        statuses = {}

        def run(first):
            for number in numbers[first::len(self.clients)]:
                statuses[number] = self.clients[first].send(
                    "POST", f"/status/200?n={number}", [("X-Number", str(number))], b"b" * 1000)

        threads = [threading.Thread(target=run, args=(i,)) for i in range(len(self.clients))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answered = [number for number in numbers if statuses.get(number) == 200]
        if answered != list(numbers):
            raise AssertionError(f"the live path is hurt: {len(answered)} of {count} answered")
        return set(numbers)

    def close(self):
        for client in self.clients:
            client.close()


class LivePath(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(
            parts.Httpbin(cls.enterClassContext(parts.WorkDirectory()), "v1"))

    def setUp(self):
        self.directory = self.enterContext(parts.WorkDirectory())

    def start(self, *flags, connections=4, **nginx):
        self.recorder = self.enterContext(Recorder(self.directory, *flags))
        if "recorder_servers" in nginx:
            nginx["recorder_servers"] = nginx["recorder_servers"].format(self.recorder.port)
        self.nginx = self.enterContext(parts.NginxMirror(
            self.directory, self.service.port, self.recorder.port, **nginx))
        self.live = Live(self.nginx.port, connections)
        self.addCleanup(self.live.close)

    def stop(self):
        """Stops nginx, which first finishes its mirroring, and the recorder; returns the ledger."""
        self.nginx.stop()
        self.recorder.stop()
        ledger = self.recorder.ledger
        outcomes = ("refused", "after_end", "sampled_out", "shed", "written")
        self.assertEqual(ledger["received"], sum(ledger[key] for key in outcomes))
        return ledger

    def test_a_stalled_disk_holds_no_live_request(self):
        self.start("--queue=64KiB")
        self.live.send(8)
        self.recorder.stall()
        stored = self.recorder.stored_bytes()
        self.live.send(400)
        self.assertEqual(self.recorder.stored_bytes(), stored, "the disk was not stalled")
        self.recorder.order("pass")
        ledger = self.stop()
        self.assertEqual(self.recorder.process.returncode, 0, self.recorder.lines)
        self.assertEqual((ledger["received"], ledger["refused"]), (408, 0))
        self.assertGreater(ledger["shed"], 0)
        self.assertEqual(ledger["shed_by"]["queue_full"], ledger["shed"])
        self.assertEqual(len(self.recorder.numbers()), ledger["written"])

    def test_a_full_disk_holds_no_live_request_and_recording_goes_on_after_it(self):
        self.start("--queue=64KiB")
        self.recorder.order("full")
        self.live.send(8)
        wait_for(lambda: self.recorder.says("No space left on device; requests queue up"), "a word")
        self.live.send(400)
        self.recorder.order("pass")
        wait_for(lambda: self.recorder.says("the disk is back: recording again"), "the disk")
        stored = self.recorder.stored_bytes()
        wait_for(lambda: self.recorder.stored_bytes() > stored, "the queue to become empty")
        after = self.live.send(40)
        ledger = self.stop()
        self.assertEqual(self.recorder.process.returncode, 0, self.recorder.lines)
        self.assertEqual(ledger["received"], 448)
        self.assertGreater(ledger["shed"], 0)
        self.assertEqual(ledger["shed_by"]["disk_full"], ledger["shed"])
        self.assertLessEqual(after, self.recorder.numbers())

    def test_a_disk_that_stays_full_ends_in_a_complete_ledger_and_exit_code_6(self):
        self.start("--queue=64KiB")
        self.live.send(8)
        self.recorder.order("full")
        wait_for(lambda: self.recorder.says("requests queue up"), "a word")
        self.live.send(200)
        self.nginx.stop()
        self.recorder.end()
        self.assertEqual(self.recorder.process.returncode, 6, self.recorder.lines)
        ledger = self.recorder.ledger
        self.assertEqual((ledger["received"], ledger["written"] + ledger["shed"]), (208, 208))
        self.assertEqual(ledger["shed_by"]["disk_full"], ledger["shed"])
        self.assertTrue(self.recorder.says("requests were shed: the recording is not complete"))

    def test_on_a_stalled_disk_a_stop_waits_and_a_second_signal_does_not(self):
        self.start()
        self.live.send(8)
        self.recorder.stall()
        self.nginx.stop()
        self.recorder.process.send_signal(signal.SIGTERM)
        wait_for(lambda: not accepts(self.recorder.port), "the first signal to be seen")
        self.assertIsNone(self.recorder.process.poll())
        self.recorder.end(signal.SIGTERM)
        self.assertEqual(self.recorder.process.returncode, 6)
        self.assertTrue(self.recorder.says("stopped by a second signal"))

    def test_a_frozen_recorder_holds_the_next_request_without_time_outs(self):
        self.start(connections=1)
        self.recorder.freeze()
        self.live.send(1)  # answered; its mirror hangs from here on
        held = self.live.clients[0].socket
        held.sendall(b"GET /status/204 HTTP/1.1\r\nHost: shop.example\r\n\r\n")
        for _ in range(20):  # fresh connections, sent later
            other = Live(self.nginx.port, 1)
            other.send(1)
            other.close()
        held.setblocking(False)
        with self.assertRaises(BlockingIOError):
            held.recv(1)
        held.settimeout(parts.PATIENCE)
        self.recorder.thaw()
        self.assertEqual(self.live.clients[0].read_answer(), 204)
        self.assertEqual(self.stop()["written"], 22)

    def test_with_time_outs_a_frozen_recorder_holds_no_live_request_for_good(self):
        self.start(mirror_directives=TIMEOUTS)
        self.live.send(8)
        self.recorder.freeze()
        self.live.send(40)
        self.recorder.thaw()
        hostile_traffic.send(self.recorder.port, [hostile_traffic.get()])  # it is awake
        after = self.live.send(40)
        ledger = self.stop()
        self.assertEqual(self.recorder.process.returncode, 0, self.recorder.lines)
        self.assertLessEqual(after, self.recorder.numbers())
        self.assertEqual(ledger["shed"], 0)

    def test_with_a_backup_a_frozen_recorder_is_waited_for_once_a_connection_at_most(self):
        spare = parts.free_port()
        log = os.path.join(self.directory, "spared.log")
        self.start(
            mirror_directives=TIMEOUTS,
            recorder_servers="server 127.0.0.1:{} max_fails=1 fail_timeout=1h;"
                             f" server 127.0.0.1:{spare} backup;",
            servers=f"server {{ listen 127.0.0.1:{spare}; access_log {log}; return 204; }}")
        self.live.send(8)
        self.recorder.freeze()
        self.live.send(200)
        self.recorder.thaw()
        ledger = self.stop()
        with open(log, encoding="ascii") as file:
            spared = len(file.readlines())
        self.assertGreaterEqual(spared, 200 - len(self.live.clients))
        self.assertEqual(ledger["received"] + spared, 208)

    def test_a_dead_recorder_holds_no_live_request(self):
        self.start()
        self.live.send(40)
        self.recorder.end(signal.SIGKILL)
        self.live.send(200)
        self.nginx.stop()
        self.assertEqual(len(self.nginx.mirrored()), 240)


if __name__ == "__main__":
    unittest.main(verbosity=2)
