"""What the replayer writes for a pipeline, whatever comes of the run, and when it cannot."""

import json
import os
import subprocess
import threading
import unittest
import xml.etree.ElementTree as tree

import jsonschema

from target import PASS, SAFETY, UNUSABLE, USAGE, ReplayerCase

XSD = os.path.abspath("tests/replayer/report/junit.xsd")
SCHEMA = os.path.abspath("docs/schemas/summary.schema.json")


class PipelineReportsTest(ReplayerCase):
    def setUp(self):
        super().setUp()
        self.recording = self.record([{"target": "/a", "at_ms": i} for i in range(20)])
        self.junit = os.path.join(self.root, "run.xml")
        self.markdown = os.path.join(self.root, "run.md")

    def run_with(self, *flags, target=None, **options):
        # A busy machine sends late: that is not what is asked here.
        return self.replay("--max_send_lag=60s", f"--recording={self.recording}",
                           f"--target={target or self.target.url}", *flags, **options)

    def reported(self, *flags, **options):
        return self.run_with(f"--junit={self.junit}", f"--markdown={self.markdown}", *flags,
                             **options)

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def cases(self):
        """{name: tag of how it ended, or none} of the JUnit report, once the XSD accepts it."""
        subprocess.run(["/usr/bin/xmllint", "--noout", "--nonet", "--schema", XSD, self.junit],
                       check=True, capture_output=True)
        return {case.get("name"): case[0].tag if len(case) else "none"
                for case in tree.parse(self.junit).getroot().iter("testcase")}

    def test_a_run_that_passes_is_written(self):
        run = self.reported("--json")
        self.assertEqual(run.returncode, PASS, run.stderr)
        self.assertEqual(self.cases(), {"run": "none", "validity": "none"})
        self.assertTrue(self.read(self.markdown).startswith("## ✅ VALID: 20 requests sent"))
        self.assertIn(json.loads(run.stdout)["run_id"], self.read(self.junit))
        self.assertEqual(sorted(os.listdir(self.root)), ["recording", "run.md", "run.xml"])

    def test_the_summary_of_the_whole_program_is_as_its_schema_says(self):
        with open(SCHEMA, encoding="utf-8") as file:
            validator = jsonschema.Draft202012Validator(json.load(file))
        out = os.path.join(self.root, "out")
        refused = f"http://127.0.0.1:{self.closed_port()}"
        for run in (self.run_with("--json", f"--out={out}"), self.run_with("--json", "--percent=0"),
                    self.run_with("--json", "--rate=max"), self.run_with("--json", target=refused)):
            self.assertEqual([e.message for e in validator.iter_errors(json.loads(run.stdout))], [])
        self.assertTrue(validator.is_valid(json.loads(self.read(f"{out}/summary.json"))))

    def closed_port(self):
        target = self.start_target()
        port = target.server.server_port
        target.close()
        return port

    def test_a_run_that_a_safety_rule_refuses_is_written(self):
        run = self.reported(target="http://192.0.2.1")
        self.assert_one_line(run, SAFETY, "192.0.2.1")
        self.assertEqual(self.cases(), {"run": "error", "validity": "skipped"})
        self.assertTrue(self.read(self.markdown).startswith("## ⛔ NOT RUN, SAFETY: "))
        self.assertEqual(self.target.seen, [])

    def test_a_recording_that_is_not_there_is_written(self):
        self.recording = os.path.join(self.root, "nowhere")
        self.assert_one_line(self.reported(), UNUSABLE, "nowhere")
        self.assertEqual(self.cases(), {"run": "error", "validity": "skipped"})
        self.assertTrue(self.read(self.markdown).startswith("## ❌ NOT RUN, UNUSABLE: "))

    def test_a_target_that_is_not_there_is_written(self):
        run = self.reported(target=f"http://127.0.0.1:{self.closed_port()}")
        self.assertEqual(run.returncode, UNUSABLE)
        self.assertEqual(self.cases(), {"run": "error", "validity": "error"})
        self.assertTrue(self.read(self.markdown).startswith("## ❌ UNUSABLE: http"))

    def test_wrong_flags_write_nothing(self):
        self.assertEqual(self.reported("--percent=101").returncode, USAGE)
        self.assertEqual(os.listdir(self.root), ["recording"])
        run = self.run_with("--junit=a", "--markdown=a")
        self.assert_one_line(run, USAGE, "--junit and --markdown both name a")

    def test_a_path_that_cannot_be_written_ends_it_before_anything_is_sent(self):
        for flag in ("junit", "markdown"):
            for path in ("nowhere/run.xml", "recording", "pipe"):
                path = os.path.join(self.root, path)
                if path.endswith("pipe") and not os.path.exists(path):
                    os.mkfifo(path)
                self.assert_one_line(self.run_with(f"--{flag}={path}"), UNUSABLE, f"--{flag}: ", path)
        self.assertEqual(self.target.seen, [])

    def test_a_report_may_stand_in_the_runs_directory_that_is_created_for_it(self):
        out = os.path.join(self.root, "out")
        run = self.run_with(f"--out={out}", f"--junit={out}/run.xml")
        self.assertEqual(run.returncode, PASS, run.stderr)
        self.assertEqual(sorted(os.listdir(out)), ["outcomes.seg", "run.xml", "summary.json"])

    def test_nothing_that_is_read_or_written_besides_is_replaced_by_a_report(self):
        out = os.path.join(self.root, "out")
        scenario = os.path.join(self.root, "s.yaml")
        with open(scenario, "w", encoding="utf-8") as file:
            file.write("replay: {speed: 1}\n")
        os.symlink(self.recording, os.path.join(self.root, "link"))
        before = {name: self.recorded(name) for name in os.listdir(self.recording)}
        for flags, why in (
                ([f"--junit={self.root}/link/000001.seg"], "recordings are called so"),
                ([f"--scenario={scenario}", f"--junit={self.root}/./s.yaml"], "is the scenario"),
                ([f"--out={out}", f"--markdown={self.root}/./out/summary.json"], "run's summary"),
                ([f"--junit={self.root}/x", f"--markdown={self.root}/./x"], "both name ")):
            self.assert_one_line(self.run_with(*flags), USAGE, why)
        self.assert_one_line(self.run_with(f"--out={self.root}/link"), UNUSABLE, "holds a recording")
        self.assertEqual({name: self.recorded(name) for name in os.listdir(self.recording)}, before)
        self.assertEqual(self.target.seen, [])

    def recorded(self, name):
        with open(os.path.join(self.recording, name), "rb") as file:
            return file.read()

    def test_a_step_summary_is_appended_to(self):
        with open(self.markdown, "w", encoding="utf-8") as file:
            file.write("# of another step")
        environment = {"GITHUB_STEP_SUMMARY": self.markdown}
        for expected in (1, 2):
            path = os.path.join(self.root, ".", "run.md")  # another spelling
            run = self.run_with(f"--markdown={path}", environment=environment)
            self.assertEqual(run.returncode, PASS, run.stderr)
            summary = self.read(self.markdown)
            self.assertTrue(summary.startswith("# of another step\n\n## ✅ VALID"))
            self.assertEqual(summary.count("\n## ✅ VALID"), expected)
        self.assertEqual(self.run_with(f"--markdown={self.markdown}").returncode, PASS)
        self.assertTrue(self.read(self.markdown).startswith("## ✅ VALID"))

    def test_a_report_that_fails_at_the_end_takes_the_pass_and_leaves_the_verdict(self):
        directory = os.path.join(self.root, "reports")
        os.mkdir(directory)
        self.recording = self.record([{"at_ms": i * 50} for i in range(20)], "slow")

        def remove():
            self.target.first.wait()
            os.rmdir(directory)

        threading.Thread(target=remove, daemon=True).start()
        run = self.run_with(f"--junit={directory}/run.xml", f"--markdown={self.markdown}")
        self.assert_one_line(run, UNUSABLE, "--junit: cannot create ")
        self.assertTrue(run.stdout.startswith("VALID: 20 requests sent"))
        self.assertTrue(self.read(self.markdown).startswith("## ✅ VALID"))


if __name__ == "__main__":
    unittest.main()
