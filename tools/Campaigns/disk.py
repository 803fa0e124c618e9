"""A model of a disk that forgets: which files there may be after the power has failed.

It is fed the trace of the preloaded library. What was written is certain once a flush of its file has
returned, or at once where the descriptor has O_DSYNC; a name (made, renamed, removed) once its
directory was flushed. Of everything else each state keeps some: of names the first few in their order,
as a journal does; of a file's writes any, also parts of 512 bytes, in any order.
"""

import dataclasses
import struct

ENTRY = struct.Struct("<IIQQII")
SECTOR = 512
ROOT = 0


@dataclasses.dataclass
class Operation:
    kind: str
    durable: bool
    inode: int
    offset: int
    content: bytes
    second: str
    end: int  # in the trace, behind it

    @property
    def path(self):
        return self.content.decode()


def operations(trace):
    at = 0
    found = []
    while at < len(trace):
        kind, flags, inode, offset, length, second = ENTRY.unpack_from(trace, at)
        at += ENTRY.size
        content = trace[at : at + length]
        at += length
        name = trace[at : at + second].decode()
        at += second
        found.append(Operation(chr(kind), flags != 0, inode, offset, content, name, at))
    return found


class Content:
    """One file: what is certain, and what is on its way."""

    def __init__(self):
        self.certain = bytearray()
        self.pending = []  # (offset, bytes), or (size, None) where it was cut

    def flush(self):
        for write in self.pending:
            apply(self.certain, *write)
        self.pending = []

    def some(self, keep):
        """The content where `keep` says of each piece on its way whether it arrived."""
        content = bytearray(self.certain)
        for offset, written in self.pending:
            if written is None:
                if keep():
                    apply(content, offset, None)
                continue
            if keep():
                apply(content, offset, written)
            elif keep():
                # Torn: of this write each sector for itself.
                for start in range(0, len(written), SECTOR):
                    if keep():
                        apply(content, offset + start, written[start : start + SECTOR])
        return bytes(content)


def apply(content, offset, written):
    if written is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(written)] = written


class Disk:
    def __init__(self):
        self.files = {}  # by number, which unlike an inode is never given twice
        self.directories = {ROOT: {}}  # number to name to number, as the running system sees it
        self.certain = {ROOT: {}}
        self.pending = []  # lists of (directory, name, number or None) that happen together
        self.numbers = {}  # inode to number
        self.next = 1

    def take(self, operation):
        kind = operation.kind
        if kind in "CD":
            number = self.next
            self.next += 1
            self.numbers[operation.inode] = number
            if kind == "C":
                self.files[number] = Content()
            else:
                self.directories[number] = {}
                self.certain[number] = {}
            self.rename([(*self.place(operation.path), number)])
        elif kind == "R":
            old, new = self.place(operation.path), self.place(operation.second)
            number = self.directories[old[0]][old[1]]
            self.rename([(*old, None), (*new, number)])
        elif kind == "U":
            self.rename([(*self.place(operation.path), None)])
        elif kind == "S":
            self.flush(operation)
        elif kind in "WT":
            content = self.files.get(self.numbers.get(operation.inode))
            if content is None:
                return  # made without a name that was seen, such as the socket
            written = operation.content if kind == "W" else None
            if operation.durable:
                apply(content.certain, operation.offset, written)
                # The running system sees it over what is on its way too.
                content.pending.append((operation.offset, written)) if content.pending else None
            else:
                content.pending.append((operation.offset, written))

    def flush(self, operation):
        number = ROOT if operation.path == "." else self.numbers.get(operation.inode)
        if number in self.files:
            self.files[number].flush()
        elif number in self.directories:
            kept = []
            for changes in self.pending:
                if any(directory == number for directory, _, _ in changes):
                    self.name(self.certain, changes)
                else:
                    kept.append(changes)
            self.pending = kept

    def place(self, path):
        *above, name = path.split("/")
        directory = ROOT
        for part in above:
            directory = self.directories[directory][part]
        return directory, name

    def rename(self, changes):
        self.name(self.directories, changes)
        self.pending.append(changes)

    @staticmethod
    def name(directories, changes):
        for directory, name, number in changes:
            if number is None:
                directories[directory].pop(name, None)
            else:
                directories[directory][name] = number

    def state(self, names, keep):
        """Path to content (None for a directory), with the first `names` of the pending renamings."""
        directories = {number: dict(entries) for number, entries in self.certain.items()}
        for changes in self.pending[:names]:
            self.name(directories, changes)
        found = {}

        def walk(directory, above):
            for name, number in sorted(directories[directory].items()):
                if number in self.files:
                    found[above + name] = self.files[number].some(keep)
                else:
                    found[above + name] = None
                    walk(number, above + name + "/")

        walk(ROOT, "")
        return found
