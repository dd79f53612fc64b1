"""The commands of `reel export --format=curl`, run by real shells: what arrives is what was recorded.

Usage: curl_test.py REEL [unittest arguments]
"""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

REEL = ""
SEPARATOR = b"\n\xf0\x9f\x90\xb5\xf0\x9f\x99\x88\xf0\x9f\x99\x89\n"
DEADLINE = 60  # seconds; only a hanging command gets there


def request(method, target, fields, body=b"", version=b"1.1"):
    head = method + b" " + target + b" HTTP/" + version + b"\r\n"
    return head + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


def with_body(method, fields, body, target=b"/body"):
    return request(method, target, [b"Host: shop", b"Content-Length: %d" % len(body)] + fields, body)


ALL_BYTES = bytes(range(256))
REQUESTS = [
    request(b"GET", b"/", [b"Host: shop"]),
    request(b"GET", b"//a/../b/./%00?x={1,2}[a]&&=", [b"Host: shop-shadow:8080", b"Accept: */*"]),
    request(b"DELETE", b"/it's;touch$IFS'INJECTED'", [b"Host: $(touch INJECTED)`touch INJECTED`"]),
    request(b"GET", b"/q?'\"\\$HOME!#!\xff\x80", [b"Host: shop"]),
    request(b"GET", b"http://other:81/abs?x", [b"Host: shop"]),
    request(b"OPTIONS", b"*", [b"Host: shop"]),
    request(b"HEAD", b"/head", [b"Host: shop", b"X: 1"]),
    request(b"GET", b"/fields", [b"Host: shop", b"X-Empty:", b"x: 1", b"X: 1", b"x: 1",
                                 b"User-Agent: me", b"Z: @file", b"A: ;", b"B: \xff\x9b31m'%s\\",
                                 b"C: a\tb", b"-D: -n \xc3\xa4"]),
    request(b"GET", b"/old", [b"Host: shop"], version=b"1.0"),
    with_body(b"POST", [b"Content-Type: text/plain"], b"hello"),
    with_body(b"POST", [], b"@/etc/passwd"),
    with_body(b"PUT", [], b"two\nlines '$(touch INJECTED)'\n\n"),
    with_body(b"PATCH", [], ALL_BYTES),
    with_body(b"POST", [], ALL_BYTES * 1000),
    with_body(b"POST", [], b"x" * 100_000),
    with_body(b"GET", [b"Expect: nothing"], b"a body"),
    with_body(b"POST", [], b""),
    with_body(b"POST", [], b"\x1b[31mred\r\n"),
]
CHUNKED = request(b"POST", b"/chunks", [b"Host: shop", b"Transfer-Encoding: chunked", b"X: 1"],
                  b"5\r\nhello\r\n0\r\n\r\n")


class Listener:
    """Answers every connection once and keeps the bytes that came."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.received = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.received.append(self.read(connection))
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    @staticmethod
    def read(connection):
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(1 << 16)
        head, _, body = received.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.startswith(b"Content-Length: "):
                length = int(line.split()[1])
        if b"\r\nTransfer-Encoding: chunked" in head:
            while not body.endswith(b"0\r\n\r\n"):
                body += connection.recv(1 << 16)
            return head + b"\r\n\r\n" + body
        while len(body) < length:
            body += connection.recv(1 << 16)
        return head + b"\r\n\r\n" + body


class CurlTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.path = pathlib.Path(self.directory.name)
        self.listener = Listener()
        self.addCleanup(self.listener.socket.close)

    def reel(self, *arguments):
        return subprocess.run([REEL, *map(str, arguments)], capture_output=True, timeout=DEADLINE)

    def record(self, requests):
        with open(self.path / "in.gor", "wb") as file:
            for i, payload in enumerate(requests):
                file.write(b"1 %d %d\n" % (i, 1_700_000_000_000_000_000 + i) + payload + SEPARATOR)
        done = self.reel("import", self.path / "in.gor", f"--out={self.path / 'recording'}",
                         "--redact=off")
        self.assertEqual(done.stdout, b"imported %d requests, 0 responses\n" % len(requests))

    def commands(self):
        done = self.reel("export", self.path / "recording", "--format=curl")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def run_script(self, shell, script, target):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.path)}
        if target:
            environment["TARGET"] = target
        (self.path / "commands.sh").write_bytes(script)
        return subprocess.run([shell, "commands.sh"], capture_output=True, timeout=DEADLINE,
                              cwd=self.path, env=environment)

    def test_what_arrives_is_what_was_recorded(self):
        self.record(REQUESTS)
        script = self.commands()
        self.assertLess(max(script), 0x7f)
        for shell in ("sh", "bash"):
            self.listener.received.clear()
            done = self.run_script(shell, script, f"http://127.0.0.1:{self.listener.port}")
            self.assertEqual(len(self.listener.received), len(REQUESTS), done.stderr)
            for sent, arrived in zip(REQUESTS, self.listener.received):
                self.assertEqual(sent, arrived)
            self.assertFalse((self.path / "INJECTED").exists())

    def test_chunks_stay_chunks(self):
        self.record([CHUNKED])
        self.run_script("sh", self.commands(), f"http://127.0.0.1:{self.listener.port}")
        self.assertEqual(self.listener.received, [CHUNKED])

    def test_nothing_is_sent_without_a_target(self):
        self.record(REQUESTS[:1])
        done = self.run_script("sh", self.commands(), None)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"set it to http://HOST:PORT", done.stderr)

    def test_cat_says_the_same(self):
        self.record(REQUESTS[:3])
        done = self.reel("cat", self.path / "recording", "--format=curl")
        self.assertEqual(done.stdout, self.commands())

    def test_what_no_command_holds_is_counted(self):
        trailers = CHUNKED[:-2] + b"T: 1\r\n\r\n"
        self.record([trailers, with_body(b"HEAD", [], b"x"), with_body(b"POST", [], b"x" * (1 << 21)),
                     request(b"GET", b"/" + b"x" * 40_000, [b"Host: shop"])])
        done = self.reel("export", self.path / "recording", "--format=curl")
        self.assertEqual(done.stdout.count(b"curl "), 1)
        lines = [line.strip() for line in done.stderr.decode().replace("reel:", "").splitlines()]
        self.assertEqual(lines, [
            "left out 3:",
            "1  HEAD with a body (record 2)",
            "1  request with a body over 1 MiB (record 3)",
            "1  request with too long a word (record 4)",
            "not as it was 1:",
            "1  trailers left out (record 1)",
        ])


if __name__ == "__main__":
    REEL = os.path.abspath(sys.argv.pop(1))
    unittest.main()
