"""kill: SIGKILL at random moments, with several clients sending, and at every stage of a life."""

import random
import shutil
import threading
import time

import client
from ledger import VIEWS, Server, check_log, whole

STAGES = ("load", "rebuild", "start", "stop", "load", "flush")
# The state gathers so many events before it writes them.
FLUSH_EVENTS = 65_536


def run(tools, tally, seed, kills):
    """Lives of five kills each; behind each kill the log is read, behind each life all of it."""
    tally.say(f"kill: seed {seed}, {kills} kills")
    dice = random.Random(seed)
    done = 0
    while done < kills:
        life = dice.getrandbits(32)
        count = min(5, kills - done)
        stages = [STAGES[(done + number) % len(STAGES)] for number in range(count)]
        live(tools, tally, life, stages)
        done += count


def live(tools, tally, seed, stages):
    dice = random.Random(seed)
    data = tools.scratch / f"kill-{seed}"
    # Behind a flush's worth of events the next ones cause it.
    flushes = "flush" in stages
    commands = tools.commands(seed, FLUSH_EVENTS + 8_000 if flushes else 10_000)
    answers = client.Answers()
    seen = set()
    if flushes:
        server = Server(tools, data)
        server.require_answers()
        client.submit(server.socket, commands[: FLUSH_EVENTS - 1_000], answers)
        server.kill()
    for stage in stages:
        with tally.trial(f"life {seed}, {stage}") as trial:
            # What was sent before a flush's worth of events is only sent again at the end.
            begin = FLUSH_EVENTS - 1_000 if flushes else 0
            moment = kill(tools, data, dice, stage, commands[begin:], answers, seen)
            events = len(answers.events())
            trial.note = f"killed after {1000 * moment:.0f} ms, {events} events acknowledged"
            if (data / "log").is_dir():
                check_log(trial, data, answers, seen)
    with tally.trial(f"life {seed}, all of it") as trial:
        whole(tools, trial, data, answers, commands, seen)
    shutil.rmtree(data)


def kill(tools, data, dice, stage, commands, answers, seen):
    """Starts the server and kills it at some moment of a stage; answers how long that took."""
    server = Server(tools, data)
    if stage == "start":
        moment = dice.uniform(0, 0.08)
        time.sleep(moment)
        server.kill()
        return moment
    server.require_answers()
    threads = [
        threading.Thread(target=work, args=arguments, daemon=True)
        for arguments in (
            (send_stream, server, dice.getrandbits(32), commands, answers),
            (send_stream, server, dice.getrandbits(32), commands, answers),
            (send_singles, server, dice.getrandbits(32), commands, answers),
            (watch, server, dice.getrandbits(32), seen),
        )
    ]
    for thread in threads:
        thread.start()
    moment = dice.uniform(0, 0.5)
    begin = time.monotonic()
    if stage == "rebuild":
        time.sleep(moment * dice.random())
        for view in VIEWS:
            client.ask(server.socket, "POST", f"/v1/views/{view}/rebuild")
        moment = dice.uniform(0, 0.2)
        begin = time.monotonic()
    elif stage == "stop":
        time.sleep(moment)
        server.process.terminate()
        moment = dice.uniform(0, 0.2)
        begin = time.monotonic()
    elif stage == "flush":
        while not list((data / "state").glob("ids-*")) and time.monotonic() < begin + 5:
            time.sleep(0.0005)
        moment = time.monotonic() - begin + dice.uniform(0, 0.03)
    time.sleep(max(0, begin + moment - time.monotonic()))
    server.kill()
    for thread in threads:
        thread.join()
    return moment


def work(task, *arguments):
    try:
        task(*arguments)
    except client.LOST:
        pass  # the server was killed


def send_stream(server, seed, commands, answers):
    """Begins at some command that was sent before: two senders take turns at being the first."""
    dice = random.Random(seed)
    start = dice.randrange(1 + min(len(answers.first), len(commands) // 2))
    client.submit(
        server.socket, commands[start:], answers,
        pause=lambda: time.sleep(dice.random() * 0.004),
    )


def send_singles(server, seed, commands, answers):
    dice = random.Random(seed)
    while client.single(server.socket, dice.choice(commands), answers):
        pass


def watch(server, seed, seen):
    """Looks at the root while commands come, and asks the views."""
    dice = random.Random(seed)
    while True:
        before, after = server.status(), server.status()
        if before["position"] == after["position"]:
            seen.add((before["position"], before["log"]["rootHash"]))
        client.ask(server.socket, "GET", f"/v1/shops/s{dice.randrange(1, 5)}/dashboard")
