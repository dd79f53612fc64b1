"""What nginx mirrored is what `reel cat` shows, and what the second version's access log shows is
what was planned: request by request, with no secret in any byte on disk."""

import base64
import collections
import json
import os
import unittest

import parts
import traffic

PROGRAMS = parts.Programs(".")
COUNT = 800


def raw(value):
    """The bytes of a string as `reel cat --format=jsonl` writes it."""
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value.encode()


def header(record, name):
    return [raw(value).decode("latin-1") for key, value in record["headers"]
            if raw(key).decode("latin-1").lower() == name.lower()]


class Fidelity(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.directory = cls.enterClassContext(parts.WorkDirectory())
        cls.out = os.path.join(cls.directory, "recording")
        with parts.Httpbin(cls.directory, "v1") as live, \
                parts.Recorder(cls.directory, PROGRAMS.recorder, cls.out) as recorder, \
                parts.NginxMirror(cls.directory, live.port, recorder.port) as nginx:
            cls.sent = traffic.send_mixed(nginx.port, COUNT)
            nginx.stop()
            recorder.stop()
            cls.mirrored = nginx.mirrored()
            cls.ledger = recorder.ledger
        cls.records = PROGRAMS.records(cls.out)

    def test_each_mirrored_request_is_recorded_once(self):
        self.assertEqual(len(self.mirrored), COUNT)
        self.assertEqual(self.ledger["written"], COUNT)
        recorded = collections.Counter(
            (header(r, "X-Request-Id")[0], r["method"]) for r in self.records)
        self.assertEqual(recorded, collections.Counter((m[0], m[1]) for m in self.mirrored))

    def test_targets_headers_and_bodies_are_as_sent_but_for_the_secrets(self):
        for record in self.records:
            method, target, headers, body = self.sent[int(header(record, "X-Number")[0])]
            self.assertEqual(record["method"], method)
            self.assertEqual(raw(record["body"]), body)
            if traffic.SECRETS[2] not in target:
                self.assertEqual(raw(record["target"]).decode("latin-1"), target)
            for name in ("X-Odd", "X-Twice", "Content-Type"):
                self.assertEqual(header(record, name), [v for k, v in headers if k == name])
            self.assertTrue(record["complete"])
            self.assertIn("-shadow:", raw(record["authority"]).decode())
            self.assertNotIn("-shadow", raw(record["stripped_authority"]).decode())

    def test_no_secret_reaches_the_disk(self):
        secrets = os.path.join(self.directory, "secrets")
        with open(secrets, "w", encoding="ascii") as file:
            file.write("\n".join(traffic.SECRETS) + "\n")
        self.assertEqual(
            PROGRAMS.run([PROGRAMS.reel, "verify", f"--secrets={secrets}", self.out]).returncode, 0)
        with open(secrets, "a", encoding="ascii") as file:
            file.write("application/json\n")  # stands in the recording: the check can fail
        self.assertEqual(
            PROGRAMS.run([PROGRAMS.reel, "verify", f"--secrets={secrets}", self.out]).returncode, 1)

    def test_the_same_secret_has_the_same_pseudonym(self):
        tokens = {value for r in self.records for value in header(r, "Authorization")
                  if value.startswith("Bearer ")}
        self.assertEqual(len(tokens), 1)

    def test_the_second_version_sees_what_was_planned(self):
        with parts.Httpbin(self.directory, "v2") as candidate:
            result = PROGRAMS.run([
                PROGRAMS.replayer, f"--recording={self.out}", "--rate=max", "--max_in_flight=8",
                f"--target=http://127.0.0.1:{candidate.port}", "--side_effects=allow",
                "--max_denied=100", "--json"])
            summary = json.loads(result.stdout)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual((summary["read"], summary["planned"], summary["completed"]),
                             (COUNT, COUNT, COUNT))
            candidate.stop()
            planned = collections.Counter(
                (header(r, "X-Request-Id")[0], r["method"], raw(r["target"]).decode("latin-1"))
                for r in self.records)
            seen = collections.Counter(r[:3] for r in candidate.requests())
            self.assertEqual(seen, planned)


if __name__ == "__main__":
    unittest.main(verbosity=2)
