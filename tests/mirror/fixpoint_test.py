"""What comes in goes out: a recording that is replayed into a second recorder gives the same
recording again. And the test of that test: one byte changed anywhere is found."""

import collections
import dataclasses
import glob
import json
import os
import unittest

import hostile_traffic as hostile
import parts

PROGRAMS = parts.Programs(".")
COUNT = 5200
SEED = 20231123
AS_RECORDED = ["--authority=recorded", "--strip=none", "--side_effects=allow", "--marker=off",
               "--rate=max", "--max_in_flight=16"]


class Place:
    """A directory for recordings, with one redaction key for all of them."""

    def __init__(self, root):
        self.root = root
        self.key = os.path.join(root, "key")

    def recorder(self, name, *flags):
        return parts.Recorder(self.out(name) + "-run", PROGRAMS.recorder, self.out(name),
                              f"--redaction_key={self.key}", "--min_free=0", *flags)

    def out(self, name):
        return os.path.join(self.root, name)

    def record(self, name, requests, *flags, **how):
        """Sends the requests to a recorder, which must take them all; returns its ledger."""
        with self.recorder(name, *flags) as recorder:
            hostile.send(recorder.port, requests, **how)
            recorder.stop()
            if recorder.ledger["written"] != len(requests):
                raise RuntimeError(f"not all are recorded: {recorder.ledger}")
            return recorder.ledger

    def replay(self, name, into, *flags):
        """Replays a recording into a second recorder; returns the summary and the ledger."""
        with self.recorder(into) as recorder:
            run = PROGRAMS.run([PROGRAMS.replayer, f"--recording={self.out(name)}", "--json",
                                f"--target=http://127.0.0.1:{recorder.port}", *AS_RECORDED, *flags])
            recorder.stop()
            if not run.stdout:
                raise RuntimeError(run.stderr.decode())
            return json.loads(run.stdout), recorder.ledger

    def diff(self, a, b, *flags):
        """Exit code and words of `reel diff`."""
        run = PROGRAMS.run([PROGRAMS.reel, "diff", *flags, self.out(a), self.out(b)])
        return run.returncode, (run.stdout + run.stderr).decode()

    def contents(self, name):
        return collections.Counter(map(hostile.recorded, hostile.records(PROGRAMS, self.out(name))))


def some_segment(place):
    """The bytes of a segment file that the recorder wrote."""
    place.record("seed", [hostile.with_length(b"body" * n) for n in range(50)])
    with open(glob.glob(os.path.join(place.out("seed"), "*.seg"))[0], "rb") as file:
        return file.read()


def unbalanced(summary):
    """The identities of a replay's summary that do not hold."""
    identities = {
        "read": ("filtered", "sampled_out", "skipped", "planned"),
        "planned": ("shed", "cancelled", "unsent", "sent"),
        "sent": ("completed", "failed", "timed_out", "abandoned")}
    return [whole for whole, parts_of_it in identities.items()
            if summary[whole] != sum(summary[part] for part in parts_of_it)]


