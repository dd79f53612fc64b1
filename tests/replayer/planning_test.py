"""What the replayer plans, in a dry run and in a real one: filters, rewriting, the digest."""

import json
import os
import unittest

from target import INVALID, PASS, SAFETY, UNUSABLE, USAGE, ReplayerCase

FAST = ["--rate=max", "--max_in_flight=1"]
SECRET = "sesame-open-17"
GOLDEN = os.path.abspath("tests/golden/segment_v1.seg")
NOWHERE = "http://shadow.invalid:9"  # no name server knows it (RFC 6761, 6.4)


class PlanningTest(ReplayerCase):
    def setUp(self):
        super().setUp()
        self.recording = self.record([
            {"method": method, "target": target, "at_ms": 100 * i,
             "headers": [["Host", host], ["x-user", user], ["x-forwarded-for", "10.0.0.%d" % i],
                         ["Authorization", "recorded"]]}
            for i, (method, target, host, user) in enumerate([
                ("GET", "/cart/1?a=1", "shop.example", "ann"),
                ("GET", "/cart/2", "eu.shop.example:80", "bob"),
                ("HEAD", "/cart/3", "shop.example", "ann"),
                ("GET", "/search?q=/cart", "shop.example", "ann"),
                ("GET", "/cart/5", "shop.example", "ann")])], "shop")

    def run_with(self, *flags, target=None, **options):
        return self.replay("--recording=" + self.recording,
                           "--target=" + (target or self.target.url), *flags, **options)

    def plan(self, *flags, **options):
        """The requests and the sums of a dry run."""
        run = self.run_with("--dry_run=1000", "--json", *flags, **options)
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        return lines[:-1], lines[-1]

    def read(self, *path):
        with open(os.path.join(*path), "rb") as file:
            return file.read()

    # Filters

    def test_only_what_fits_every_filter_is_sent_and_the_rest_is_counted(self):
        run = self.run_with("--method=GET", "--path=re:^/cart/", "--host=shop.example",
                            "--header=X-User: ann", "--json", *FAST)
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertEqual(self.target.targets(), ["/cart/1?a=1", "/cart/5"])
        summary = json.loads(run.stdout)
        self.assertEqual((summary["read"], summary["filtered"], summary["planned"]), (5, 3, 2))
        self.assertEqual(summary["filtered_by"], {"host": 1, "method": 1, "path": 1})

    def test_a_filter_that_nothing_fits_is_no_pass(self):
        for flags in (FAST, ["--dry_run=0"]):
            run = self.run_with("--path=/crat", *flags)
            self.assertEqual(run.returncode, INVALID, run.stderr + run.stdout)
            self.assertIn("none of 5 records read fits the filter", run.stdout.splitlines()[0])
        self.assertEqual(self.target.seen, [])

    # Rewriting

    def test_paths_and_headers_are_rewritten_and_no_value_is_left_behind(self):
        out = os.path.join(self.root, "out")
        run = self.run_with(
            "--rewrite_path=/search -> /find", r"--rewrite_path=re:^/cart/(\d) -> /v2/\1/cart",
            "--set_header=authorization: " + SECRET, "--add_header", "x-user: " + SECRET,
            "--remove_header=x-absent", "--append_forwarded_for=192.0.2.7", "--marker=off",
            "--out=" + out, *FAST)
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertEqual(self.target.targets(), ["/v2/1/cart?a=1", "/v2/2/cart", "/v2/3/cart",
                                                 "/find?q=/cart", "/v2/5/cart"])
        _, _, headers, _ = self.target.seen[1]
        self.assertEqual(headers, [("Host", self.target.url.removeprefix("http://")),
                                   ("x-user", "bob"),
                                   ("x-forwarded-for", "10.0.0.1, 192.0.2.7"),
                                   ("authorization", SECRET), ("x-user", SECRET)])
        written = self.read(out, "summary.json") + self.read(out, "outcomes.seg")
        self.assertIn(b"--set_header=authorization: ... --add_header x-user: ... ", written)
        for text in (run.stdout, run.stderr, written.decode("latin-1")):
            self.assertNotIn(SECRET, text)

    def test_wrong_rules_are_one_line_that_shows_no_value(self):
        for flags, word in [
            (["--rewrite_path=/a"], "--rewrite_path: '/a' has no arrow"),
            (["--rewrite_path="], "--rewrite_path needs a value"),
            (["--set_header=" + SECRET], "--set_header: no colon"),
            (["--set_header=host: " + SECRET], "--authority"),
            (["--add_header=a b: " + SECRET], "--add_header: 'a b' is no header name"),
            (["--set_header=a: " + SECRET, "--set_header=A: " + SECRET], "A is set twice"),
            (["--set_header=X-Shadowreel-Run: " + SECRET], "--marker"),
            (["--remove_header=Content-Length"], "--remove_header: Content-Length"),
            (["--append_forwarded_for=10.0.0.1:80"], "--append_forwarded_for"),
            (["--path=re:("], "--path"), (["--host=*"], "--host"), (["--method=,"], "--method"),
            (["--header=:x"], "--header"),
            (["--dry_run="], "--dry_run"), (["--dry_run=-1"], "--dry_run"),
            (["--dry_run=1x"], "--dry_run"),
        ]:
            with self.subTest(flags):
                run = self.run_with(*flags)
                self.assert_one_line(run, USAGE, word)
                self.assertNotIn(SECRET, run.stderr)
        self.assertEqual(self.target.seen, [])

    # The dry run

    def test_a_dry_run_shows_the_first_requests_and_what_the_plan_is(self):
        run = self.run_with("--dry_run=2", "--speed=2", "--set_header=authorization: " + SECRET,
                            "--append_forwarded_for=192.0.2.7", "--path=/cart",
                            "--allow_target=shadow.invalid", target=NOWHERE)
        self.assertEqual((run.returncode, run.stderr), (PASS, ""), run.stdout)
        text, digest = run.stdout.split("  plan digest ")
        self.assertEqual(text, """\
#0 at 0.000000000 s, endpoint GET /cart/{number}
  GET /cart/1?a=1 HTTP/1.1
  Host: shadow.invalid:9
  x-user: ann
  x-forwarded-for: 10.0.0.0, 192.0.2.7
  authorization: ...
  x-shadowreel-run: ...

#1 at 0.050000000 s, endpoint GET /cart/{number}
  GET /cart/2 HTTP/1.1
  Host: shadow.invalid:9
  x-user: bob
  x-forwarded-for: 10.0.0.1, 192.0.2.7
  authorization: ...
  x-shadowreel-run: ...

DRY RUN: 4 of 5 records read were planned, nothing was sent

Plan
  recording   %s
  target      http://shadow.invalid:9
  load        speed 2
  span        0.000000000 s to 0.200000000 s
  rate        15.0/s planned
""" % self.recording)
        self.assertRegex(digest.split("\n", 1)[0], "^[0-9a-f]{32}$")
        self.assertEqual(digest.split("\n", 1)[1], """
Ledger
  read                            5
    filtered                      1   path 1
    sampled out                   0
    skipped                       0
    planned                       4
""")

    def test_a_dry_run_in_json_is_a_line_for_each_request_and_one_for_the_plan(self):
        requests, plan = self.plan("--add_header=x-key: " + SECRET, "--marker=off")
        self.assertEqual(len(requests), 5)
        self.assertEqual(requests[1], {
            "index": 1, "intended_nanos": 100_000_000, "endpoint": "GET /cart/{number}",
            "method": "GET", "target": "/cart/2", "version": "HTTP/1.1",
            "headers": [["Host", self.target.url.removeprefix("http://")], ["x-user", "bob"],
                        ["Authorization", "recorded"], ["x-key", None]],
            "body_bytes": 0, "trailers": []})
        self.assertEqual((plan["schema_version"], plan["valid"], plan["planned"]), (1, True, 5))
        self.assertEqual((plan["first_intended_nanos"], plan["last_intended_nanos"]),
                         (0, 400_000_000))

    def test_the_digest_is_that_of_the_run_whatever_the_target(self):
        rules = ["--percent=60", "--seed=3", "--rewrite_path=/cart -> /c", *FAST]
        _, plan = self.plan(*rules, "--allow_target=shadow.invalid", target=NOWHERE)
        _, again = self.plan(*rules)
        self.assertEqual(again["plan_digest"], plan["plan_digest"])
        out = os.path.join(self.root, "out")
        run = self.run_with(*rules, "--out=" + out)
        self.assertEqual(run.returncode, PASS, run.stderr + run.stdout)
        self.assertEqual(self.summary(out)["plan_digest"], plan["plan_digest"])
        self.assertIn("  plan digest %s\n" % plan["plan_digest"], run.stdout)
        self.assertIn(plan["plan_digest"].encode(), self.read(out, "outcomes.seg"))

    def test_every_choice_that_changes_the_plan_changes_the_digest(self):
        choices = [[], ["--speed=2"], ["--rate=11"], ["--rate=max"], ["--path=/cart"],
                   ["--duration=350ms"], ["--percent=50"], ["--percent=50", "--seed=1"],
                   ["--rewrite_path=/cart -> /c"], ["--set_header=a: 1"], ["--set_header=a: 2"],
                   ["--remove_header=x-user"], ["--strip=none"], ["--authority=stripped"],
                   ["--append_forwarded_for=::1"]]
        digests = [self.plan(*flags)[1]["plan_digest"] for flags in choices]
        self.assertEqual(len(set(digests)), len(choices), digests)

    # The same number as in planner_test.cc: on every machine and in every version.
    def test_the_golden_segment_has_its_digest_for_ever(self):
        self.recording = GOLDEN
        _, plan = self.plan("--side_effects=allow")
        self.assertEqual(plan["plan_digest"], "77a2592c6570c0e6d70e7ff1f82fc94d")

    def test_a_dry_run_keeps_the_safety_rules_and_sends_nothing(self):
        run = self.run_with("--dry_run=1", target="http://shop.example")
        self.assert_one_line(run, SAFETY, "shop.example")
        run = self.run_with("--dry_run=1", "--authority=recorded",
                            environment={"ISTIO_META_MESH_ID": "m"})
        self.assert_one_line(run, SAFETY, "sidecar")
        self.recording = self.record([{"method": "POST"}] * 3)
        run = self.run_with("--dry_run=1")
        self.assertEqual((run.returncode, run.stderr), (INVALID, ""))
        self.assertTrue(run.stdout.startswith("INVALID PLAN: nothing was planned: 3 of 3 "))
        self.assertEqual(self.run_with("--dry_run=1", "--percent=0").returncode, PASS)
        self.recording = os.path.join(self.root, "absent")
        self.assertEqual(self.run_with("--dry_run=1").returncode, UNUSABLE)
        self.assertEqual((self.target.seen, self.target.connections), ([], 0))


if __name__ == "__main__":
    unittest.main()
