"""What tests of the replayer as a whole share: a target, and a case that replays."""

import http.server
import json
import os
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

REPLAYER = os.path.abspath("replayer/replayer")
WRITE_RECORDING = os.path.abspath("tests/replayer/write_recording")
PATIENCE = 120  # seconds, against hanging only

PASS, FAILED, USAGE, INVALID, SAFETY, UNUSABLE = 0, 1, 2, 3, 5, 6


class Target:
    """An HTTP/1.1 server on a free port that answers after `delay` seconds; `seen` lists (method,
    target, headers, body)."""

    def __init__(self, status=200, host="127.0.0.1", answers=True, certificate=None,
                 delay=0):
        self.seen = []
        self.connections = 0
        self.server_names = []
        self.first = threading.Event()
        target = self

        class Answer(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                target.connections += 1
                super().setup()

            def answer(self):
                body = self.read_body()
                sent = self.requestline.split(" ")[1]  # self.path has lost a doubled slash
                target.seen.append((self.command, sent, list(self.headers.items()), body))
                target.first.set()
                if not answers:
                    target.closing.wait()
                    return
                target.closing.wait(delay)
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(b"ok")

            do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = answer

            def read_body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass
                return body

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            daemon_threads = True
            request_queue_size = 512

        self.closing = threading.Event()
        self.server = Server((host, 0), Answer)
        if certificate:
            self.serve_tls(certificate)
        bracketed = "[%s]" % host if ":" in host else host
        self.authority = "%s:%d" % (bracketed, self.server.server_port)
        self.url = "http://" + self.authority
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve_tls(self, certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _, name, __: self.server_names.append(name)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def targets(self):
        return [target for _, target, _, _ in self.seen]

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


class ReplayerCase(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        self.target = self.start_target()

    def start_target(self, **options):
        target = Target(**options)
        self.addCleanup(target.close)
        return target

    def record(self, records, name="recording"):
        directory = os.path.join(self.root, name)
        os.mkdir(directory)
        lines = "".join(json.dumps(record) + "\n" for record in records)
        subprocess.run([WRITE_RECORDING, directory], input=lines, text=True, check=True)
        return directory

    def replay(self, *flags, environment=None):
        return subprocess.run(
            [REPLAYER, *flags],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env={**os.environ, **(environment or {})},
        )

    def assert_one_line(self, run, code, *words):
        self.assertEqual(run.returncode, code, run.stderr + run.stdout)
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertTrue(run.stderr.startswith("replayer: "), run.stderr)
        for word in words:
            self.assertIn(word, run.stderr)

    def summary(self, out):
        with open(os.path.join(out, "summary.json")) as file:
            return json.load(file)
