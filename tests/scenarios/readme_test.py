"""Every example of scenarios/README.md, in its order, in one directory: a YAML block becomes the
file that its first line names, a shell block is run with our programs in PATH. A command exits 0
unless its line says `# exits N`."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.abspath("tests/scenarios"))
from candidate import Candidate

README = os.path.abspath("scenarios/README.md")
WRITE_RECORDING = os.path.abspath("tests/replayer/write_recording")
PROGRAMS = [os.path.abspath(path) for path in ("recorder", "scenarios", "formats")]
PATIENCE = 120  # seconds, against hanging only


def blocks():
    """(language, text, line) of each fenced block."""
    with open(README, encoding="utf-8") as file:
        text = file.read()
    return [(match[1], match[2], text.count("\n", 0, match.start()) + 1)
            for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def write_peak(directory):
    """A recording with something for every example."""
    requests = [("GET", "/cart"), ("GET", "/cart/17"), ("POST", "/checkout/42"), ("GET", "/about")]
    lines = "".join(
        json.dumps({"method": method, "target": target, "at_ms": 5 * i,
                    "headers": [["Host", "shop.example"], ["x-debug", "1"]]}) + "\n"
        for i, (method, target) in enumerate(requests * 25))
    subprocess.run([WRITE_RECORDING, directory], input=lines, text=True, check=True)


def write_patient_replayer(directory):
    """A replayer for a test machine, which may be busy: late is not invalid."""
    path = os.path.join(directory, "replayer")
    with open(path, "w", encoding="ascii") as file:
        program = os.path.abspath("replayer/replayer")
        file.write(f'#!/bin/sh\nexec {program} "$@" --max_send_lag=60s\n')
    os.chmod(path, 0o755)


class Readme(unittest.TestCase):

    def run_block(self, text, line, directory, environment):
        for number, command in enumerate(text.splitlines(), line + 1):
            expected = int(match[1]) if (match := re.search(r"# exits (\d)$", command)) else 0
            result = subprocess.run(["/bin/bash", "-c", command], cwd=directory, env=environment,
                                    capture_output=True, text=True, timeout=PATIENCE, check=False)
            said = f"README.md:{number}: {command}\n{result.stdout}{result.stderr}"
            self.assertEqual(result.returncode, expected, said)
            self.commands += 1
            self.said[command] = result.stdout + result.stderr

    def test_every_example_works_as_it_stands(self):
        self.commands, self.said = 0, {}
        with tempfile.TemporaryDirectory() as directory, Candidate() as candidate:
            for name in ("peak", "bin"):
                os.mkdir(os.path.join(directory, name))
            write_peak(os.path.join(directory, "peak"))
            write_patient_replayer(os.path.join(directory, "bin"))
            path = [os.path.join(directory, "bin"), *PROGRAMS, os.environ["PATH"]]
            environment = {**os.environ, "TARGET": candidate.url, "PATH": ":".join(path)}
            for language, text, line in blocks():
                self.assertIn(language, ("yaml", "sh"), f"README.md:{line}: run by nobody")
                if language == "sh":
                    self.run_block(text, line, directory, environment)
                    continue
                name = re.match(r"# (\S+\.yaml)\n", text)
                self.assertIsNotNone(name, f"README.md:{line}: its first line names no file")
                with open(os.path.join(directory, name[1]), "w", encoding="utf-8") as file:
                    file.write(text)
        self.assertGreaterEqual(self.commands, 10)
        broken = self.said["scenarios lint --scenario=broken.yaml   # exits 1"]
        for place, word in (("broken.yaml:3:3:", "recording"), ("broken.yaml:5:12:", "100"),
                            ("broken.yaml:7:5:", "250ms")):
            self.assertRegex(broken, f"(?m)^{re.escape(place)}.*{word}")
        dry_run = self.said["replayer --scenario=carts.yaml --dry_run=2"]
        self.assertIn("/v2/cart", dry_run)
        self.assertIn("digest", dry_run)


if __name__ == "__main__":
    unittest.main(verbosity=2)
