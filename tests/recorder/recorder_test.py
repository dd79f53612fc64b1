"""The recorder as a whole: the real binary, real sockets, real files.

Usage: recorder_test.py RECORDER [unittest arguments]
"""

import json
import os
import pathlib
import re
import resource
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest

RECORDER = ""
DEADLINE = 60  # seconds; only a hanging recorder gets there


def request(target, headers=(), body=b"", method="GET"):
    lines = [f"{method} {target} HTTP/1.1", "Host: shop.example-shadow"]
    lines += headers
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def status_of(connection):
    """Status of the next answer, which has no body."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        received = connection.recv(1)
        if not received:
            return 0
        answer += received
    return int(answer.split()[1])


DATA, HEADERS, RST_STREAM, SETTINGS = 0, 1, 3, 4  # RFC 9113, 6
END_STREAM, END_HEADERS = 1, 4
H2_BEGIN = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, SETTINGS, 0, 0, 0, 0, 0))


def h2_frame(kind, flags, stream, payload=b""):
    begin = len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big")
    return begin + payload


def h2_head(method, target):
    """A header block of literals (RFC 7541, 6.2.2); all strings are shorter than 127 bytes."""
    fields = {":method": method, ":scheme": "http", ":authority": "shop.example-shadow",
              ":path": target}
    return b"".join(
        b"\0" + bytes((len(name),)) + name.encode() + bytes((len(value),)) + value.encode()
        for name, value in fields.items())


def h2_request(stream, target, body=b"", ends=True):
    flags = 0 if body or not ends else END_STREAM
    frames = h2_frame(HEADERS, END_HEADERS | flags, stream, h2_head("POST", target))
    if body:
        frames += h2_frame(DATA, END_STREAM if ends else 0, stream, body)
    return frames


def h2_receive(stream_file):
    """Kind, stream and payload of the next frame; nothing at the connection's end."""
    begin = stream_file.read(9)
    if len(begin) < 9:
        return None
    payload = stream_file.read(int.from_bytes(begin[:3], "big"))
    return begin[3], int.from_bytes(begin[5:9], "big"), payload


def h2_answered(stream_file, stream):
    """Reads up to the answer to a stream; false when the connection ends before."""
    while True:
        frame = h2_receive(stream_file)
        if frame is None:
            return False
        if frame[:2] == (HEADERS, stream):
            return True


