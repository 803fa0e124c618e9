"""calls: the N-th call of a kind on the directory's files fails, for N = 1, 2, … as far as there are.

The life of a trial is short: start, some commands, a rebuild, questions, stop. It may refuse what it
likes, as long as it says so; then it starts again, without faults, and everything must hold.
"""

import collections
import json
import pathlib
import random
import shutil

import client
from ledger import Server, whole
from tally import Trial

# Which errors a kind of call meets; behind `+` every later call meets it too.
KINDS = {
    "*write": ("EIO", "ENOSPC", "short", "+ENOSPC"),
    "fdatasync": ("EIO", "+EIO"),
    "fsync": ("EIO", "+ENOSPC"),
    "msync": ("EIO",),
    "ftruncate": ("EIO",),
    "open": ("EIO", "+EMFILE"),
    "mmap": ("ENOMEM",),
    "rename": ("EIO",),
    "mkdir": ("ENOSPC",),
    "unlink": ("EIO",),
}
QUESTIONS = ("/v1/shops", "/v1/shops/s1/dashboard", "/v1/agency/b1", "/v1/shopping-modes",
             "/v1/people/m1", "/v1/events?shop=s1", "/v1/products/p1")


def run(tools, tally, seed, trials):
    """`trials` of 0: every call of every kind; else so many, chosen at random."""
    dice = random.Random(seed)
    commands = tools.commands(seed, 260)
    old = tools.scratch / "calls-old"
    kept = client.Answers()
    server = Server(tools, old)
    server.require_answers()
    client.submit(server.socket, commands[:100], kept)
    server.stop()
    made = {start: count(tools, start and old, commands) for start in (False, True)}
    faults = [
        (start, call, error)
        for start in made for call, errors in KINDS.items() for error in errors
    ]
    made_new, made_old = (sum(calls.values()) for calls in made.values())
    tally.say(f"calls: seed {seed}; the life of a new ledger makes {made_new}, of an old one {made_old}")
    if trials:
        reachable = [fault for fault in faults if made[fault[0]].get(fault[1])]
        for _ in range(trials):
            start, call, error = dice.choice(reachable)
            number = dice.randint(1, made[start][call])
            fail(tools, tally, start and old, kept, commands, call, number, error)
    else:
        for start, call, error in faults:
            number = 1
            while fail(tools, tally, start and old, kept, commands, call, number, error):
                number += 1
    shutil.rmtree(old)


def count(tools, old, commands):
    """How many calls of each kind a life makes."""
    data, counted = prepare(tools, old), tools.scratch / "counted"
    live(tools, Trial("counting"), data, client.Answers(), commands, count=counted)
    made = collections.Counter(counted.read_text().split())
    made["*write"] = sum(number for call, number in made.items() if "write" in call)
    counted.unlink()
    remove(data)
    return {call: made[call] for call in KINDS if made[call]}


def prepare(tools, old):
    data = tools.scratch / "calls"
    if old:
        shutil.copytree(old, data, ignore=shutil.ignore_patterns("*.sock"))
    return data


def fail(tools, tally, old, kept, commands, call, number, error):
    """One life with one fault, and the life after it; whether there was such a call."""
    data, hits = prepare(tools, old), tools.scratch / "hits"
    hits.unlink(missing_ok=True)
    answers = kept.copy() if old else client.Answers()
    onwards = "+" if error[0] == "+" else ""
    fault = f"{call}:{number}{onwards}:{error.lstrip('+')}"
    with tally.trial(f"{'old' if old else 'new'} ledger, {fault}") as trial:
        said = live(tools, trial, data, answers, commands, fail=fault, hit=hits)
        hit = hits.read_text().splitlines() if hits.exists() else []
        if not hit:
            trial.discard()
            remove(data)
            return False
        trial.note = hit[0]
        if said is not None:
            server = Server(tools, data)
            server.require_answers()
            compare(trial, said, ask(server))
            server.stop()
        whole(tools, trial, data, answers, commands)
    remove(data)
    return True


def remove(data):
    shutil.rmtree(data, ignore_errors=True)
    pathlib.Path(f"{data}.err").unlink(missing_ok=True)


def live(tools, trial, data, answers, commands, **settings):
    """What the views said at its end; None when there was no answering server then."""
    server = Server(tools, data, tools.shimmed(data, **settings))
    try:
        if not server.answers():
            status = server.ended()
            trial.expect(status in (1, 3), f"the start ended with {status}")
            trial.expect("shopledger: " in server.errors(), f"no word why: {server.errors()}")
            return None
        receipts = [client.single(server.socket, command, answers) for command in commands[:2]]
        receipts += client.submit(server.socket, commands, answers)
        client.ask(server.socket, "POST", "/v1/views/dashboard/rebuild")
        receipts += [client.single(server.socket, command, answers) for command in commands[-2:]]
        trial.expect(None not in receipts and len(receipts) == len(commands) + 4, "lost receipts")
        refused = [r for r in receipts if r and r["outcome"] == "unavailable"]
        trial.expect(all(r.get("detail") for r in refused), f"refused without a word: {refused[:1]}")
        said = ask(server)
        status = server.stop()
        trial.expect(status in (0, 1), f"it ended with {status}: {server.errors()[-800:]}")
        return said
    finally:
        server.kill()


def ask(server):
    """Each question's answer: the status, and what was said."""
    head = server.status()["position"]
    said = {}
    for path in QUESTIONS:
        mark = "&" if "?" in path else "?"
        wait = "" if "events" in path else "&wait=2"
        status, body = client.ask(server.socket, "GET", f"{path}{mark}after={head}{wait}")
        said[path] = status, json.loads(body)
    return said


def compare(trial, said, again):
    """An answer given while calls failed is that of a sound ledger, or none was given."""
    for path, (status, body) in said.items():
        trial.expect(status in (200, 404, 503, 504), f"{path}: {status} {body}")
        sound_status, sound = again[path]
        if status == 200 and sound_status == 200 and body.get("position") == sound.get("position"):
            trial.expect(body == sound, f"{path}: {body} and then {sound}")
