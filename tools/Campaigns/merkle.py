"""The hash tree of RFC 6962, from its words and apart from the ledger's own code."""

import hashlib
import subprocess

from tally import Wrong


def leaf(record):
    return hashlib.sha256(b"\0" + record).digest()


class Roots:
    """The root over every first n records."""

    def __init__(self, records):
        self.hexadecimal = [hashlib.sha256(b"").hexdigest()]
        full = []  # roots of the full subtrees, the largest first, each with its size
        for record in records:
            full.append((1, leaf(record)))
            while len(full) > 1 and full[-1][0] == full[-2][0]:
                size, right = full.pop()
                _, left = full.pop()
                full.append((2 * size, hashlib.sha256(b"\1" + left + right).digest()))
            root = full[-1][1]
            for _, left in reversed(full[:-1]):
                root = hashlib.sha256(b"\1" + left + root).digest()
            self.hexadecimal.append(root.hex())


def records(log):
    """The records of a log in order, read with LMDB's own tool; the log may be in use."""
    rows = table(log, "events")
    for number, (key, _) in enumerate(rows):
        if int.from_bytes(key, "big") != number + 1:
            raise Wrong(f"{log}: event {number + 1} is missing, there is {key.hex()}")
    return [value for _, value in rows]


def table(log, name):
    done = subprocess.run(["mdb_dump", "-s", name, log], capture_output=True, check=False)
    lines = done.stdout.split(b"\n")
    if done.returncode != 0 or lines[-2:] != [b"DATA=END", b""]:
        raise Wrong(f"mdb_dump {log}: status {done.returncode} {done.stderr.decode()}")
    rows = [bytes.fromhex(line.decode()) for line in lines[lines.index(b"HEADER=END") + 1 : -2]]
    return list(zip(rows[::2], rows[1::2]))
