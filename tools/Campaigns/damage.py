"""damage: files that were cut, emptied, changed, or are older or of another ledger.

The log is the truth: damage to it is refused, or found by `verify`, and never makes the server die of a
signal before it has refused. State, views and index are folds: what is wrong with them is said and
folded anew. Where a bit of a fold is changed behind the ledger's back, a rebuild finds it.
"""

import pathlib
import random
import shutil

import client
from ledger import Server, check_log, whole

FOLDS = ("state/data.mdb", "state/ids-*", "state/marker", "views/*/*/data.mdb", "views/*/*/marker",
         "views/*/current")
LOG = ("log/data.mdb", "manifest.json")
OTHERS = ("lock", "log/lock.mdb", "state/lock.mdb", "views/*/*/lock.mdb")


def cut(dice, path, _):
    with open(path, "r+b") as file:
        file.truncate(dice.randrange(path.stat().st_size + 1))


def empty(dice, path, _):
    path.write_bytes(b"")


def remove(dice, path, _):
    path.unlink()


def flip(dice, path, _):
    """One to eight bits anywhere."""
    content = bytearray(path.read_bytes())
    for _ in range(dice.randint(1, 8)):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    path.write_bytes(content)


def scramble(dice, path, _):
    """A page of noise, as of a disk that mixed up its blocks."""
    content = bytearray(path.read_bytes())
    start = dice.randrange(len(content)) & ~4095
    noise = dice.randbytes(min(4096, len(content) - start))
    content[start : start + len(noise)] = noise
    path.write_bytes(content)


def swap(dice, path, _):
    """Two pages in each other's place."""
    content = bytearray(path.read_bytes())
    pages = [dice.randrange(len(content)) & ~4095 for _ in range(2)]
    one, two = (bytes(content[page : page + 4096]) for page in pages)
    content[pages[0] : pages[0] + len(two)] = two
    content[pages[1] : pages[1] + len(one)] = one
    path.write_bytes(content)


def put(kind):
    def replace(dice, path, sources):
        """The same file of an older copy, or of another ledger."""
        other = sources[kind] / path.relative_to(sources["now"])
        path.write_bytes(other.read_bytes() if other.exists() else b"")

    replace.__name__ = kind
    return replace


DAMAGES = (cut, empty, remove, flip, scramble, swap, put("older"), put("foreign"))


def run(tools, tally, seed, trials):
    tally.say(f"damage: seed {seed}, {trials} damaged files")
    dice = random.Random(seed)
    commands = tools.commands(seed, 2_000)
    answers = client.Answers()
    older, now, foreign = (tools.scratch / f"damage-{name}" for name in ("older", "now", "foreign"))
    prepare(tools, older, commands[:1_000], answers)
    shutil.copytree(older, now)
    prepare(tools, now, commands, answers)
    prepare(tools, foreign, tools.commands(seed + 1, 1_500), client.Answers())
    data = tools.scratch / "damage"
    sources = {"now": data, "older": older, "foreign": foreign}
    for number in range(trials):
        patterns = (LOG, FOLDS, FOLDS, OTHERS)[number % 4]
        shutil.copytree(now, data, copy_function=shutil.copy2)
        if dice.random() < 0.5:
            unclean(tools, data)
        paths = sorted(path for pattern in patterns for path in data.glob(pattern))
        path, damage = dice.choice(paths), dice.choice(DAMAGES)
        name = f"{path.relative_to(data)}: {damage.__name__}"
        before = path.read_bytes()
        damage(dice, path, sources)
        if not path.exists() or path.read_bytes() != before:
            with tally.trial(name) as trial:
                if patterns is LOG:
                    damaged_log(tools, trial, data, answers.copy(), commands)
                else:
                    damaged_fold(tools, trial, data, answers.copy(), commands, damage)
        shutil.rmtree(data)
        pathlib.Path(f"{data}.err").unlink(missing_ok=True)


def prepare(tools, data, commands, answers):
    server = Server(tools, data)
    server.require_answers()
    client.submit(server.socket, commands, answers)
    server.stop()


def unclean(tools, data):
    """As it is behind a SIGKILL: with the markers of this boot."""
    server = Server(tools, data)
    server.require_answers()
    server.kill()
    (data / "shopledger.sock").unlink()


def damaged_log(tools, trial, data, answers, commands):
    """Refused at the start; or what is served is sound, or `verify` says what is not."""
    verified = tools.run("verify", "--data", data)
    found = verified.returncode != 0
    trial.expect(verified.returncode in (0, 1, 3), f"verify ended with {verified.returncode}")
    server = Server(tools, data)
    try:
        if not server.answers():
            status = server.ended()
            trial.note = "refused"
            trial.expect(status in (1, 3), f"the start ended with {status}")
            trial.expect(str(data) in server.errors(), f"no word of where: {server.errors()}")
            return
        trial.note = "found by verify" if found else "of no consequence"
        if found:
            # What is wrong is told. A page that LMDB cannot follow may end the server, and no more.
            trial.note += read_all(server)
            return
        # Then nothing that counts was changed: everything must hold.
        head, root = server.root()
        server.kill()
        check_log(trial, data, answers, {(head, root)})
        whole(tools, trial, data, answers, commands)
    finally:
        server.kill()


def read_all(server):
    after = 0
    head = server.status()["position"]
    try:
        while after < head:
            _, body = client.ask(server.socket, "GET", f"/v1/events?after={after}&limit=500")
            after += 500
        for number in range(0, head, 50):
            client.ask(server.socket, "GET", f"/v1/commands/s1-{number}")
        return ""
    except client.LOST:
        return f", and the server ended with {server.ended()} when asked"


def damaged_fold(tools, trial, data, answers, commands, damage):
    """The server starts; every answer is as before; what was thrown away is said."""
    server = Server(tools, data)
    try:
        server.require_answers()
        server.resend(trial, answers, commands)
        if damage in (flip, scramble, swap):
            # Inside of a page nothing shows it, unless a fold is compared with a fresh one.
            trial.note = mend(trial, server)
        server.refold(trial)
        status = server.stop()
        trial.expect(status == 0, f"it ended with {status}: {server.errors()[-800:]}")
    finally:
        server.kill()
    verified = tools.run("verify", "--data", data)
    trial.expect(verified.returncode == 0, f"verify: {verified.stdout[-800:]}")


def mend(trial, server):
    """Rebuilds each view once; how many rows were wrong."""
    server.await_views(trial, lambda view: view["state"] in ("live", "stopped"))
    for view in server.get("/v1/views")[1]["views"]:
        client.ask(server.socket, "POST", f"/v1/views/{view['view']}/rebuild")
    views = server.await_views(
        trial, lambda view: "lastRebuild" in view and "rebuild" not in view
    )
    wrong = sum(view["lastRebuild"].get("differences", 0) for view in views)
    return f"{wrong} rows were wrong" if wrong else ""
