"""scenario.schema.json is what `scenarios schema` prints, and says of files what the loader says."""

import glob
import json
import os
import re
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

SCENARIOS = "scenarios/scenarios"

with open("scenarios/scenario.schema.json", encoding="utf-8") as file:
    SCHEMA = json.load(file)


class CoreLoader(yaml.SafeLoader):
    """PyYAML reads YAML 1.1; of 1.2, as editors do, `off` and `yes` are texts."""


CoreLoader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers
            if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp",
                           "tag:yaml.org,2002:int")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), "tf")
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^-?[0-9]+$"), "-0123456789")

WHOLE = """
about: all kinds of values
capture:
  listen: [127.0.0.1:9000, '[::1]:9000']
  out: ${DIR:-out}
  for: 2h
  max_bytes: 65536
  compression: 3
  redact: off
  reset_rate: 0.5
  seed: 18446744073709551615
replay:
  recording: a
  target: https://shop.example:8443
  rate: 250.5
  percent: 12.5%
  seed: ${SEED:-3}
  breaker_latency: 0
  timeout: 1.5s
  max_rate: "${MAX:-5}"
  method: [GET, POST]
  set_header: {x-env: staging, x-n: 1}
  add_header: ['a: b']
  drop_conditional: true
  marker: off
  allow_target: [10.0.0.0/8, shop.example]
endpoints: /cart/{id}
fold_paths: false
thresholds:
  - errors < 0.1%
  - {check: latency.p99 < 250ms, endpoint: 'GET /cart/{id}', abort_on_fail: true, grace: 10s}
reports: {junit: junit.xml}
"""

BROKEN = [
    "replay: {sped: 2}",
    "capture: {speed: 2}",
    "replay: {speed: 2, rate: 100}",
    "replay: {max_rate: 0}",
    "replay: {max_rate: many}",
    "replay: {max_rate: 1.5}",
    "replay: {max_rate: '5'}",
    "replay: {target: shop.example}",
    "replay: {target: 'http://shop.example/cart'}",
    "replay: {target: ''}",
    "replay: {target: null}",
    "replay: {timeout: 10}",
    "replay: {timeout: 10 s}",
    "replay: {percent: 101}",
    "replay: {drop_conditional: 'yes'}",
    "replay: {transport: wire}",
    "replay: {method: 'PO ST'}",
    "replay: {recording: [[a]]}",
    "replay: {strip: {mesh: 1}}",
    "capture: {compression: 20}",
    "capture: {redact: of}",
    "capture: {listen: 127.0.0.1}",
    "capture: {max_body: 1MB}",
    "capture: []",
    "fold_paths: 1",
    "thresholds: [{endpoint: /a}]",
    "thresholds: [{check: errors == 0, until: 3}]",
    "thresholds: 5",
    "- replay",
]


class SchemaTest(unittest.TestCase):
    def setUp(self):
        self.validator = jsonschema.Draft7Validator(SCHEMA)
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def loader_takes(self, text):
        path = os.path.join(self.directory.name, "s.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return subprocess.run([SCENARIOS, "print", "--scenario=" + path], check=False,
                              capture_output=True).returncode == 0

    def schema_takes(self, text):
        return self.validator.is_valid(yaml.load(text, CoreLoader))

    def test_the_committed_schema_is_current(self):
        printed = subprocess.run([SCENARIOS, "schema"], check=True, capture_output=True, text=True)
        with open("scenarios/scenario.schema.json", encoding="utf-8") as file:
            self.assertEqual(file.read(), printed.stdout,
                             "bazel run //scenarios -- schema > scenarios/scenario.schema.json")

    def test_it_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_every_key_is_described(self):
        def walk(schema):
            for key, value in schema.get("properties", {}).items():
                self.assertTrue(value.get("description"), key)
                walk(value)
            self.assertIs(schema.get("additionalProperties", False), False)

        walk(SCHEMA)

    def test_ready_made_scenarios_are_taken_by_both(self):
        for path in glob.glob("scenarios/*.yaml"):
            with self.subTest(path), open(path, encoding="utf-8") as file:
                self.validator.validate(yaml.load(file.read(), CoreLoader))

    def test_all_kinds_of_values_are_taken_by_both(self):
        self.validator.validate(yaml.load(WHOLE, CoreLoader))
        self.assertTrue(self.loader_takes(WHOLE))

    def test_broken_scenarios_are_refused_by_both(self):
        for text in BROKEN:
            with self.subTest(text):
                self.assertFalse(self.schema_takes(text))
                self.assertFalse(self.loader_takes(text))


if __name__ == "__main__":
    unittest.main()
