"""The pipelines of docs/ci.md do what they say: the step of each that replays is run as its service
would run it, against a candidate on loopback, and leaves the files that the pipeline collects."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as tree

import yaml

sys.path.insert(0, os.path.abspath("tests/scenarios"))
from candidate import Candidate, write_trace

PAGE = os.path.abspath("docs/ci.md")
SCENARIO = os.path.abspath("scenarios/perf_ci.yaml")
REPLAYER = os.path.abspath("replayer/replayer")
WRITE_RECORDING = os.path.abspath("tests/replayer/write_recording")
PATIENT = {"MAX_SEND_LAG": "60s", "LATENCY_P99": "60s"}  # of the machine that runs tests


def pipelines():
    """The page's YAML blocks, by the heading above each."""
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    return {heading: yaml.safe_load(block) for heading, block in
            re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?^```yaml\n(.*?)^```$", text,
                       re.MULTILINE | re.DOTALL)}


class CiTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        self.checkout = os.path.join(self.root, "checkout")
        os.makedirs(os.path.join(self.checkout, "perf", "peak"))
        write_trace(WRITE_RECORDING, os.path.join(self.checkout, "perf", "peak"))
        shutil.copy(SCENARIO, os.path.join(self.checkout, "perf", "perf_ci.yaml"))
        self.programs = os.path.join(self.root, "bin")
        os.mkdir(self.programs)
        os.symlink(REPLAYER, os.path.join(self.programs, "replayer"))

    def run_step(self, shell, script, variables, candidate):
        # Each has a checkout of its own.
        shutil.rmtree(self.in_checkout("perf_run"), ignore_errors=True)
        environment = {"PATH": self.programs + ":/usr/bin:/bin", "CI": "true", **variables,
                       "TARGET": candidate.url, **PATIENT}
        path = os.path.join(self.root, "script.sh")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        return subprocess.run([*shell, path], cwd=self.checkout, env=environment, text=True,
                              capture_output=True, timeout=120, check=False)

    def in_checkout(self, name):
        return os.path.join(self.checkout, name)

    def suite(self, name):
        return tree.parse(self.in_checkout(name)).getroot().find("testsuite")

    def test_the_page_has_the_two_pipelines(self):
        self.assertEqual(sorted(pipelines()), ["GitHub Actions", "GitLab CI"])

    def test_the_step_of_github_actions(self):
        steps = pipelines()["GitHub Actions"]["jobs"]["perf"]["steps"]
        replay = [step for step in steps if step.get("name") == "Replay"]
        self.assertEqual(len(replay), 1)
        keep = steps[steps.index(replay[0]) + 1]
        self.assertEqual(keep["if"], "always()")
        summary = os.path.join(self.root, "step_summary")
        variables = {**replay[0]["env"], "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": summary}
        for status, code, failures in ((200, 0, "0"), (500, 1, "1")):
            with open(summary, "w", encoding="utf-8") as file:
                file.write("# The step before\n")
            with Candidate(status) as candidate:
                # As the runner does where no shell is named.
                run = self.run_step(["/bin/bash", "-e"], replay[0]["run"], variables, candidate)
            self.assertEqual(run.returncode, code, run.stderr + run.stdout)
            for name in keep["with"]["path"].split():
                self.assertTrue(os.path.exists(self.in_checkout(name)), name)
            self.assertEqual(self.suite("perf.xml").get("failures"), failures)
            with open(summary, encoding="utf-8") as file:
                self.assertTrue(file.read().startswith("# The step before\n\n\n## "))

    def test_the_job_of_gitlab_ci(self):
        pipeline = pipelines()["GitLab CI"]["perf"]
        artifacts = pipeline["artifacts"]
        self.assertEqual(artifacts["when"], "always")
        variables = {**pipeline["variables"], "GITLAB_CI": "true"}
        for status, code, failures in ((200, 0, "0"), (500, 1, "1")):
            with Candidate(status) as candidate:
                run = self.run_step(["/bin/bash", "-eo", "pipefail"],
                                    "\n".join(pipeline["script"]), variables, candidate)
            self.assertEqual(run.returncode, code, run.stderr + run.stdout)
            self.assertEqual(self.suite(artifacts["reports"]["junit"]).get("failures"), failures)
            for name in artifacts["paths"]:
                self.assertTrue(os.path.exists(self.in_checkout(name)), name)

    def test_the_build_step_names_what_there_is(self):
        github = pipelines()["GitHub Actions"]["jobs"]["perf"]["steps"]
        build = next(step["run"] for step in github if step.get("name") == "Build the replayer")
        for script in (build, "\n".join(pipelines()["GitLab CI"]["perf"]["before_script"])):
            self.assertEqual(re.findall(r"bazel build -c opt (\S+?)\)?$", script, re.MULTILINE),
                             ["//replayer"])
            self.assertIn("tools/setup", script)
            self.assertIn("bazel-bin/replayer/replayer /usr/local/bin/replayer", script)


if __name__ == "__main__":
    unittest.main()
