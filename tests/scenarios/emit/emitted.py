"""What `scenarios emit` wrote, read as a cluster would read it."""

import copy
import json
import os
import subprocess

import yaml

HERE = os.path.dirname(os.path.realpath(__file__))  # in the source tree, where npm installs
SCHEMAS = os.path.join(HERE, "schemas")
SCENARIOS = os.path.abspath("scenarios/scenarios")


def emit(*flags):
    return subprocess.run([SCENARIOS, "emit", *flags], capture_output=True, text=True, timeout=60,
                          check=False)


def user(name):
    return os.path.join(HERE, "user", name)


def documents(text):
    return [document for document in yaml.safe_load_all(text) if document is not None]


class PatchError(Exception):
    pass


def step(node, token):
    if isinstance(node, list):
        if not token.isdigit() or int(token) >= len(node):
            raise PatchError(f"no item {token}")
        return node[int(token)]
    if not isinstance(node, dict) or token not in node:
        raise PatchError(f"no {token}")
    return node[token]


def same(left, right):
    """Equal as JSON: true is not 1."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def patched(document, patch):
    """RFC 6902, of the operations that we emit. All of it, or PatchError."""
    document = copy.deepcopy(document)
    for operation in patch:
        tokens = [token.replace("~1", "/").replace("~0", "~")
                  for token in operation["path"].split("/")[1:]]
        parent = document
        for token in tokens[:-1]:
            parent = step(parent, token)
        last = tokens[-1]
        if operation["op"] == "test":
            if not same(step(parent, last), operation["value"]):
                raise PatchError(f"{operation['path']} is another")
        elif operation["op"] == "remove":
            step(parent, last)
            del parent[int(last) if isinstance(parent, list) else last]
        elif isinstance(parent, list):
            if int(last) > len(parent):
                raise PatchError(f"no place {operation['path']}")
            parent.insert(int(last), copy.deepcopy(operation["value"]))
        else:
            assert operation["op"] == "add", operation
            parent[last] = copy.deepcopy(operation["value"])
    return document


def complaints(objects):
    """What the schemas of their kinds say about Kubernetes objects; "" for a valid one."""
    node = os.path.join(SCHEMAS, "node_modules", ".node")
    if not os.path.exists(node):
        raise RuntimeError("the CRD schemas are not installed: run tools/setup")
    run = subprocess.run([node, os.path.join(SCHEMAS, "validate.mjs")], input=json.dumps(objects),
                         capture_output=True, text=True, timeout=60, check=True)
    return json.loads(run.stdout)
