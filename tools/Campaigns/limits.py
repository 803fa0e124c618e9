"""limits: no room on the disk, in the map, in the tables of descriptors and readers, in memory.

While something is short, what cannot be done is refused with the cure, and reading goes on; when there
is enough again the same server goes on, and nothing is lost.
"""

import contextlib
import pathlib
import random
import resource
import shutil
import subprocess
import time

import client
from ledger import PATIENCE, Server, whole

QUESTIONS = ("/v1/status", "/v1/shops/s1", "/v1/shops/s1/dashboard", "/v1/events?limit=10")


def run(tools, tally, seed, rounds):
    tally.say(f"limits: seed {seed}, {rounds} rounds of every limit")
    dice = random.Random(seed)
    for number in range(rounds):
        commands = tools.commands(dice.getrandbits(32), 6_000)
        for limit in (size_of_files, full_disk, descriptors, readers, address_space, memory):
            data = tools.scratch / f"limits-{number}"
            with tally.trial(f"round {number}, {limit.__name__.replace('_', ' ')}") as trial:
                limit(tools, trial, dice, data, commands)
            shutil.rmtree(data, ignore_errors=True)


class Life:
    """A server with some commands in, and all that it answered."""

    def __init__(self, tools, trial, data, commands, **settings):
        self.trial = trial
        self.commands = commands
        self.answers = client.Answers()
        self.server = Server(tools, data, **settings)
        self.server.require_answers()
        self.submit(commands[:1_000])

    def submit(self, commands):
        """The commands that were not taken, with the reason."""
        receipts = client.submit(self.server.socket, commands, self.answers)
        self.trial.expect(len(receipts) == len(commands), f"{len(receipts)} of {len(commands)} receipts")
        return [receipt for receipt in receipts if receipt["outcome"] == "unavailable"]

    def expect_refused(self, refused, *words):
        self.trial.require(refused, "nothing was refused: the limit was not met")
        for word in words:
            self.trial.expect(word in refused[-1]["detail"], f"no word of {word}: {refused[-1]}")

    def expect_reading(self):
        for path in QUESTIONS:
            begin = time.monotonic()
            status, body = self.server.get(path)
            took = time.monotonic() - begin
            self.trial.expect(status == 200 and took < 5, f"{path}: {status} in {took:.1f} s {body}")

    def expect_recovery(self):
        """The same server takes everything, and its views come along."""
        end = time.monotonic() + PATIENCE
        while refused := self.submit(self.commands):
            self.trial.require(time.monotonic() < end, f"still refused: {refused[-1]}")
            time.sleep(0.1)
        head = self.server.status()["position"]
        self.server.await_views(
            self.trial, lambda view: view["state"] == "live" and view["position"] == head
        )


def finish(tools, life):
    status = life.server.stop()
    life.trial.expect(status == 0, f"it ended with {status}: {life.server.errors()[-500:]}")
    whole(tools, life.trial, life.server.data, life.answers, life.commands)


def limit(server, kind, soft):
    _, hard = resource.prlimit(server.process.pid, kind)
    resource.prlimit(server.process.pid, kind, (soft, hard))


def size_of_files(tools, trial, dice, data, commands):
    life = Life(tools, trial, data, commands)
    limit(life.server, resource.RLIMIT_FSIZE, (data / "log/data.mdb").stat().st_size + dice.randrange(65_536))
    life.expect_refused(life.submit(commands), "make room")
    life.expect_reading()
    limit(life.server, resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)
    life.expect_recovery()
    finish(tools, life)


@contextlib.contextmanager
def small_disk(path):
    path.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", path], check=False)
    try:
        yield made.returncode == 0
    finally:
        if made.returncode == 0:
            subprocess.run(["umount", "-l", path], check=False)


def full_disk(tools, trial, dice, data, commands):
    with small_disk(data) as is_mounted:
        if not is_mounted:
            trial.discard()  # only root may mount
            return
        life = Life(tools, trial, data / "data", commands)
        with open(data / "ballast", "wb") as ballast, contextlib.suppress(OSError):
            room = dice.randrange(200_000)
            free = shutil.disk_usage(data).free
            ballast.write(bytes(max(0, free - room)))
        life.expect_refused(life.submit(commands), "make room")
        life.expect_reading()
        (data / "ballast").unlink()
        life.expect_recovery()
        finish(tools, life)


def descriptors(tools, trial, dice, data, commands):
    few = subprocess.run(
        ["prlimit", f"--nofile={dice.randrange(4, 40)}:", tools.program, "serve", "--data", data],
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )
    if trial.expect(few.returncode > 0, f"with few descriptors the start ended with {few.returncode}"):
        trial.expect("ulimit -n" in few.stderr or "pen files" in few.stderr, few.stderr[-500:])
    life = Life(tools, trial, data, commands)
    used = len(list(pathlib.Path(f"/proc/{life.server.process.pid}/fd").iterdir()))
    limit(life.server, resource.RLIMIT_NOFILE, used + 2)
    held = [client.Connection(life.server.socket, timeout=2) for _ in range(12)]
    for connection in held:
        with contextlib.suppress(*client.LOST):
            connection.request("GET", "/healthz")
    time.sleep(0.5)
    trial.expect(life.server.is_running, "it ended when there were no descriptors left")
    limit(life.server, resource.RLIMIT_NOFILE, 1_024)
    for connection in held:
        connection.close()
    trial.require(life.server.answers(), "it did not come back")
    life.expect_recovery()
    life.expect_reading()
    finish(tools, life)


def readers(tools, trial, dice, data, commands):
    holder = tools.compile("readers.c", "-llmdb")
    life = Life(tools, trial, data, commands)
    with subprocess.Popen([holder, data / "log"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as held:
        taken = int(held.stdout.readline())
        trial.expect(taken > 400, f"only {taken} slots could be taken")
        refused = life.submit(commands[1_000:])
        status, body = life.server.get("/v1/events?limit=1")
        trial.expect(status in (200, 503), f"without a slot: {status} {body}")
        if refused:
            life.expect_refused(refused, "reader")
        held.stdin.close()
    life.expect_recovery()
    life.expect_reading()
    finish(tools, life)


def address_space(tools, trial, dice, data, commands):
    """Below the map it is refused at the start, with both numbers."""
    kibibytes = dice.randrange(64 << 20, 900 << 20)  # 64 to 900 GiB, under a map of 1024
    done = subprocess.run(
        ["prlimit", f"--as={kibibytes << 10}:", tools.program, "serve", "--data", data],
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )
    trial.expect(done.returncode == 1, f"it ended with {done.returncode}")
    for word in (str(kibibytes << 10), str(1 << 40), "ulimit -v", "mapGibibytes"):
        trial.expect(word in done.stderr, f"no word of {word}: {done.stderr[-500:]}")


def memory(tools, trial, dice, data, commands):
    """Memory runs out under load: it may die, and nothing is lost."""
    life = Life(tools, trial, data, commands)
    size = next(
        int(line.split()[1]) << 10
        for line in pathlib.Path(f"/proc/{life.server.process.pid}/status").read_text().splitlines()
        if line.startswith("VmSize")
    )
    limit(life.server, resource.RLIMIT_AS, size + dice.randrange(1 << 20, 24 << 20))
    for _ in range(3):
        client.submit(life.server.socket, commands, life.answers)
    trial.note = "it lived" if life.server.is_running else f"it ended with {life.server.ended()}"
    life.server.kill()
    whole(tools, trial, data, life.answers, commands)
