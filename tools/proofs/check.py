"""Builds the tree of the exported records with pymerkle, and holds our roots and proofs against it.

Argument: the directory that tools/check-proofs has filled.
"""

import base64
import glob
import json
import os
import sys

from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

passed = failed = 0


def check(what, holds):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"FAILED  {what}")


def quietly(body, *arguments):
    """Whether a verification of pymerkle's passes: it throws when it does not."""
    try:
        body(*arguments)
        return True
    except Exception as error:
        print(error)
        return False


def records(directory):
    """The records of an export, in order."""
    names = []
    for path, _, files in os.walk(os.path.join(directory, "tile", "entries")):
        names += [os.path.join(path, file) for file in files]
    whole = {n for n in names if ".p/" not in n}

    def index(name):
        groups = name[len(directory) + len("/tile/entries/"):].split(".p/")[0].split("/")
        return int("".join(group.lstrip("x") for group in groups))

    for name in sorted(names, key=index):
        if ".p/" in name and name.split(".p/")[0] in whole:
            continue
        with open(name, "rb") as file:
            bundle = file.read()
        while bundle:
            length = int.from_bytes(bundle[:2], "big")
            yield bundle[2:2 + length]
            bundle = bundle[2 + length:]


directory = sys.argv[1]
sizes = {}
for path in glob.glob(os.path.join(directory, "*.checkpoint")):
    with open(path, encoding="utf-8") as file:
        _, size, root = file.read().split("\n")[:3]
    sizes[int(size)] = base64.b64decode(root)

largest = max(sizes)
tree = InmemoryTree(algorithm="sha256")
for record in records(os.path.join(directory, f"{largest}.tiles")):
    tree.append_entry(record)
check(f"{largest} records", tree.get_size() == largest)
for size, root in sorted(sizes.items()):
    check(f"root of {size}", tree.get_root(size) == root)

with open(os.path.join(directory, "inclusion.ndjson"), encoding="utf-8") as lines:
    for line in lines:
        ours = json.loads(line)
        what = f"inclusion of {ours['index']} in {ours['size']}"
        # pymerkle counts leaves from 1, and puts the leaf's own hash into the path.
        theirs = tree.prove_inclusion(ours["position"], ours["size"])
        check(what, {h.hex() for h in theirs.path} == {*ours["path"], ours["leafHash"]})
        leaf = bytes.fromhex(ours["leafHash"])
        root = bytes.fromhex(ours["rootHash"])
        check(what, root == sizes[ours["size"]])
        check(what, quietly(verify_inclusion, leaf, root, theirs))

with open(os.path.join(directory, "consistency.ndjson"), encoding="utf-8") as lines:
    for line in lines:
        ours = json.loads(line)
        if ours["from"] == 0:
            continue
        what = f"growth from {ours['from']} to {ours['to']}"
        theirs = tree.prove_consistency(ours["from"], ours["to"])
        # pymerkle's paths have another form than those of RFC 6962, which Go compares; here its own
        # path has to lead from the one of our roots to the other.
        old = bytes.fromhex(ours["fromRootHash"])
        new = bytes.fromhex(ours["toRootHash"])
        check(what, old == sizes[ours["from"]] and new == sizes[ours["to"]])
        check(what, quietly(verify_consistency, old, new, theirs))

print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
