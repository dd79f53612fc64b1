"""A real HTTP/2 mirror: nginx mirrors to nghttpx, which speaks HTTP/2 in clear to the recorder.
What nginx mirrored is recorded, once and byte by byte."""

import base64
import collections
import os
import unittest

import parts
import traffic

PROGRAMS = parts.Programs(".")
COUNT = 800

# The only targets that nghttpx does not send as they came to it: it merges slashes and removes dot
# segments. That HTTP/2 brings such targets unchanged is in envoy_test.
NORMALIZED = {"/anything//double//slash": "/anything/double/slash",
              "/anything/%2e%2e/dots": "/dots"}


def raw(value):
    """The bytes of a string as `reel cat --format=jsonl` writes it."""
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value.encode()


def text(value):
    return raw(value).decode("latin-1")


def header(record, name):
    return [text(value) for key, value in record["headers"] if key == name]


class NghttpxTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        directory = cls.enterClassContext(parts.WorkDirectory())
        out = os.path.join(directory, "recording")
        # Secrets stay, so that every value can be compared; redaction has tests of its own.
        with parts.Httpbin(directory, "v1") as live, \
                parts.Recorder(directory, PROGRAMS.recorder, out, "--redact=off") as recorder, \
                parts.Nghttpx(directory, recorder.port) as nghttpx, \
                parts.NginxMirror(directory, live.port, nghttpx.port) as nginx:
            cls.sent = traffic.send_mixed(nginx.port, COUNT)
            nginx.stop()
            nghttpx.stop()
            recorder.stop()
            cls.mirrored = nginx.mirrored()
            cls.ledger = recorder.ledger
            cls.live_port = nginx.port
        cls.records = PROGRAMS.records(out)

    def sent_as(self, record):
        """(method, target, headers, body) of the live request."""
        return self.sent[int(header(record, "x-number")[0])]

    def test_each_mirrored_request_is_recorded_once_over_http2(self):
        self.assertEqual(len(self.mirrored), COUNT)
        recorded = collections.Counter(
            (header(r, "x-request-id")[0], r["method"], header(r, "x-original-uri")[0])
            for r in self.records)
        self.assertEqual(recorded, collections.Counter(self.mirrored))
        self.assertEqual({r["version"] for r in self.records}, {"HTTP/2"})
        self.assertEqual((self.ledger["received"], self.ledger["written"],
                          self.ledger["refused"], self.ledger["incomplete"]), (COUNT, COUNT, 0, 0))

    def test_targets_are_byte_by_byte_what_nghttpx_sends(self):
        seen = set()
        for record in self.records:
            method, target, _, _ = self.sent_as(record)
            seen.add(target)
            self.assertEqual(record["method"], method)
            self.assertEqual(text(record["target"]), NORMALIZED.get(target, target))
        self.assertLessEqual(set(traffic.ODD_TARGETS), seen)

    def test_authorities_fields_and_bodies_are_as_sent(self):
        for record in self.records:
            _, _, headers, body = self.sent_as(record)
            self.assertEqual(text(record["authority"]), f"shop.example-shadow:{self.live_port}")
            self.assertEqual(text(record["stripped_authority"]), f"shop.example:{self.live_port}")
            for name in ("X-Odd", "X-Empty", "X-Twice", "Content-Type", "Authorization"):
                self.assertEqual(header(record, name.lower()),
                                 [value for key, value in headers if key == name])
            # A cookie may come in crumbs (RFC 9113, 8.2.3).
            self.assertEqual("; ".join(header(record, "cookie")),
                             "".join(value for key, value in headers if key == "Cookie"))
            self.assertEqual(raw(record["body"]), body)
            self.assertEqual(header(record, "content-length"), [str(len(body))] if body else [])
            self.assertTrue(record["complete"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
