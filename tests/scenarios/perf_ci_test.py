"""perf_ci.yaml tells a healthy candidate (0) from a slow one and from one that answers 500 (1), from
a machine that cannot measure (3), and from what must not be replayed to (5); and says so in every
report. With KEEP_REPORTS=DIR they are left there, to be looked at."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as tree

sys.path.insert(0, os.path.abspath("tests/scenarios"))
from candidate import REQUESTS, Candidate, write_trace

REPLAYER = os.path.abspath("replayer/replayer")
WRITE_RECORDING = os.path.abspath("tests/replayer/write_recording")
SCENARIO = os.path.abspath("scenarios/perf_ci.yaml")
XSD = os.path.abspath("tests/replayer/report/junit.xsd")
PATIENCE = 120  # seconds, against hanging only

PASS, FAILED, USAGE, INVALID, SAFETY = 0, 1, 2, 3, 5

# A test machine may be busy: where the candidate is judged, the machine must not be.
PATIENT = {"MAX_SEND_LAG": "60s", "LATENCY_P99": "60s"}

THRESHOLDS = ["latency.p99", "errors", "send_lag.p99"]


class Burners:
    """Processes that keep one processor busy."""

    def __init__(self, processor, count):
        self.processes = [
            subprocess.Popen(["/usr/bin/timeout", str(PATIENCE), "/usr/bin/taskset", "-c",
                              str(processor), "/bin/sh", "-c", "while :; do :; done"])
            for _ in range(count)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()  # timeout passes it on
            process.wait()


class Run:
    """One run of the scenario in a directory of its own, and its reports."""

    def __init__(self, directory, recording, target, before=(), **variables):
        self.directory = directory
        self.result = subprocess.run(
            [*before, REPLAYER, f"--scenario={SCENARIO}", "--out=perf_run"], cwd=directory, capture_output=True,
            text=True, timeout=PATIENCE, check=False,
            env={**os.environ, "RECORDING": recording, "TARGET": target, **variables})
        self.code = self.result.returncode

    def read(self, name):
        with open(os.path.join(self.directory, name), encoding="utf-8") as file:
            return file.read()

    @property
    def headline(self):
        return self.read("perf.md").split("\n")[0]

    def results(self):
        """{threshold: result} of the page's table."""
        rows = [line.split(" | ") for line in self.read("perf.md").split("\n")
                if line.startswith("| `")]
        return {row[0].removeprefix("| `").split(" ")[0]: row[-1].removesuffix(" |")
                for row in rows if row[0].split(" ")[1].removeprefix("`") in THRESHOLDS}

    def cases(self):
        """{case or threshold: the element that tells its end} of JUnit that the XSD accepts."""
        path = os.path.join(self.directory, "perf.xml")
        subprocess.run(["/usr/bin/xmllint", "--noout", "--nonet", "--schema", XSD, path],
                       check=True, capture_output=True)
        return {case.get("name").split(" ")[0]: case[0] if len(case) else None
                for case in tree.parse(path).getroot().iter("testcase")}

    def ends(self):
        """{case or threshold: tag}; what passed has none, or `system-out`."""
        return {name: None if end is None else end.tag for name, end in self.cases().items()}


class PerfCiTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        self.recording = os.path.join(self.root, "peak")
        os.mkdir(self.recording)
        write_trace(WRITE_RECORDING, self.recording)

    def replay(self, target, **options):
        directory = os.path.join(self.root, "work")
        os.mkdir(directory)
        run = Run(directory, self.recording, target, **options)
        if os.environ.get("KEEP_REPORTS"):
            shutil.copytree(directory, os.path.join(os.environ["KEEP_REPORTS"], self.id()),
                            dirs_exist_ok=True)
        return run

    def test_a_healthy_candidate_passes(self):
        with Candidate() as candidate:
            run = self.replay(candidate.url, **PATIENT)
        self.assertEqual(run.code, PASS, run.result.stderr + run.result.stdout)
        self.assertTrue(run.headline.startswith("## ✅ "), run.headline)
        self.assertEqual(run.results(), dict.fromkeys(THRESHOLDS, "✅ pass"))
        self.assertEqual(run.ends(), {"run": None, "validity": None,
                                      **dict.fromkeys(THRESHOLDS, "system-out")})
        summary = json.loads(run.read("perf_run/summary.json"))
        self.assertEqual(summary["sent"], REQUESTS)
        self.assertEqual([t["passed"] for t in summary["thresholds"]], [True] * 3)

    def test_a_slow_candidate_fails(self):
        with Candidate(delay=0.4) as candidate:
            run = self.replay(candidate.url, MAX_SEND_LAG="60s")
        self.assertEqual(run.code, FAILED, run.result.stderr + run.result.stdout)
        self.assertTrue(run.headline.startswith("## ❌ "), run.headline)
        self.assertEqual(run.results(), {"latency.p99": "❌ **fail**", "errors": "✅ pass",
                                         "send_lag.p99": "✅ pass"})
        self.assertEqual(run.ends(), {"run": None, "validity": None, "latency.p99": "failure",
                                      "errors": "system-out", "send_lag.p99": "system-out"})
        self.assertRegex(run.cases()["latency.p99"].text,
                         r"^latency\.p99 < 250ms: observed \d+\.\d+ m?s$")

    def test_a_candidate_that_answers_500_fails_and_the_breaker_stays_out_of_it(self):
        with Candidate(status=500) as candidate:
            run = self.replay(candidate.url, **PATIENT)
        self.assertEqual(run.code, FAILED, run.result.stderr + run.result.stdout)
        self.assertTrue(run.headline.startswith("## ❌ "), run.headline)
        self.assertEqual(run.ends()["errors"], "failure")
        self.assertEqual(run.ends()["latency.p99"], "system-out")
        self.assertIn(f"**Answers:** {REQUESTS} 5xx", run.read("perf.md"))
        self.assertIn("### Endpoints with errors", run.read("perf.md"))

    def test_a_candidate_that_never_answers_fails(self):
        with Candidate(delay=PATIENCE) as candidate:
            run = self.replay(candidate.url, **PATIENT)
        self.assertEqual(run.code, FAILED, run.result.stderr + run.result.stdout)
        self.assertEqual(run.ends()["errors"], "failure")
        self.assertIn(f"{REQUESTS} timed out", run.read("perf.md"))

    def test_a_starved_machine_measures_nothing(self):
        processor = max(os.sched_getaffinity(0))
        with Candidate() as candidate, Burners(processor, 2):
            run = self.replay(candidate.url, before=(
                "/usr/bin/taskset", "-c", str(processor), "/usr/bin/nice", "-n", "19"))
        self.assertEqual(run.code, INVALID, run.result.stderr + run.result.stdout)
        self.assertTrue(run.headline.startswith("## ⚠️ GENERATOR-LIMITED: send lag p99 "),
                        run.headline)
        self.assertEqual(run.results(), dict.fromkeys(THRESHOLDS, "➖ not judged"))
        self.assertEqual(run.ends(), {"run": None, "validity": "error",
                                      **dict.fromkeys(THRESHOLDS, "skipped")})
        self.assertEqual(run.cases()["validity"].get("type"), "generator-limited")
        self.assertIn("### Why this run measures nothing", run.read("perf.md"))

    def test_what_a_safety_rule_guards_is_not_replayed_to(self):
        run = self.replay("http://192.0.2.1")  # not loopback, and not allowed
        self.assertEqual(run.code, SAFETY, run.result.stderr)
        self.assertTrue(run.headline.startswith("## ⛔ NOT RUN, SAFETY: "), run.headline)
        self.assertEqual(run.results(), dict.fromkeys(THRESHOLDS, "➖ not judged"))
        self.assertEqual(run.ends(), {"run": "error", "validity": "skipped",
                                      **dict.fromkeys(THRESHOLDS, "skipped")})
        self.assertEqual(run.cases()["run"].get("type"), "safety")
        self.assertFalse(os.path.exists(os.path.join(run.directory, "perf_run")))

    def test_a_variable_that_is_not_set_is_said_with_its_place(self):
        environment = {key: value for key, value in os.environ.items() if key != "TARGET"}
        result = subprocess.run([REPLAYER, f"--scenario={SCENARIO}"], env=environment,
                                cwd=self.root, capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, USAGE)
        self.assertRegex(result.stderr, r"perf_ci\.yaml:\d+:\d+: .*TARGET")


if __name__ == "__main__":
    unittest.main()