def wait_for(condition):
    """Polls until the condition holds, which it returns."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise TimeoutError("waited in vain")


class Recorder:
    """One running recorder."""

    def __init__(self, *flags, environment=None):
        command = [RECORDER, "--listen=127.0.0.1:0", "--min_free=0", *flags]
        options = {} if environment is None else {"env": environment}
        self.process = self.popen(command, **options)
        self.lines = []
        self.port = 0
        for line in self.process.stderr:
            self.lines.append(line)
            found = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line)
            if found:
                self.port = int(found.group(1))
                break

    def popen(self, command, **options):
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)

    def send(self, *requests):
        """Sends requests over one connection, one after the other; returns their statuses."""
        statuses = []
        with self.connect() as connection:
            for one in requests:
                connection.sendall(one)
                statuses.append(status_of(connection))
        return statuses

    def stop(self, number=signal.SIGTERM):
        if number:
            self.process.send_signal(number)
        out, rest = self.process.communicate(timeout=DEADLINE)
        self.lines.append(rest)
        return out

    @property
    def stderr(self):
        return "".join(self.lines)


class RecorderTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.out = self.root / "out"
        self.ledger_path = self.root / "ledger.json"

    def start(self, *flags):
        recorder = Recorder(f"--out={self.out}", f"--ledger={self.ledger_path}", *flags)
        self.addCleanup(self.end, recorder)
        self.assertTrue(recorder.port, recorder.stderr)
        return recorder

    @staticmethod
    def end(recorder):
        if recorder.process.poll() is None:
            recorder.process.kill()
            recorder.process.wait()
        recorder.process.stdout.close()
        recorder.process.stderr.close()

    def ledger(self):
        return json.loads(self.ledger_path.read_text())

    def segments(self):
        return sorted(path.name for path in self.out.glob("*.seg"))

    def refused(self, *flags):
        """Runs a recorder that must not start; returns its exit code and stderr."""
        done = subprocess.run(
            [RECORDER, *flags], capture_output=True, text=True, timeout=DEADLINE, check=False)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertEqual(done.stdout, "")
        return done.returncode, done.stderr

    def refused_value(self, flag):
        code, message = self.refused("--listen=127.0.0.1:0", f"--out={self.out}", flag)
        self.assertFalse(self.out.exists())
        return code, message

    def test_three_requests_are_recorded_sealed_and_counted(self):
        recorder = self.start()
        statuses = recorder.send(
            request("/a"), request("/b", body=b"x" * 70000, method="POST"), request("/c"))
        self.assertEqual(statuses, [202, 202, 202])
        out = recorder.stop()
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        ledger = self.ledger()
        self.assertEqual(ledger["schema_version"], 1)
        self.assertEqual((ledger["received"], ledger["written"]), (3, 3))
        for key in ("refused", "after_end", "sampled_out", "shed", "incomplete", "truncated"):
            self.assertEqual(ledger[key], 0, key)
        self.assertGreater(ledger["bytes"], 70000)
        self.assertRegex(out, r"written +3 ")
        self.assertEqual(len(self.segments()), 1)
        self.assertEqual(list(self.out.glob("*.open")), [])
        self.assertRegex(self.segments()[0], r"^000001-[0-9a-f]{8}\.seg$")

    def test_only_the_owner_can_read_a_recording(self):
        before = os.umask(0)
        try:
            recorder = self.start()
        finally:
            os.umask(before)
        recorder.send(request("/"))
        recorder.stop()
        self.assertEqual(stat.S_IMODE(self.out.stat().st_mode), 0o700)
        files = [*self.out.iterdir(), self.root / "out.key", self.ledger_path]
        self.assertEqual(len(files), 4)
        for path in files:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)

    def test_an_open_directory_is_tightened_with_a_warning(self):
        self.out.mkdir()
        self.out.chmod(0o755)
        recorder = self.start()
        recorder.stop()
        self.assertEqual(stat.S_IMODE(self.out.stat().st_mode), 0o700)
        self.assertIn("0700", recorder.stderr)

    def test_no_credential_reaches_a_file(self):
        recorder = self.start("--compression=0")
        recorder.send(
            request("/x?token=hunter2query&b=plainvalue",
                    ["Authorization: Bearer hunter2header", "Cookie: session=hunter2cookie"]))
        recorder.stop()
        self.assertEqual(self.ledger()["written"], 1)
        stored = b"".join(path.read_bytes() for path in self.root.rglob("*") if path.is_file())
        self.assertIn(b"plainvalue", stored)
        self.assertNotIn(b"hunter2", stored)
        self.assertNotIn("hunter2", recorder.stderr)

    def test_sigint_ends_as_sigterm_does_and_cuts_open_requests(self):
        recorder = self.start()
        with recorder.connect() as connection:
            connection.sendall(request("/whole"))
            self.assertEqual(status_of(connection), 202)
            connection.sendall(b"POST /cut HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
            # The answer to a later request on another connection shows that the listener is past
            # what came before.
            recorder.send(request("/later"))
            recorder.stop(signal.SIGINT)
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        ledger = self.ledger()
        self.assertEqual((ledger["received"], ledger["written"]), (3, 3))
        self.assertEqual(ledger["incomplete"], 1)

    def test_a_hangup_ends_and_seals_as_sigterm_does(self):
        recorder = self.start()
        self.assertEqual(recorder.send(request("/whole")), [202])
        recorder.stop(signal.SIGHUP)
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        self.assertEqual(self.ledger()["written"], 1)
        self.assertEqual(list(self.out.glob("*.open")), [])

    def test_a_hangup_under_nohup_ends_nothing(self):
        former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self.addCleanup(signal.signal, signal.SIGHUP, former)
        recorder = self.start()
        recorder.process.send_signal(signal.SIGHUP)
        self.assertEqual(recorder.send(request("/later")), [202])
        recorder.stop(signal.SIGTERM)
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        self.assertEqual(self.ledger()["written"], 1)

    def test_refused_requests_are_counted_by_reason(self):
        recorder = self.start()
        self.assertEqual(recorder.send(b"garbage\r\n\r\n"), [400])
        self.assertEqual(
            recorder.send(request("/", ["Content-Length: 3", "Transfer-Encoding: chunked"])), [400])
        self.assertEqual(recorder.send(request("/", ["X: " + "x" * 100000])), [431])
        self.assertEqual(recorder.send(request("/fine")), [202])
        recorder.stop()
        ledger = self.ledger()
        self.assertEqual((ledger["received"], ledger["refused"], ledger["written"]), (4, 3, 1))
        self.assertEqual(ledger["refused_by"]["bad_request"], 2)
        self.assertEqual(ledger["refused_by"]["head_too_large"], 1)

    def test_http2_and_http1_share_the_port(self):
        recorder = self.start()
        with recorder.connect() as connection, connection.makefile("rb") as answers:
            connection.sendall(H2_BEGIN + h2_request(1, "/a") + h2_request(3, "/b", b"x" * 16000))
            self.assertTrue(h2_answered(answers, 1))
            self.assertEqual(recorder.send(request("/c", ["Upgrade: h2c", "Connection: Upgrade"]),
                                           request("/d")), [202, 202])
            connection.sendall(h2_request(5, "/cut", b"x", ends=False) + h2_request(7, "/e"))
            self.assertTrue(h2_answered(answers, 7))
        recorder.stop()
        ledger = self.ledger()
        self.assertEqual((ledger["received"], ledger["written"]), (6, 6))
        self.assertEqual(ledger["incomplete"], 1)

    def test_a_burst_of_resets_is_recorded_and_one_over_the_limit_cuts(self):
        recorder = self.start("--reset_burst=1000", "--reset_rate=0")
        resets = [h2_request(stream, "/reset", b"half", ends=False) +
                  h2_frame(RST_STREAM, 0, stream, (8).to_bytes(4, "big"))
                  for stream in range(1, 2003, 2)]
        with recorder.connect() as connection, connection.makefile("rb") as answers:
            connection.sendall(H2_BEGIN + b"".join(resets[:1000]) + h2_request(2001, "/fine"))
            self.assertTrue(h2_answered(answers, 2001))
        with recorder.connect() as connection, connection.makefile("rb") as answers:
            connection.sendall(H2_BEGIN + resets[0] + h2_request(3, "/late"))
            self.assertFalse(h2_answered(answers, 3))
        recorder.stop()
        ledger = self.ledger()
        self.assertEqual((ledger["received"], ledger["written"]), (1002, 1002))
        self.assertEqual(ledger["incomplete"], 1001)
        self.assertIn("1 connections were cut", recorder.stderr)

    def test_more_uploads_than_fit_are_shed(self):
        recorder = self.start("--uploads=100000")
        with recorder.connect() as connection:
            connection.sendall(b"POST /wait HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n" +
                               b"x" * 10)
            large = request("/large", body=b"x" * 200000, method="POST")
            self.assertEqual(recorder.send(large, request("/small", body=b"x", method="POST")),
                             [202, 202])
            connection.sendall(b"x" * 10)
            self.assertEqual(status_of(connection), 202)
        recorder.stop()
        ledger = self.ledger()
        self.assertEqual((ledger["received"], ledger["written"]), (3, 2))
        self.assertEqual(ledger["shed_by"]["uploads"], 1)

    def test_percent_zero_keeps_nothing_and_leaves_no_segment(self):
        recorder = self.start("--percent=0")
        self.assertEqual(recorder.send(request("/a"), request("/b")), [202, 202])
        recorder.stop()
        self.assertEqual((self.ledger()["received"], self.ledger()["sampled_out"]), (2, 2))
        self.assertEqual(self.segments(), [])

    def test_a_restart_goes_on_and_its_end_does_not_move(self):
        self.start("--for=1h").stop()
        first = json.loads((self.out / "capture.json").read_text())
        recorder = self.start("--for=2h")
        recorder.send(request("/a"))
        recorder.stop()
        second = json.loads((self.out / "capture.json").read_text())
        self.assertEqual(second["recording"], first["recording"])
        self.assertEqual(second["ends_at_nanos"], first["ends_at_nanos"])
        self.assertIn("whatever --for says", recorder.stderr)
        recorder = self.start()
        recorder.send(request("/b"))
        recorder.stop()
        self.assertEqual((self.ledger()["received"], self.ledger()["written"]), (2, 2))
        self.assertEqual([name[:6] for name in self.segments()], ["000001", "000002"])

    def test_it_ends_by_itself_and_then_only_answers(self):
        recorder = self.start("--for=50ms")
        out = recorder.stop(number=None)
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        self.assertIn("received", out)
        recorder = self.start("--for=2h")
        self.assertEqual(recorder.send(request("/late")), [202])
        recorder.stop()
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        self.assertEqual((self.ledger()["received"], self.ledger()["after_end"]), (1, 1))
        self.assertEqual(self.segments(), [])

    def test_a_spent_budget_is_the_end(self):
        recorder = self.start("--max_bytes=1")
        recorder.send(request("/a"))
        recorder.stop(number=None)
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        self.assertEqual(self.ledger()["written"], 1)

    def test_discard_goes_on_answering_after_the_end(self):
        recorder = self.start("--max_bytes=1", "--after_end=discard")
        recorder.send(request("/a"))
        # Sealed means ended; until then requests may still be stored.
        wait_for(self.segments)
        self.assertEqual(recorder.send(request("/b"), request("/c")), [202, 202])
        recorder.stop()
        ledger = self.ledger()
        self.assertEqual((ledger["written"], ledger["after_end"]), (1, 2))

    def test_after_a_kill_the_next_run_seals_what_was_synced_and_goes_on(self):
        def holds_records(path):
            head = path.read_bytes()[:96]  # magic and the header of the first chunk
            return len(head) == 96 and path.stat().st_size > 96 + int.from_bytes(head[36:40], "little")

        recorder = self.start()
        recorder.send(request("/a"))
        left = wait_for(lambda: [path for path in self.out.glob("*.seg.open") if holds_records(path)])
        recorder.stop(signal.SIGKILL)
        sealed = left[0].with_suffix("")
        recorder = self.start()
        recorder.send(request("/b"))
        recorder.stop()
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        self.assertIn(f"recovered {sealed.name}: 1 records", recorder.stderr)
        self.assertEqual([name[:6] for name in self.segments()], ["000001", "000002"])
        self.assertEqual(list(self.out.glob("*.seg.open")), [])
        self.assertEqual((self.ledger()["received"], self.ledger()["written"]), (2, 2))

    def test_connections_leave_descriptors_for_segments(self):
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, limits[1]))  # the recorder raises it
        recorder = self.start("--max_connections=50")
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        crowd = [recorder.connect() for _ in range(50)]
        for connection in crowd:
            connection.sendall(request("/"))
            self.assertEqual(status_of(connection), 202)
            connection.close()
        recorder.stop()
        self.assertEqual((self.ledger()["written"], self.ledger()["shed"]), (50, 0))
        self.assertNotIn("shed", recorder.stderr)

    def test_a_port_in_use_is_one_line_and_leaves_nothing_behind(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            code, message = self.refused(f"--listen={address}", f"--out={self.out}")
        self.assertEqual(code, 6)
        self.assertIn(address, message)
        self.assertEqual(list(self.root.iterdir()), [])

    def test_a_missing_parent_is_refused(self):
        code, message = self.refused("--listen=127.0.0.1:0", f"--out={self.root}/a/b")
        self.assertEqual(code, 6)
        self.assertIn(f"{self.root}/a", message)
        self.assertEqual(list(self.root.iterdir()), [])

    def test_a_second_recorder_on_the_same_directory_is_refused(self):
        recorder = self.start()
        code, _ = self.refused("--listen=127.0.0.1:0", f"--out={self.out}")
        self.assertEqual(code, 6)
        recorder.stop()
        self.assertEqual(recorder.process.returncode, 0)

    def test_a_damaged_state_is_refused(self):
        self.start().stop()
        (self.out / "capture.json").write_text("{")
        code, message = self.refused("--listen=127.0.0.1:0", f"--out={self.out}")
        self.assertEqual(code, 6)
        self.assertIn("capture.json", message)

    def test_wrong_flags_are_one_line_and_exit_code_two(self):
        wrong = ("--speed=1", "--percent=nan", "--percent=101", "--percent=-1", "--for=100h",
                 "--for=0", "--for=soon", "--max_body=0", "--uploads=0", "--reset_burst=0",
                 "--reset_rate=-1", "--reset_burst=nan", "--queue=0", "--queue=many",
                 "--segment_bytes=0", "--max_bytes=0", "--max_connections=0", "--compression=20",
                 "--compression=-1", "--after_end=never", "--ack=maybe", "--ack_deadline=0s",
                 "--ack_deadline=61s", "--ack_deadline=1", "--redact=some", "--seed=x", "argument",
                 f"--redaction_key={self.out}/key")
        for flag in wrong:
            with self.subTest(flag):
                code, message = self.refused_value(flag)
                self.assertEqual(code, 2)
                name = flag.lstrip("-").split("=")[0]
                self.assertIn(name, message)

    def test_listen_and_out_are_needed(self):
        self.assertEqual(self.refused(f"--out={self.out}")[0], 2)
        self.assertEqual(self.refused("--listen=127.0.0.1:0")[0], 2)

    def test_help_and_version_are_no_errors(self):
        for flag in ("--help", "--version"):
            done = subprocess.run([RECORDER, flag], capture_output=True, text=True,
                                  timeout=DEADLINE, check=False)
            self.assertEqual(done.returncode, 0)
            self.assertIn("recorder", done.stdout)


if __name__ == "__main__":
    RECORDER = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
