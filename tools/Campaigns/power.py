"""power: the power fails at each flush, and the disk keeps any part of what was on its way.

A life is traced; from the trace disks are made as they may be after the failure (see disk.py). On each
the ledger starts, as behind another boot, and holds everything that was acknowledged by then.
"""

import pathlib
import random
import shutil
import time
import uuid

import client
import merkle
from disk import Disk, operations
from ledger import Server, check_log

def run(tools, tally, seed, states):
    dice = random.Random(seed)
    data = tools.scratch / "power"
    trace = tools.scratch / "trace"
    acknowledged = live(tools, tally, data, trace, tools.commands(seed, 400))
    history = operations(trace.read_bytes())
    records = merkle.records(str(data / "log"))
    with tally.trial("the trace explains the directory") as trial:
        disk = Disk()
        for operation in history:
            disk.take(operation)
        compare(trial, disk.state(len(disk.pending), lambda: True), data)
    boundaries = [
        number for number, operation in enumerate(history)
        if operation.kind == "S" or operation.durable
    ]
    tally.say(
        f"power: seed {seed}; {len(history)} changes of files, {len(boundaries)} flushes, "
        f"{states} states of the disk"
    )
    chosen = sorted(dice.choice(boundaries) for _ in range(states))
    if states >= len(boundaries):
        chosen = sorted([*boundaries, *chosen[len(boundaries):]])
    disk, taken = Disk(), 0
    for number in chosen:
        # As many are certain as were done when this flush or write began.
        while taken < number:
            disk.take(history[taken])
            taken += 1
        begin = history[number - 1].end if number else 0
        fail(tools, tally, dice, disk, number, history[number],
             [answer for at, answer in acknowledged if at <= begin], records)
    shutil.rmtree(data)


def live(tools, tally, data, trace, commands):
    """A first start, commands, a stop; again, a rebuild, and then the plug is pulled.

    Answers with each receipt, and how far the trace was when it had been read."""
    data.mkdir()
    acknowledged = []

    def note(receipts):
        at = trace.stat().st_size
        acknowledged.extend((at, receipt) for receipt in receipts if receipt)

    for part in (commands[:200], commands[200:]):
        server = Server(tools, data, tools.shimmed(data, trace=trace))
        server.require_answers()
        for command in part[:20]:
            note([client.single(server.socket, command)])
        for start in range(20, len(part), 60):
            note(client.submit(server.socket, part[start : start + 60]))
            if start == 80:
                client.ask(server.socket, "POST", "/v1/views/dashboard/rebuild")
        if part[0] == commands[0]:
            server.stop()
    # Not in the middle of a change, which would be done and not told.
    size = -1
    while size != trace.stat().st_size:
        size = trace.stat().st_size
        time.sleep(0.2)
    server.kill()
    return acknowledged


def compare(trial, state, data):
    """What the model says the running system saw is what is there."""
    for path, content in state.items():
        there = data / path
        if content is None:
            trial.expect(there.is_dir(), f"{path} is no directory")
        elif there.name != "lock.mdb":  # written through a mapping, and of no use behind a failure
            trial.expect(there.is_file() and there.read_bytes() == content, f"{path} is another")
    names = {str(path.relative_to(data)) for path in data.rglob("*") if not path.is_socket()}
    trial.expect(names == set(state), f"names: {sorted(names ^ set(state))}")


def fail(tools, tally, dice, disk, number, operation, acknowledged, records):
    # None of what is on its way, all of it, or any part.
    share = dice.choice([0, 1, 0.2, 0.5, 0.8, 0.95])
    names = round(share * len(disk.pending))
    state = disk.state(names, lambda: dice.random() < share)
    data = tools.scratch / "after"
    for path, content in state.items():
        if content is None:
            (data / path).mkdir(parents=True)
        else:
            (data / path).parent.mkdir(parents=True, exist_ok=True)
            (data / path).write_bytes(content)
    data.mkdir(exist_ok=True)
    boot = tools.scratch / "boot"
    boot.write_text(f"{uuid.UUID(int=dice.getrandbits(128))}\n")
    file = operation.path if operation.kind == "S" else "O_DSYNC"
    with tally.trial(f"before change {number}, a flush of {file}, {share} of the rest") as trial:
        server = Server(tools, data, tools.shimmed(data, boot=boot))
        try:
            server.require_answers()
            server.refold(trial)
            size, root = server.root()
        finally:
            server.kill()
        answers = client.Answers()
        answers.add(acknowledged)
        check_log(trial, data, answers, {(size, root)})
        found = merkle.records(str(data / "log"))
        trial.expect(found == records[: len(found)], "the records are not those of the history")
        events = answers.events()
        trial.note = f"{len(events)} events acknowledged, {size} there"
    shutil.rmtree(data)
    pathlib.Path(f"{data}.err").unlink()
