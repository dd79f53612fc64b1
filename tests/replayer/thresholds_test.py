"""What thresholds make of a run: its exit code, its end, and what the reports say of it."""

import os
import sys
import unittest

from target import FAILED, INVALID, PASS, SAFETY, USAGE, ReplayerCase


class ThresholdsTest(ReplayerCase):
    def judge(self, url, records, *flags):
        """Replays as fast as the target answers, unless a flag says otherwise."""
        self.out = os.path.join(self.root, "out%d" % len(os.listdir(self.root)))
        pace = [] if any(flag.startswith("--rate") for flag in flags) else [
            "--rate=max", "--max_in_flight=4"]
        return self.replay("--recording=" + self.record(records, "of_" + os.path.basename(self.out)),
                           "--target=" + url, "--out=" + self.out, *pace, *flags)

    def assert_ended(self, run, code, first_line):
        self.assertEqual(run.returncode, code, run.stderr + run.stdout)
        self.assertRegex(run.stdout.splitlines()[0], first_line)

    def thresholds(self):
        return self.summary(self.out)["thresholds"]

    # Exit codes

    def test_a_healthy_target_passes(self):
        texts = ["latency.p99 < 1m", "service_time.mean < 1m", "errors < 0.1%", "failed == 0",
                 "timed_out == 0", "shed == 0", "status.5xx == 0", "status.200 >= 100%",
                 "achieved_rate > 0.1", "send_lag.max < 1m", "errors == 0 for GET /item/{id}",
                 "latency.p99.9 < 1m for /item/7, abort after 1s"]
        run = self.judge(self.target.url, [{"target": "/item/%d" % i} for i in range(30)],
                         *["--threshold=" + text for text in texts])
        self.assert_ended(run, PASS, "^VALID: ")
        self.assertEqual([(t["text"], t["passed"], t["measured"]) for t in self.thresholds()],
                         [(text, True, True) for text in texts])
        self.assertIn("\nThresholds\n  passed  latency.p99 < 1m: ", run.stdout)
        self.assertIn("  passed  errors < 0.1%: 0.0 % (0 of 30)\n", run.stdout)

    def test_a_slow_target_fails(self):
        slow = self.start_target(delay=0.05)
        run = self.judge(slow.url, [{}] * 8, "--threshold=latency.p50 < 40ms",
                         "--threshold=errors == 0")
        self.assert_ended(run, FAILED, r"^FAILED: latency\.p50 was [0-9.]+ m?s, bound < 40ms$")
        self.assertEqual([t["passed"] for t in self.thresholds()], [False, True])
        self.assertGreaterEqual(self.thresholds()[0]["value"], 50e6)
        self.assertTrue(self.summary(self.out)["valid"])

    def test_a_target_that_answers_500_fails_or_trips_the_breaker(self):
        broken = self.start_target(status=500)
        flags = ["--threshold=errors < 1%", "--threshold=status.5xx == 0"]
        run = self.judge(broken.url, [{}] * 120, *flags, "--breaker_errors=100")
        self.assert_ended(
            run, FAILED,
            r"^FAILED: errors was 100\.0 % \(120 of 120\), bound < 1% \(and 1 more\)$")
        # The breaker is a safety rule: it comes first.
        run = self.judge(broken.url, [{}] * 200, *flags)
        self.assertEqual(run.returncode, SAFETY, run.stderr + run.stdout)
        self.assertEqual([t["passed"] for t in self.thresholds()], [False, False])

    def test_an_invalid_run_is_no_failed_one(self):
        denying = self.start_target(status=403)
        run = self.judge(denying.url, [{}] * 5, "--threshold=status.200 >= 100%")
        self.assert_ended(run, INVALID, "^INVALID: ")
        self.assertIn("\n  FAILED  status.200 >= 100%: 0.0 % (0 of 5)\n", run.stdout)

    def test_what_was_not_measured_has_not_passed(self):
        run = self.judge(self.target.url, [{"target": "/cart/1"}] * 3,
                         "--threshold=errors == 0 for GET /cert/{id}")
        self.assert_ended(run, FAILED, r"^FAILED: errors == 0 for GET /cert/\{id\}: nothing was ")
        self.assertEqual(self.thresholds()[0]["value"], None)
        self.assertEqual(
            self.thresholds()[0]["observed"],
            "nothing was measured: no request was of this endpoint; the nearest is "
            "GET /cart/{number}")

    def test_where_nothing_was_planned_no_threshold_has_failed(self):
        run = self.judge(self.target.url, [{}] * 3, "--percent=0", "--threshold=errors == 0")
        self.assert_ended(run, INVALID,
                          "^INVALID: nothing was planned, so no threshold was judged$")
        self.assertEqual(self.judge(self.target.url, [{}] * 3, "--percent=0").returncode, PASS)

    # Endings

    def judge_long(self, target, *flags):
        """A schedule of 15 s."""
        run = self.judge(target.url, [{"target": "/%d" % i} for i in range(3000)], "--rate=200",
                         "--max_send_lag=1m", "--breaker_errors=100", *flags)
        return run, self.summary(self.out)

    def assert_ended_early(self, run, summary):
        self.assert_ended(run, FAILED, "^FAILED: ")
        self.assertTrue(summary["valid"], summary["reasons"])
        self.assertEqual(summary["planned"], 3000)
        self.assertGreater(summary["sent"], 0)
        self.assertGreater(summary["cancelled"], 0)
        self.assertEqual(summary["sent"] + summary["cancelled"] + summary["unsent"], 3000)
        self.assertIn("\nNote: ended early, ", run.stdout)
        self.assertIn("this ended the run", run.stdout)

    def test_a_run_ends_when_a_threshold_fails(self):
        broken = self.start_target(status=500)
        run, summary = self.judge_long(broken, "--threshold=latency.p99 < 1h, abort",
                                       "--threshold=errors < 1%, abort")
        self.assert_ended_early(run, summary)
        self.assertEqual([t["aborted"] for t in summary["thresholds"]], [False, True])
        self.assertRegex(summary["stopped_by"],
                         r"^errors < 1%, abort failed: 100\.0 % \(.*\) after ")
        self.assertEqual(len(broken.seen), summary["sent"])

    def test_a_run_against_a_hung_target_ends_too(self):
        hung = self.start_target(answers=False)
        run, summary = self.judge_long(hung, "--threshold=timed_out == 0, abort", "--drain=1s",
                                       "--timeout=500ms", "--max_in_flight=1000")
        self.assert_ended_early(run, summary)
        self.assertEqual(summary["completed"], 0)

    def test_a_hung_target_that_fills_what_may_be_in_flight_fails(self):
        hung = self.start_target(answers=False)
        run = self.judge(hung.url, [{"target": "/%d" % i} for i in range(100)], "--rate=100",
                         "--max_send_lag=1m", "--breaker_errors=100", "--max_in_flight=5",
                         "--timeout=500ms", "--drain=2s", "--threshold=timed_out == 0")
        self.assert_ended(run, FAILED, r"^FAILED: timed_out was [0-9]+ of [0-9]+, bound == 0$")
        summary = self.summary(self.out)
        self.assertTrue(summary["valid"], summary["reasons"])
        self.assertGreater(summary["shed"], 50)
        self.assertEqual(len(summary["notes"]), 1)
        self.assertRegex(summary["notes"][0], r"^shed %d of 100 planned \(.*\) at the in-flight cap: "
                         "the target failed under less than the planned load$" % summary["shed"])

    def test_a_target_that_fills_what_may_be_in_flight_does_not_pass(self):
        hung = self.start_target(answers=False)
        run = self.judge(hung.url, [{}] * 30, "--rate=100", "--max_send_lag=1m",
                         "--breaker_errors=100", "--max_in_flight=5", "--timeout=500ms",
                         "--drain=2s", "--threshold=failed == 0")
        self.assert_ended(run, INVALID, "^GENERATOR-LIMITED: shed ")
        self.assertIn("the target held the in-flight cap full",
                      self.summary(self.out)["reasons"][0])

    def test_within_its_grace_a_threshold_ends_nothing(self):
        broken = self.start_target(status=500)
        run = self.judge(broken.url, [{}] * 300, "--rate=200", "--max_send_lag=1m",
                         "--breaker_errors=100", "--threshold=errors < 1%, abort after 1h")
        self.assert_ended(run, FAILED, "^FAILED: errors was 100")
        self.assertEqual(len(broken.seen), 300)
        self.assertFalse(self.thresholds()[0]["aborted"])

    # Endpoints

    def test_paths_are_folded_unless_told_otherwise(self):
        records = [{"target": path} for path in
                   ("/cart/1?x=2", "/cart/22", "/product/shoe", "/product/hat", "/v2/x")]

        def endpoints(*flags):
            self.assertEqual(self.judge(self.target.url, records, *flags).returncode, PASS)
            return {e["endpoint"]: e["sent"] for e in self.summary(self.out)["endpoints"]}

        self.assertEqual(endpoints(), {"GET /cart/{number}": 2, "GET /product/shoe": 1,
                                       "GET /product/hat": 1, "GET /v2/x": 1})
        self.assertEqual(endpoints("--nofold_paths", "--endpoint=/product/{name}"),
                         {"GET /cart/1": 1, "GET /cart/22": 1, "GET /product/{name}": 2,
                          "GET /v2/x": 1})

    # Mistakes

    def test_a_wrong_threshold_or_endpoint_is_one_line_and_exit_2(self):
        for flag, *words in [
            ("--threshold=latncy.p99 < 1s", "--threshold", "did you mean latency"),
            ("--threshold=errors < 0.01", "like 1%"),
            ("--threshold=errors < 1% for cart", "path template"),
            ("--endpoint=/cart/:id", "--endpoint", "{name}"),
        ]:
            with self.subTest(flag):
                self.assert_one_line(self.judge(self.target.url, [{}], flag), USAGE, *words)
        self.assertEqual(self.target.seen, [])


if __name__ == "__main__":
    print("Python", sys.version.split()[0])
    unittest.main()
