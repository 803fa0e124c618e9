"""The real program: its server, its command line, and what must hold of its directory."""

import json
import os
import pathlib
import signal
import subprocess
import time

import client
import merkle
from tally import Wrong

VIEWS = ("dashboard", "agency", "modes", "people", "index")
# Whatever takes longer hangs.
PATIENCE = 60
# The tag of a record's field 6, of bytes with a length, as events.proto says.
COMMAND_ID = bytes([6 << 3 | 2])


class Tools:
    """What a campaign works with: the program, the preloaded library, a directory for trials."""

    def __init__(self, program, scratch):
        self.program = program
        self.scratch = pathlib.Path(scratch)

    def compile(self, source, *libraries, shared=False):
        """Compiles a C file from beside this one, once; the path of what was made."""
        made = self.scratch / source.replace(".c", ".so" if shared else "")
        if not made.exists():
            kind = ["-shared", "-fPIC"] if shared else []
            path = pathlib.Path(__file__).parent / source
            subprocess.run(["cc", "-O2", "-Wall", *kind, "-o", made, path, *libraries], check=True)
        return str(made)

    def run(self, *arguments, env=None, timeout=PATIENCE):
        try:
            return subprocess.run(
                [self.program, *map(str, arguments)],
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=timeout,
                env=environment(env),
                cwd=self.scratch,  # where no configuration lies
            )
        except subprocess.TimeoutExpired:
            raise Wrong(f"{' '.join(map(str, arguments))} hangs") from None

    def commands(self, seed, count):
        """Sample commands, a line each."""
        done = self.run("generate", "--seed", seed, "--commands", count)
        return done.stdout.splitlines()

    def shimmed(self, data, **settings):
        """The environment in which the shim does what it is told, such as fail="fsync:3:EIO"."""
        shim = self.compile("shim.c", "-ldl", shared=True)
        made = {"LD_PRELOAD": shim, "TORTURE_DIR": os.path.realpath(data)}
        for name, value in settings.items():
            made["TORTURE_" + name.upper()] = str(value)
        return made


def environment(more):
    # A trap would otherwise stay for long, writing how it came about.
    return {**os.environ, "SWIFT_BACKTRACE": "enable=no", **(more or {})}


class Server:
    def __init__(self, tools, data, env=None, under=(), arguments=()):
        self.data = pathlib.Path(data)
        self.socket = str(self.data / "shopledger.sock")
        self.log = open(f"{data}.err", "w+b")
        self.log_start = self.log.seek(0, os.SEEK_END)
        self.process = subprocess.Popen(
            [*under, tools.program, "serve", "--data", str(data), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            env=environment(env),
            cwd=tools.scratch,  # where no configuration lies
        )

    def errors(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(errors="replace")

    @property
    def is_running(self):
        return self.process.poll() is None

    def answers(self):
        """Waits until it answers or has ended; whether it answers."""
        end = time.monotonic() + PATIENCE
        while self.is_running:
            try:
                client.ask(self.socket, "GET", "/healthz")
                return True
            except client.LOST:
                if time.monotonic() > end:
                    self.kill()
                    raise Wrong("the server neither answers nor ends") from None
                time.sleep(0.005)
        return False

    def require_answers(self):
        if not self.answers():
            raise Wrong(f"the server did not start ({self.ended()}): {self.errors()[-1500:]}")

    def get(self, path):
        status, body = client.ask(self.socket, "GET", path)
        return status, json.loads(body)

    def status(self):
        status, body = self.get("/v1/status")
        if status != 200:
            raise Wrong(f"/v1/status: {status} {body}")
        return body

    def root(self):
        """Position and root of one moment."""
        while True:
            before, after = self.status(), self.status()
            if before["position"] == after["position"]:
                return before["position"], before["log"]["rootHash"]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, number=signal.SIGTERM):
        """Stops it as a supervisor does; how it ended."""
        if self.is_running:
            self.process.send_signal(number)
        return self.ended()

    def ended(self):
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Wrong("the server does not stop") from None

    # What must hold

    def resend(self, trial, answers, commands):
        """Every command sent again has the answer that it had, and none is there twice."""
        for receipts in (client.submit(self.socket, commands), client.submit(self.socket, commands)):
            trial.expect(len(receipts) == len(commands), f"{len(receipts)} receipts")
            answers.add(receipts)
        strange = [r for r in receipts if not r.get("repeated")]
        trial.expect(not strange, f"sent again, not repeated: {strange[:2]}")
        events = answers.events()
        trial.expect(not answers.changed, f"answers changed: {answers.changed[:2]}")
        head = self.status()["position"]
        trial.expect(
            sorted(events) == list(range(1, head + 1)),
            f"of {head} events {len(events)} were acknowledged",
        )

    def refold(self, trial):
        """Every view, folded anew, has the rows that it had."""
        self.await_views(trial, lambda view: view["state"] == "live")
        for view in VIEWS:
            status, body = client.ask(self.socket, "POST", f"/v1/views/{view}/rebuild")
            trial.require(status == 202, f"rebuild of {view}: {status} {body}")
        views = self.await_views(
            trial, lambda view: "lastRebuild" in view and "rebuild" not in view
        )
        for view in views:
            last = view["lastRebuild"]
            trial.expect(
                last.get("differences") == 0 and view["state"] in ("live", "rebuilding"),
                f"{view['view']}: {last} {view.get('detail', '')}",
            )

    def await_views(self, trial, holds):
        """The views, once something holds of each."""
        end = time.monotonic() + PATIENCE
        while True:
            views = self.get("/v1/views")[1]["views"]
            if all(holds(view) for view in views):
                return views
            trial.require(time.monotonic() < end, f"the views stay so: {views}")
            time.sleep(0.01)


def whole(tools, trial, data, answers, commands, seen=()):
    """All that must hold of a directory after whatever was done to it.

    The server starts; each acknowledged command is there once, with its answer, under its own id;
    the views are what a fresh fold makes; the roots that were seen are those of the records, computed
    apart; `verify` finds nothing.
    """
    server = Server(tools, data)
    try:
        server.require_answers()
        server.resend(trial, answers, commands)
        server.refold(trial)
        seen = {*seen, server.root()}
        status = server.stop()
        trial.expect(status == 0, f"the server ended with {status}: {server.errors()[-500:]}")
    finally:
        server.kill()
    check_log(trial, data, answers, seen)
    verified = tools.run("verify", "--data", data)
    trial.expect(verified.returncode == 0, f"verify: {verified.stdout[-800:]}{verified.stderr}")


def check_log(trial, data, answers, seen):
    """The log as LMDB's own tool prints it, held against what was acknowledged and the roots."""
    records = merkle.records(str(pathlib.Path(data) / "log"))
    roots = merkle.Roots(records)
    for size, root in sorted(seen):
        trial.expect(
            size < len(roots.hexadecimal) and roots.hexadecimal[size] == root,
            f"the root seen at {size} is not that of the records",
        )
    for position, identifier in answers.events().items():
        at = position - 1
        found = at < len(records) and COMMAND_ID + _text(identifier) in records[at]
        if not trial.expect(found, f"event {position} is not of the command {identifier}"):
            break


def _text(identifier):
    return bytes([len(identifier)]) + identifier.encode()
