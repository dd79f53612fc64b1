"""The reports as other people's tools read them: JUnit by an XSD, JSON by its published schema,
Markdown by GitHub's own parser. Each check is shown to be able to fail."""

import copy
import glob
import html.parser
import json
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as tree

import jsonschema

WRITE_REPORTS = os.path.abspath("tests/replayer/report/write_reports")
XSD = os.path.abspath("tests/replayer/report/junit.xsd")
SCHEMA = os.path.abspath("docs/schemas/summary.schema.json")


def xsd_errors(path):
    """What xmllint says against a JUnit file; empty: nothing."""
    result = subprocess.run(["/usr/bin/xmllint", "--noout", "--nonet", "--schema", XSD, path],
                            capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else result.stderr


def validator():
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


class Rendered(html.parser.HTMLParser):
    """Tables as rows of cells, and all text, of what cmark-gfm makes of Markdown."""

    def __init__(self, markdown):
        super().__init__()
        self.rows, self.text, self.tags, self.in_cell = [], "", [], False
        # Foreign tags are let through: that they are none is what is tested.
        self.feed(subprocess.run(
            ["/usr/bin/cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e",
             "strikethrough"], input=markdown, capture_output=True, text=True, check=True).stdout)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.in_cell = False

    def handle_data(self, data):
        self.text += data
        if self.in_cell:
            self.rows[-1][-1] += data


class FormatsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        subprocess.run([WRITE_REPORTS, cls.directory.name], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def test_every_junit_report_is_accepted(self):
        paths = glob.glob(self.path("*.xml"))
        self.assertEqual(len(paths), 7)
        for path in paths:
            self.assertEqual(xsd_errors(path), "")

    def test_the_counts_of_a_suite_are_those_of_its_cases(self):
        for path in glob.glob(self.path("*.xml")):
            suite = tree.parse(path).getroot().find("testsuite")
            cases = suite.findall("testcase")
            self.assertEqual(int(suite.get("tests")), len(cases), path)
            for count, tag in (("failures", "failure"), ("errors", "error"),
                               ("skipped", "skipped")):
                found = [case for case in cases if case.find(tag) is not None]
                self.assertEqual(int(suite.get(count)), len(found), path)
            names = [(case.get("classname"), case.get("name")) for case in cases]
            self.assertEqual(len(names), len(set(names)), path)

    def test_a_malformed_junit_report_is_refused(self):
        good = self.read("failed.xml")
        broken = {
            "no name": good.replace(' name="run"', "", 1),
            "unknown element": good.replace("<properties>", "<stdout>x</stdout><properties>"),
            "unknown type": good.replace('type="threshold"', 'type="bad"', 1),
            "time with a unit": good.replace('time="0.000"', 'time="0 s"', 1),
            "a count that is none": good.replace('tests="', 'tests="x', 1),
            "two ends": good.replace("</failure>", "</failure><skipped message='m'>m</skipped>", 1),
            "no message": re.sub(r'<failure message="[^"]*"', "<failure", good, count=1),
            "control byte": good.replace("GET /cart", "GET \x01", 1),
            "]]>": good.replace("</system-out>", "]]></system-out>", 1),
            "cut": good[:len(good) // 2],
        }
        for what, text in broken.items():
            self.assertNotEqual(text, good, what)
            with open(self.path("broken"), "w", encoding="utf-8") as file:
                file.write(text)
            self.assertNotEqual(xsd_errors(self.path("broken")), "", what)

    def test_every_summary_is_as_its_schema_says(self):
        paths = glob.glob(self.path("*.json"))
        self.assertEqual(len(paths), 6)
        for path in paths:
            with open(path, encoding="utf-8") as file:
                errors = list(validator().iter_errors(json.load(file)))
            self.assertEqual([error.message[:300] for error in errors], [], path)

    def test_a_broken_summary_is_refused(self):
        good = json.loads(self.read("failed.json"))

        def broken(change):
            summary = copy.deepcopy(good)
            change(summary)
            return summary

        self.assertTrue(validator().is_valid(good))
        for what, change in {
                "unknown key": lambda s: s.update(extra=1),
                "key gone": lambda s: s.pop("read"),
                "count as text": lambda s: s.update(read="1"),
                "count below 0": lambda s: s.update(sent=-1),
                "fraction of a nanosecond": lambda s: s["latency_nanos"].update(p99=1.5),
                "share above 1": lambda s: s.update(denied_share=1.01),
                "status class as status": lambda s: s["status"].update({"5xx": 1}),
                "other version": lambda s: s.update(schema_version=2),
                "unknown unit": lambda s: s["thresholds"][0].update(unit="ms"),
                "unknown key within": lambda s: s["endpoints"][0].update(p99=1),
        }.items():
            self.assertFalse(validator().is_valid(broken(change)), what)

    def test_every_object_of_the_schema_is_closed_or_says_what_its_keys_are(self):
        def objects(node):
            if isinstance(node, dict):
                if node.get("type") == "object":
                    yield node
                for value in node.values():
                    yield from objects(value)

        for node in objects(validator().schema):
            self.assertIn("additionalProperties", node)

    def test_markdown_renders_as_tables(self):
        page = Rendered(self.read("failed.md"))
        self.assertEqual([row[2] for row in page.rows[1:7]],
                         ["❌ fail", "❌ fail, ended the run", "❌ fail", "❌ fail", "❌ fail", "✅ pass"])
        self.assertIn(["errors < 0.1%", "0.4 % (45 of 12,334)", "❌ fail, ended the run"],
                      page.rows)
        self.assertIn(["p99", "5.78 ms", "5.73 ms", "69.0 us"], page.rows)

    def test_hostile_texts_stay_text_in_their_cells(self):
        page = Rendered(self.read("hostile.md"))
        for name in ("b", "a", "em", "del", "img"):
            self.assertNotIn(name, page.tags)
        for row in page.rows:
            self.assertIn(len(row), (2, 3, 4, 5), row)
        shown = ("a]]>b <b onclick='x'>\"&amp;</td>|`c``d` **e** _f_ [g](http://h) @octocat #1 $i$ "
                 "~~j~~ \\\\|k\\nl\\t\\r\\x1b[31m\\x01 caf\\xe9 ")
        self.assertEqual([row[1][:len(shown)] for row in page.rows if row[0] == "recording"],
                         [shown])
        self.assertTrue(any(row[0].startswith("GET /" + shown) for row in page.rows))
        self.assertGreaterEqual(page.text.count(shown), 6)
        # A mention, a reference or a formula would need these beside a word; code has none.
        prose = re.sub(r"<code>.*?</code>|<span>.</span>|&#\d+;", "", self.read("hostile.md"))
        self.assertEqual(re.findall(r"[@#$][A-Za-z0-9]+", prose), [])


if __name__ == "__main__":
    unittest.main()
