"""Validates a HAR file under the JSON schema of Debian's node-har-schema: exits 0 when it is valid,
1 when not."""

import json
import os
import sys

import jsonschema

SCHEMAS = "/usr/share/nodejs/har-schema/lib"


def main():
    store = {}
    for name in os.listdir(SCHEMAS):
        if name.endswith(".json"):
            with open(os.path.join(SCHEMAS, name), encoding="utf-8") as file:
                schema = json.load(file)
            store[schema["$id"]] = schema
            store[name] = schema
    root = store["har.json"]
    resolver = jsonschema.RefResolver("", root, store=store)
    validator = jsonschema.Draft6Validator(
        root, resolver=resolver, format_checker=jsonschema.FormatChecker())
    with open(sys.argv[1], encoding="utf-8") as file:
        errors = list(validator.iter_errors(json.load(file)))
    for error in errors[:5]:
        print("/".join(map(str, error.absolute_path)), error.message[:200])
    sys.exit(1 if errors else 0)


main()
