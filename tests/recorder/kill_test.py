"""What a recorder acknowledged as durable survives kill -9, as often as it is killed: under load,
while it starts, while it recovers what it left the last time.

Usage: kill_test.py RECORDER REEL [unittest arguments]
SHADOWREEL_KILLS: how many cycles (100). SHADOWREEL_SEED: of all chance (random; printed).
"""

import base64
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

RECORDER = REEL = ""
KILLS = int(os.environ.get("SHADOWREEL_KILLS", "100"))
SEED = int(os.environ.get("SHADOWREEL_SEED", str(random.SystemRandom().randrange(1 << 32))))
PATIENCE = 60  # seconds; only something that hangs gets there
CONNECTIONS = 6
AT_ONCE = 8  # requests that one connection has sent and no answer to


def body_of(name):
    """The body that belongs to a request's name: mostly small, now and then empty or long."""
    chance = random.Random(name)
    kind = chance.random()
    size = chance.randrange(200_000) if kind < 0.01 else chance.randrange(1500)
    return b"" if kind > 0.8 else chance.randbytes(size)


def request_of(name):
    body = body_of(name)
    head = (f"POST /kill?name={name} HTTP/1.1\r\nHost: shop.example-shadow\r\n"
            f"X-Name: {name}\r\nContent-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


class Connection(threading.Thread):
    """Sends until the recorder is gone. `offered`: names sent; `durable`: those answered 204."""

    def __init__(self, port, name):
        super().__init__()
        self.port = port
        self.prefix = name
        self.offered = []
        self.durable = []
        self.others = []  # statuses that are neither 202 nor 204

    def run(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
                with connection.makefile("rb") as answers:
                    while self.exchange(connection, answers):
                        pass
        except OSError:
            pass  # killed

    def exchange(self, connection, answers):
        begin = len(self.offered)
        batch = [f"{self.prefix}-{begin + i}" for i in range(1 + begin % AT_ONCE)]
        self.offered += batch
        connection.sendall(b"".join(request_of(name) for name in batch))
        for name in batch:
            status = self.status(answers)
            if status is None:
                return False
            if status == 204:
                self.durable.append(name)
            elif status != 202:
                self.others.append(status)
        return True

    @staticmethod
    def status(answers):
        line = answers.readline()
        rest = line
        while rest.endswith(b"\n") and rest != b"\r\n":
            rest = answers.readline()
        return int(line.split()[1]) if rest == b"\r\n" else None


class Recorder:
    """The recorder, killed or ended."""

    def __init__(self, out, ledger, listening=True):
        self.process = subprocess.Popen(
            [RECORDER, "--listen=127.0.0.1:0", f"--out={out}", f"--ledger={ledger}",
             "--ack=durable", "--for=72h", "--min_free=0", "--segment_bytes=200KiB"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.lines = []
        self.port = 0
        while listening and not self.port:
            line = self.process.stderr.readline()
            if not line:
                break
            self.lines.append(line)
            found = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line)
            self.port = int(found.group(1)) if found else 0

    def end(self, number):
        self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=PATIENCE)
        self.lines.append(rest)

    @property
    def stderr(self):
        return "".join(self.lines)


def field_bytes(value):
    """A byte string as `reel cat --format=jsonl` shows it."""
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value.encode()


class KillTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR"))
        self.addCleanup(directory.cleanup)
        self.out = pathlib.Path(directory.name) / "out"
        self.ledger_path = pathlib.Path(directory.name) / "ledger.json"
        self.chance = random.Random(SEED)
        self.offered = set()
        self.durable = set()

    def start(self, listening=True):
        recorder = Recorder(self.out, self.ledger_path, listening)
        self.addCleanup(recorder.process.stderr.close)
        self.addCleanup(recorder.process.wait)
        self.addCleanup(recorder.process.kill)
        if listening:
            self.assertTrue(recorder.port, recorder.stderr)
        return recorder

    def load_and_kill(self, cycle):
        recorder = self.start()
        load = [Connection(recorder.port, f"{cycle}-{i}") for i in range(CONNECTIONS)]
        for connection in load:
            connection.start()
        time.sleep(self.chance.uniform(0, 0.3))
        recorder.end(signal.SIGKILL)
        for connection in load:
            connection.join(PATIENCE)
            self.assertFalse(connection.is_alive())
            self.assertEqual(connection.others, [])
            self.offered.update(connection.offered)
            self.durable.update(connection.durable)

    def kill_while_starting(self):
        """Kills up to three recorders while they recover what the one before left."""
        for _ in range(self.chance.randrange(4)):
            recorder = self.start(listening=False)
            time.sleep(self.chance.uniform(0, 0.03))
            recorder.end(signal.SIGKILL)

    def end_cleanly(self):
        recorder = self.start()
        recorder.end(signal.SIGTERM)
        self.assertEqual(recorder.process.returncode, 0, recorder.stderr)
        return recorder

    def check_records(self):
        """Every durable one once, none twice, none that was not sent; all as they were sent."""
        seen = set()
        with subprocess.Popen([REEL, "cat", "--format=jsonl", str(self.out)],
                              stdout=subprocess.PIPE) as cat:
            for line in cat.stdout:
                record = json.loads(line)
                name = record["target"].removeprefix("/kill?name=")
                self.assertIn(name, self.offered)
                self.assertNotIn(name, seen)
                seen.add(name)
                self.check_record(name, record)
        self.assertEqual(cat.returncode, 0)
        self.assertEqual(self.durable - seen, set())
        return len(seen)

    def check_record(self, name, record):
        body = body_of(name)
        self.assertEqual(field_bytes(record["body"]), body, name)
        self.assertEqual(record["method"], "POST")
        self.assertEqual(record["headers"], [["Host", "shop.example-shadow"], ["X-Name", name],
                                             ["Content-Length", str(len(body))]])
        self.assertTrue(record["complete"])
        self.assertFalse(record["truncated"])

    def check_ledger(self, stored):
        ledger = json.loads(self.ledger_path.read_text())
        outcomes = ("refused", "after_end", "sampled_out", "shed", "written")
        self.assertEqual(ledger["received"], sum(ledger[key] for key in outcomes), ledger)
        self.assertLessEqual(ledger["written"], stored)

    def test_what_was_durable_survives_every_kill(self):
        print(f"seed {SEED}, {KILLS} kills", flush=True)
        for cycle in range(KILLS):
            self.load_and_kill(cycle)
            self.kill_while_starting()
        self.end_cleanly()
        self.assertEqual(list(self.out.glob("*.open")), [])
        verify = subprocess.run([REEL, "verify", str(self.out)], capture_output=True, text=True,
                                check=False)
        self.assertEqual(verify.returncode, 0, verify.stdout + verify.stderr)
        stored = self.check_records()
        self.check_ledger(stored)
        print(f"{KILLS} kills: {len(self.offered)} offered, {len(self.durable)} durable, "
              f"{stored} stored, none lost, none invented", flush=True)
        self.assertGreater(len(self.durable), KILLS)


if __name__ == "__main__":
    RECORDER, REEL = (os.path.abspath(sys.argv.pop(1)) for _ in range(2))
    unittest.main(verbosity=2)
