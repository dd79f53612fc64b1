"""What a pipeline's replay needs: a small fixed trace, and a candidate on loopback to judge."""

import http.server
import json
import subprocess
import threading
import time

REQUESTS = 150  # of the trace, 8 ms apart; enough for the breaker, if it were asked


def write_trace(write_recording, directory):
    lines = "".join(
        json.dumps({"target": f"/cart/{i}" if i % 3 else "/", "at_ms": 8 * i,
                    "headers": [["Host", "shop.example"]]}) + "\n" for i in range(REQUESTS))
    subprocess.run([write_recording, directory], input=lines, text=True, check=True)


class Candidate:
    """Answers every request with `status`, `delay` seconds late, on a free port."""

    def __init__(self, status=200, delay=0.0):
        class Answer(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are written apart

            def do_GET(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                time.sleep(delay)
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            do_POST = do_GET

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
