"""Reads an export with the CloudEvents SDK and reckons the root of its records; see check-export."""

import base64
import hashlib
import sys

from cloudevents.core.formats.json import JSONFormat

PREFIX = "shopledger.v1."


def fail(line, what):
    sys.exit(f"check-export: line {line}: {what}")


def main(path):
    events = sys.stdin.buffer if path == "-" else open(path, "rb")
    sdk = JSONFormat()
    head = end = None
    # The roots of the full subtrees, each with its size, the largest first (RFC 6962, 2.1).
    frontier = []
    count = 0
    for number, line in enumerate(events, 1):
        try:
            event = sdk.read(None, line)
        except Exception as error:
            fail(number, f"the SDK takes it for no CloudEvent: {error!r}")
        kind, data = event.get_type(), event.get_data()
        if event.get_specversion() != "1.0" or not kind.startswith(PREFIX):
            fail(number, f"it is no event of a ledger: {kind}")
        if head is None:
            head, source = data, event.get_source()
            continue
        if event.get_source() != source or end is not None:
            fail(number, "it is of another source, or behind the end")
        if kind == PREFIX + "LogExportEnded":
            end = data
            continue
        count += 1
        position = event.get_extension("position")
        if event.get_id() != position or data["position"] != int(position):
            fail(number, "id, position and data do not agree")
        if kind != PREFIX + data["type"] or event.get_time() is None:
            fail(number, "type and data do not agree, or there is no time")
        record = base64.b64decode(event.get_extension("record"), validate=True)
        frontier.append((1, hashlib.sha256(b"\x00" + record).digest()))
        while len(frontier) > 1 and frontier[-1][0] == frontier[-2][0]:
            size, right = frontier.pop()
            _, left = frontier.pop()
            frontier.append((2 * size, hashlib.sha256(b"\x01" + left + right).digest()))
    if head is None or end is None or end["events"] != count:
        sys.exit("check-export: the file is not whole")
    if count != head["size"]:
        print(f"{count} CloudEvents, a part of {head['size']}: there is no root to compare")
        return
    root = hashlib.sha256().digest()
    if frontier:
        root = frontier.pop()[1]
        while frontier:
            root = hashlib.sha256(b"\x01" + frontier.pop()[1] + root).digest()
    if root.hex() != head["rootHash"]:
        sys.exit(f"check-export: the records give {root.hex()}, the file says {head['rootHash']}")
    print(f"{count} CloudEvents, root hash {root.hex()}: as the file says")


main(sys.argv[1])
