"""`scenarios emit --kind=nginx`: nginx accepts what it emits, and mirrors so; a live request is
answered whatever becomes of its copy."""

import os
import sys
import unittest

import emitted

sys.path.insert(0, "tests/mirror")
import parts  # noqa: E402
import traffic  # noqa: E402

PROGRAMS = parts.Programs(".")

HTTP = """
  include {directory}/nginx.http.conf;
  server {{
    listen 127.0.0.1:{port};
    include {directory}/{server};
    location / {{ proxy_pass http://127.0.0.1:{live}; }}
  }}
"""


class Nginx(parts.Nginx):
    """A user's nginx in front of `live`, with the emitted files."""

    def __init__(self, directory, live, recorder, percent, server="nginx.server.conf"):
        super().__init__(directory)
        for part in ["nginx.http.conf", "nginx.server.conf", "nginx.server.off.conf"]:
            run = emitted.emit("--kind=nginx", f"--percent={percent}", f"--part={part}",
                               f"--recorder=127.0.0.1:{recorder}",
                               f"--backup=127.0.0.1:{parts.free_port()}")
            assert run.returncode == 0, run.stderr
            with open(os.path.join(self.directory, part), "w", encoding="ascii") as file:
                file.write(run.stdout)
        self.start_with(HTTP.format(directory=self.directory, port=self.port, live=live,
                                    server=server))


class NginxEmitTest(unittest.TestCase):

    def capture(self, percent, count, **flags):
        """Sends `count` live requests; returns what was recorded and the ledger."""
        with parts.WorkDirectory() as directory:
            out = os.path.join(directory, "recording")
            with parts.Httpbin(directory, "v1") as live, \
                    parts.Recorder(directory, PROGRAMS.recorder, out) as recorder, \
                    Nginx(directory, live.port, recorder.port, percent, **flags) as nginx:
                self.send(nginx, count)
                nginx.stop()
            self.assertEqual(len(live.requests()), count)
            records = PROGRAMS.records(out) if recorder.ledger["written"] > 0 else []
            return records, recorder.ledger

    def send(self, nginx, count):
        client = traffic.Client(nginx.port)
        statuses = [client.send("POST", f"/status/204?n={n}", [("Accept", "*/*")], b"body")
                    for n in range(count)]
        client.close()
        self.assertEqual(statuses, [204] * count)

    def test_at_100_percent_every_request_is_recorded(self):
        records, ledger = self.capture(100, 20)
        self.assertEqual((ledger["received"], ledger["written"]), (20, 20))
        self.assertEqual([record["target"] for record in records],
                         [f"/status/204?n={n}" for n in range(20)])
        self.assertEqual({(record["method"], record["body"]) for record in records},
                         {("POST", "body")})
        self.assertTrue(all("x-request-id" in [name.lower() for name, _ in record["headers"]]
                            for record in records))

    def test_at_0_percent_none_is(self):
        self.assertEqual(self.capture(0, 5)[1]["received"], 0)

    def test_at_50_percent_about_half_are(self):
        written = self.capture(50, 400)[1]["written"]
        self.assertLess(abs(written - 200), 3.891 * 10 + 1)  # two-sided 99.99 %

    def test_without_the_mirror_none_is(self):
        self.assertEqual(self.capture(100, 5, server="nginx.server.off.conf")[1]["received"], 0)

    def test_a_recorder_that_is_gone_hurts_no_live_request(self):
        with parts.WorkDirectory() as directory:
            with parts.Httpbin(directory, "v1") as live, \
                    Nginx(directory, live.port, parts.free_port(), 100) as nginx:
                self.send(nginx, 20)
            self.assertEqual(len(live.requests()), 20)


if __name__ == "__main__":
    unittest.main(verbosity=2)