class Fixpoint(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.place = Place(cls.enterClassContext(parts.WorkDirectory()))
        cls.requests = hostile.mixed(COUNT, some_segment(cls.place), SEED)
        cls.place.record("first", cls.requests)
        cls.summary, cls.second_ledger = cls.place.replay("first", "second")

    def test_every_request_is_taken_as_it_was_sent_but_for_the_secrets(self):
        sent = collections.Counter(r.content() for r in self.requests if not r.secret)
        self.assertEqual(list((sent - self.place.contents("first")).elements())[:3], [])

    def test_the_secrets_became_pseudonyms(self):
        path = os.path.join(self.place.root, "secrets")
        with open(path, "wb") as file:
            file.write(b"\n".join(hostile.SECRETS) + b"\n")
        for name in ("first", "second"):
            found = PROGRAMS.run(
                [PROGRAMS.reel, "verify", f"--secrets={path}", self.place.out(name)])
            self.assertEqual(found.returncode, 0, found.stdout)
        secret = sum(request.secret for request in self.requests)
        sent = collections.Counter(r.content() for r in self.requests)
        self.assertEqual(sum((sent - self.place.contents("first")).values()), secret)

    def test_the_replay_sends_all_and_the_second_recorder_takes_all(self):
        self.assertEqual(self.summary["completed"], COUNT, self.summary)
        self.assertEqual(self.summary["status"], {"202": COUNT})
        self.assertEqual(unbalanced(self.summary), [])
        self.assertEqual(self.second_ledger["received"], COUNT)
        self.assertEqual(self.second_ledger["written"], COUNT)

    def test_the_second_recording_is_the_first(self):
        code, words = self.place.diff("first", "second")
        self.assertEqual(code, 0, words)
        self.assertIn(f"equal {COUNT:,}, changed 0, only in A 0, only in B 0", words)

    def test_a_pseudonym_is_not_redacted_again(self):
        def redactions(name):
            run = PROGRAMS.run([PROGRAMS.reel, "inspect", "--json", self.place.out(name)])
            return json.loads(run.stdout)["redaction"]["counts"]
        self.assertEqual({count["class"] for count in redactions("first")},
                         {"credential", "cookie", "query", "jwt", "card"})
        self.assertEqual(redactions("second"), [])


class WhatLibcurlCannotSay(unittest.TestCase):

    def test_host_goes_first_and_is_spelled_so_and_nothing_else_changes(self):
        with parts.WorkDirectory() as root:
            place = Place(root)
            requests = hostile.host_elsewhere(200, SEED)
            place.record("first", requests)
            summary, _ = place.replay("first", "second")
            self.assertEqual(summary["completed"], 200)
            expected = collections.Counter()
            for request in requests:
                host = [(b"Host", v) for k, v in request.headers if k.lower() == b"host"]
                rest = [(k, v) for k, v in request.headers if k.lower() != b"host"]
                expected[dataclasses.replace(request, headers=(*host, *rest)).content()] += 1
            self.assertEqual(place.contents("second"), expected)
            self.assertEqual(place.diff("first", "second")[0], 1)
            code, words = place.diff("first", "second", "--tolerate=curl")
            self.assertEqual(code, 0, words)
            self.assertIn("equal 200, changed 0, only in A 0, only in B 0", words)
            self.assertIn("host moved to the front", words)
            self.assertIn("host spelled Host", words)

    def test_what_is_not_expressible_is_counted_and_not_lost(self):
        head_with_body = hostile.with_length(b"body", method=b"HEAD")
        chunked_head = hostile.with_chunks(b"body", method=b"HEAD")
        long_body = hostile.with_length(b"x" * 5000)
        requests = [hostile.get(target=b"/1"), head_with_body, chunked_head,
                    hostile.get(target=b"/2"), long_body, head_with_body]
        with parts.WorkDirectory() as root:
            place = Place(root)
            ledger = place.record("first", requests, "--max_body=4KiB")
            self.assertEqual(ledger["truncated"], 1)
            summary, second = place.replay("first", "second")
            self.assertEqual(unbalanced(summary), [])
            self.assertEqual((summary["read"], summary["unsent"], summary["sent"]), (6, 3, 2))
            self.assertEqual(summary["skipped_by"], {"truncated": 1})
            self.assertEqual(summary["unsent_by"], {"not expressible: HEAD with a body": 3})
            self.assertEqual(second["written"], 2)
            self.assertFalse(summary["valid"])
            code, words = place.diff("first", "second")
            self.assertEqual(code, 1)
            self.assertIn("only in A 4, only in B 0", words)


REPLACE = dataclasses.replace
PLAIN = hostile.with_length(
    b"a body", (b"X-One", b"1"), (b"X-Two", b"\xfe"), (b"X-Two", b"\xfe"), (b"X-None", b""),
    (b"X-Request-Id", b"plain"), target=b"/cart?item=1")
CODED = hostile.with_chunks(
    b"a body", (b"X-Request-Id", b"coded"), trailers=((b"X-Sum", b"abc"),), chunk=4)


def changed_header(request, index, name=None, value=None):
    headers = list(request.headers)
    headers[index] = (name or headers[index][0], value or headers[index][1])
    return REPLACE(request, headers=tuple(headers))


def without_header(request, index):
    return REPLACE(request, headers=request.headers[:index] + request.headers[index + 1:])


def swapped(request, index):
    h = request.headers
    return REPLACE(request, headers=h[:index] + (h[index + 1], h[index]) + h[index + 2:])


CHANGES = {
    "method": [REPLACE(PLAIN, method=b"PUT"), CODED],
    "target": [REPLACE(PLAIN, target=b"/cart?item=2"), CODED],
    "version": [REPLACE(PLAIN, version=b"HTTP/1.0"), CODED],
    "header name case": [changed_header(PLAIN, 1, name=b"X-oNE"), CODED],
    "header value": [changed_header(PLAIN, 2, value=b"\xff"), CODED],
    "header order": [swapped(PLAIN, 1), CODED],
    "header missing": [without_header(PLAIN, 3), CODED],  # of two that are equal
    "header missing ": [without_header(PLAIN, 4), CODED],  # the empty one
    "header added": [REPLACE(PLAIN, headers=PLAIN.headers + ((b"X-One", b"1"),)), CODED],
    "body": [REPLACE(PLAIN, body=b"a bodY"), CODED],
    "framing": [PLAIN, changed_header(REPLACE(CODED, trailers=()), 2, b"Content-Length", b"6")],
    "trailers": [PLAIN, REPLACE(CODED, trailers=((b"X-Sum", b"abd"),))],
    "trailers ": [PLAIN, REPLACE(CODED, trailers=((b"x-Sum", b"abc"),))],
    "only in A 1": [PLAIN],
    "only in B 1": [PLAIN, CODED, PLAIN],
}


class TheTestItself(unittest.TestCase):

    def setUp(self):
        self.place = Place(self.enterContext(parts.WorkDirectory()))

    def test_each_kind_of_change_is_found_and_named(self):
        self.place.record("original", [PLAIN, CODED])
        self.place.record("again", [CODED, PLAIN])
        self.assertEqual(self.place.diff("original", "again")[0], 0)
        for number, (kind, requests) in enumerate(CHANGES.items()):
            with self.subTest(kind):
                self.place.record(f"changed-{number}", requests, connections=1)
                code, words = self.place.diff("original", f"changed-{number}")
                self.assertEqual(code, 1, words)
                shown = kind if "only" in kind else rf"(?m)^  {kind.strip()}  +1$"
                self.assertRegex(words, shown)

    def test_one_byte_changed_anywhere_is_found(self):
        original = hostile.with_chunks(
            b"some body", (b"X-Alpha", b"value"), (b"beta", b"twice"), (b"beta", b"twice"),
            trailers=((b"gamma", b"tail"),), target=b"/path/to?query=here", chunk=5)
        variants = list(one_byte_changed(original))
        self.assertGreater(len(variants), 60)
        for name, requests in (("a", [original] * len(variants)), ("b", variants)):
            self.place.record(
                name, [hostile.identified(request, n) for n, request in enumerate(requests)])
        code, words = self.place.diff("a", "b")
        self.assertEqual(code, 1)
        self.assertIn(f"equal 0, changed {len(variants)}, only in A 0, only in B 0", words)


def one_byte_changed(request):
    """One request for each letter of the target, the fields, the body and the trailers, that one
    changed; framing fields stay."""
    def changes(text):
        for i, byte in enumerate(text):
            if chr(byte).isalpha():
                yield text[:i] + bytes([byte ^ 0x20]) + text[i + 1:]  # the other case

    yield from (REPLACE(request, target=target) for target in changes(request.target))
    yield from (REPLACE(request, body=body) for body in changes(request.body))
    for index, (name, value) in enumerate(request.headers[:-1]):
        yield from (changed_header(request, index, name=other) for other in changes(name))
        yield from (changed_header(request, index, value=other) for other in changes(value))
    name, value = request.trailers[0]
    yield from (REPLACE(request, trailers=((other, value),)) for other in changes(name))
    yield from (REPLACE(request, trailers=((name, other),)) for other in changes(value))


if __name__ == "__main__":
    unittest.main(verbosity=2)
