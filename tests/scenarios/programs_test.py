"""What --scenario does to the recorder and the replayer, and `scenarios` itself."""

import json
import os
import signal
import subprocess
import tempfile
import unittest

RECORDER = os.path.abspath("recorder/recorder")
REPLAYER = os.path.abspath("replayer/replayer")
SCENARIOS = os.path.abspath("scenarios/scenarios")

USAGE = 2
UNUSABLE = 6


def run(*arguments, env=None):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=False,
                          env=dict(os.environ, **(env or {})))


class ProgramsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def write(self, text, name="s.yaml"):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def error(self, code, *arguments, env=None):
        ended = run(*arguments, env=env)
        self.assertEqual(ended.returncode, code, ended.stderr)
        self.assertEqual(ended.stdout, "")
        return ended.stderr

    def replay_error(self, code, text, *flags):
        path = self.write(text)
        return self.error(code, REPLAYER, "--scenario=" + path, *flags).replace(path, "F")

    def test_the_recorder_records_what_its_scenario_says(self):
        out = os.path.join(self.directory, "out")
        path = self.write(f"capture: {{listen: 127.0.0.1:0, out: {out}, for: 1m, percent: 50}}")
        recorder = subprocess.Popen([RECORDER, "--scenario=" + path, "--redact=off"],
                                    stderr=subprocess.PIPE, text=True)
        self.addCleanup(recorder.stderr.close)
        said = recorder.stderr.readline()
        while said and "127.0.0.1:" not in said:
            said = recorder.stderr.readline()
        self.assertIn("127.0.0.1:", said)
        recorder.send_signal(signal.SIGTERM)
        recorder.communicate(timeout=20)
        self.assertEqual(recorder.returncode, 0)
        self.assertTrue(os.path.exists(os.path.join(out, "capture.json")))

    def test_a_program_needs_its_section(self):
        path = self.write("reports: {out: x}")
        self.assertEqual(self.error(USAGE, RECORDER, "--scenario", path),
                         f"recorder: {path} has no section 'capture', which says what the "
                         "recorder does\n")
        self.assertEqual(self.error(USAGE, REPLAYER, "--scenario", path),
                         f"replayer: {path} has no section 'replay', which says what the "
                         "replayer does\n")

    def test_one_scenario_is_given_once(self):
        path = self.write("replay: {}")
        for program in ([RECORDER], [REPLAYER], [SCENARIOS, "print"], [SCENARIOS, "lint"],
                        [SCENARIOS, "emit"]):
            self.assertIn("--scenario needs a value\n", self.error(USAGE, *program, "--scenario="))
            self.assertIn("--scenario is given twice; it takes one value\n",
                          self.error(USAGE, *program, f"--scenario={path}", "--scenario", path))

    def test_empty_parts_of_the_recorders_manifests_are_no_files(self):
        said = self.error(UNUSABLE, RECORDER, "--listen=127.0.0.1:0", "--manifests=,/no/such.yaml",
                          f"--out={self.directory}/out")
        self.assertIn("/no/such.yaml", said)

    def test_what_is_for_the_other_program_is_checked_too(self):
        said = self.replay_error(USAGE, "replay: {speed: 2}\ncapture: {for: 100h}\n")
        self.assertIn("F:2:16: for: 100h is out of range", said)

    def test_all_problems_are_said_at_once(self):
        said = self.replay_error(USAGE, "replay:\n  sped: 2\n  max_rate: 0\n")
        self.assertEqual(said, "replayer: F has 2 problems:\n"
                         "F:2:3: unknown field 'sped'; did you mean 'speed'?\n"
                         "F:3:13: max_rate: 0 is out of range: at least 1\n")

    def test_what_is_needed_can_come_from_either(self):
        replay = "replay: {recording: /no/such}\n"
        self.assertEqual(self.replay_error(USAGE, replay),
                         "replayer: --target is missing: where to send\n")
        said = self.replay_error(UNUSABLE, replay, "--target=http://127.0.0.1:9")
        self.assertIn("/no/such: no such file", said)

    def test_errors_of_values_name_their_place(self):
        replay = "replay:\n  recording: x\n  target: http://127.0.0.1:9\n  rate: 20000\n"
        self.assertEqual(self.replay_error(USAGE, replay),
                         "replayer: --rate=20000 is above --max_rate=10000; raise that, too "
                         "(--rate is at F:4:9)\n")
        self.assertIn("(--rate is at F:4:9)\n", self.replay_error(USAGE, replay, "--max_rate=5"))

    def test_flags_win(self):
        replay = "replay:\n  recording: /no/such\n  target: http://127.0.0.1:9\n  rate: 20000\n"
        # With the pace of the command line the scenario's rate is gone.
        for flag in ("--speed=2", "--rate=100", "--rate="):
            self.assertIn("/no/such: no such file", self.replay_error(UNUSABLE, replay, flag))

    def test_variables_are_replaced_and_not_shown(self):
        path = self.write("replay:\n  target: ${TARGET}\n  recording: /no/such\n")
        good = {"TARGET": "http://127.0.0.1:9"}
        self.assertIn("/no/such", self.error(UNUSABLE, REPLAYER, "--scenario", path, env=good))
        wrong = {"TARGET": "http://user:hunter2@127.0.0.1"}
        said = self.error(USAGE, REPLAYER, "--scenario", path, env=wrong)
        self.assertIn("s.yaml:2:11: target: what ${TARGET} gives is not http://HOST", said)
        self.assertNotIn("hunter2", said)

    def test_files_that_cannot_be_read(self):
        missing = os.path.join(self.directory, "none.yaml")
        self.assertIn("none.yaml: No such file",
                      self.error(UNUSABLE, REPLAYER, "--scenario", missing))
        self.assertIn("not a regular file",
                      self.error(UNUSABLE, REPLAYER, "--scenario", self.directory))
        self.assertIn("--scenario", self.error(USAGE, REPLAYER, "--scenario"))

    def test_print_shows_values_and_where_they_come_from(self):
        self.write("replay: {seed: 4, speed: 2}\n", "base.yaml")
        path = self.write("include: base.yaml\nreplay:\n  rate: 100\n"
                          "thresholds:\n  - check: errors < 1%\n    abort_on_fail: true\n")
        ended = run(SCENARIOS, "print", "--scenario", path, "--", "--max_rate=7")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        rows = [line.split(maxsplit=1) for line in ended.stdout.splitlines()]
        shown = {key: rest for key, rest in rows}
        self.assertRegex(shown["replay.seed"], r"^4 +\S+/base\.yaml:1:16$")
        self.assertRegex(shown["replay.rate"], r"^100 +\S+/s\.yaml:3:9$")
        self.assertRegex(shown["replay.max_rate"], r"^7 +flag$")
        self.assertRegex(shown["replay.timeout"], r"^30s +default$")
        self.assertRegex(shown["thresholds"], r"^errors < 1%, abort +\S+/s\.yaml:5:5$")
        self.assertNotIn("replay.speed", shown)
        self.assertNotIn("capture.for", shown)

    def test_print_hides_a_header_that_a_flag_gives(self):
        path = self.write("replay: {set_header: {x-a: kept}}\n")
        for flag in ("--set_header=x-b: hunter2", "--header=x-b:hunter2"):
            ended = run(SCENARIOS, "print", "--scenario", path, "--", flag)
            self.assertRegex(ended.stdout, r"header +x-b: \.\.\. +flag\n")
            self.assertNotIn("hunter2", ended.stdout)
        self.assertIn("x-a: kept", run(SCENARIOS, "print", "--scenario", path).stdout)

    def test_print_as_json(self):
        path = self.write("replay: {seed: 4}\n")
        ended = run(SCENARIOS, "print", "--json", "--scenario", path)
        values = json.loads(ended.stdout)["values"]
        self.assertIn({"key": "replay.seed", "value": "4", "from": path + ":1:16"}, values)
        self.assertIn({"key": "replay.percent", "value": "100", "from": "default"}, values)

    def test_print_as_json_takes_names_that_are_no_utf8(self):
        path = os.fsencode(self.write("replay: {seed: 4}\n")) + b"\xff"
        os.rename(path[:-1], path)
        ended = run(SCENARIOS, "print", "--json", "--scenario", path)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("\ufffd:1:16", [value["from"][-6:] for value in json.loads(ended.stdout)["values"]])

    def test_wrong_use_of_scenarios(self):
        path = self.write("replay: {seed: 4}\n")
        for arguments, said in [
                ([], "no verb"), (["prnt"], "unknown verb 'prnt'"),
                (["print"], "--scenario=FILE is needed"),
                (["print", "--scenario", path, "--", "--sped=1"], "--sped is no flag"),
                (["print", "--scenario", path, "--", "--speed=x"], "speed: 'x' is not a number"),
                (["print", "--scenario", path, "--", "--=1"], "-- is no flag"),
                (["print", "--scenario", path, "--", "--speed=2", "--rate=3"],
                 "scenarios: 'rate' and 'speed' exclude each other"),
                (["schema", "x"], "'x' is not expected"),
                (["schema", "--json"], "--json is a flag of print, not of schema")]:
            with self.subTest(arguments):
                self.assertIn(said, self.error(USAGE, SCENARIOS, *arguments))


if __name__ == "__main__":
    unittest.main()
