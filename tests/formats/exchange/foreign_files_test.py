"""reel import and export with files as other tools write them: what is told of each, and that HAR
comes and goes without a difference."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import unittest

REEL = "formats/reel"
VALIDATE = "tests/formats/exchange/validate_har.py"

ENVOY_LINE = (
    '[2016-04-15T20:17:00.310Z] "POST /p HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" '
    '"cc21d9b0" "locations-shadow:80" "tcp://10.0.2.1:80"\n')
COMBINED = ('192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET /{} HTTP/1.1" 200 2326 "-" "ua"\n'
            'noise\n')


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value % 128 + 128])
        value //= 128
    return out + bytes([value])


def field(number, content):
    """A length-delimited field of a protobuf message."""
    content = content if isinstance(content, bytes) else content.encode()
    return bytes([number * 8 + 2]) + varint(len(content)) + content


def tap(path, body, truncated):
    headers = {":method": "POST", ":path": path, ":authority": "shop", "x-a": "1"}
    message = b"".join(field(1, field(1, name) + field(2, value))
                       for name, value in headers.items())
    message += field(2, field(1, body) + (b"\x18\x01" if truncated else b""))
    return field(1, field(1, message))


def har_entry(number, **request):
    return {
        "startedDateTime": f"2023-11-14T22:13:{59 - number:02}.5+01:00", "time": 5,
        "request": {"method": "POST", "url": f"https://shop.example/{number}?x=1",
                    "httpVersion": "http/2.0" if number % 2 else "HTTP/1.1",
                    "headers": [{"name": "X-Number", "value": str(number)}],
                    "postData": {"mimeType": "text/plain", "text": "h\u00e4\u0000\ud83d\udc35"},
                    **request},
        "response": {"status": 200, "headers": [], "content": {
            "size": 2, "mimeType": "x", "encoding": "base64",
            "text": base64.b64encode(b"\xff\x00").decode()}},
        "_initiator": {"type": "script"}}


class ForeignFilesTest(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def reel(self, *arguments, code=0):
        ended = subprocess.run([REEL, *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual(ended.returncode, code, ended.stdout + ended.stderr)
        return ended.stdout + ended.stderr

    def records(self, recording):
        return [json.loads(line)
                for line in self.reel("cat", "--format=jsonl", recording).splitlines()]

    def test_har_comes_and_goes(self):
        document = {"log": {"version": "1.2", "creator": {"name": "t", "version": "1"},
                            "entries": [har_entry(n) for n in range(20)]
                            + [har_entry(20, url="ftp://x/")]}}
        source = self.write("first.har", "\ufeff" + json.dumps(document))
        told = self.reel("import", source, "--out=" + self.path("a"), "--redact=off")
        self.assertIn("imported 20 requests, 20 responses", told)
        self.assertIn("URL of another scheme than http and https", told)
        self.assertIn("entry 20", told)
        records = self.records(self.path("a"))
        self.assertEqual([r["target"] for r in records],
                         [f"/{n}?x=1" for n in reversed(range(20))])  # in order of arrival
        exported = self.path("again.har")
        self.reel("export", "--format=har", "--out=" + exported, self.path("a"))
        subprocess.run(["/usr/bin/python3", VALIDATE, exported], check=True)
        self.reel("import", exported, "--out=" + self.path("b"), "--redact=off")
        self.assertIn("equal 20, changed 0, only in A 0, only in B 0",
                      self.reel("diff", self.path("a"), self.path("b")))

    def test_a_cut_har_gives_what_came_before(self):
        document = json.dumps({"log": {"entries": [har_entry(n) for n in range(3)]}})
        source = self.write("cut.har", document[:-100])
        told = self.reel("import", source, "--out=" + self.path("a"))
        self.assertIn("imported 2 requests", told)
        self.assertIn("the file ends in the middle", told)
        told = self.reel("import", self.write("no.har", "<html>"), "--out=" + self.path("b"), code=6)
        self.assertIn("not a HAR file", told)
        self.assertFalse(os.path.exists(self.path("b")))

    def test_access_logs_are_known_by_their_lines(self):
        source = self.write("access.log", COMBINED.format(1) + COMBINED.format(2))
        told = self.reel("import", source, "--authority=shop", "--out=" + self.path("a"), "--seed=7")
        self.assertIn("imported 2 requests, 2 responses", told)
        self.assertIn("a line that is not of an access log", told)
        self.assertIn("line 2", told)
        self.assertIn("spread within it by the seed", told)
        records = self.records(self.path("a"))
        self.assertEqual([(r["target"], r["authority"]) for r in records],
                         [("/1", "shop"), ("/2", "shop")])
        self.reel("import", source, "--authority=shop", "--out=" + self.path("b"), "--seed=7")
        self.assertEqual([r["arrival_nanos"] for r in self.records(self.path("b"))],
                         [r["arrival_nanos"] for r in records])
        envoy = self.write("envoy.log", ENVOY_LINE)
        self.reel("import", envoy, "--out=" + self.path("c"))
        self.assertEqual(self.records(self.path("c"))[0]["authority"], "locations-shadow:80")

    def test_taps_are_known_by_their_names(self):
        whole, cut = tap("/whole", b"\xff\n", False), tap("/cut", b"begin", True)
        delimited = self.write("tap_7.pb_length_delimited",
                               b"".join(varint(len(m)) + m for m in (whole, cut)))
        told = self.reel("import", delimited, "--out=" + self.path("a"))
        self.assertIn("imported 1 requests", told)
        self.assertIn("--truncated=keep", told)
        self.assertEqual(self.records(self.path("a"))[0]["body"], {"base64": "/wo="})
        self.reel("import", delimited, "--truncated=keep", "--out=" + self.path("b"))
        self.assertEqual([(r["target"], r["truncated"]) for r in self.records(self.path("b"))],
                         [("/whole", False), ("/cut", True)])
        one = self.write("tap_8.pb", whole)
        self.reel("import", one, "--out=" + self.path("c"))
        self.assertEqual(self.records(self.path("c"))[0]["target"], "/whole")

    def test_wrong_flags_are_refused(self):
        source = self.write("tap.pb", tap("/", b"", False))
        self.assertIn("write keep", self.reel(
            "import", source, "--truncated=yes", "--out=" + self.path("a"), code=2))
        self.assertIn("seed is a flag of", self.reel("diff", "--seed=1", "a", "b", code=2))


if __name__ == "__main__":
    unittest.main()
