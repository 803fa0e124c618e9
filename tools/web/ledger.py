"""A ledger of generated commands, served on a port of this machine for as long as it is needed."""

import json
import os
import re
import socket
import subprocess
import tempfile
import time
from http.client import HTTPConnection


class UnixConnection(HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self.path)


class Ledger:
    def __init__(self, program, commands):
        self.program = program
        self.directory = tempfile.TemporaryDirectory(prefix="shopledger-web-")
        self.socket = self.directory.name + "/data/shopledger.sock"
        data = self.directory.name + "/data"
        self.errors = open(self.directory.name + "/errors", "w+")
        self.server = subprocess.Popen(
            [program, "serve", "--data", data], stderr=self.errors,
            env=os.environ | {"SHOPLEDGER_TCP_LISTEN": "127.0.0.1:0"},
        )
        self._await("/readyz")
        generated = subprocess.Popen(
            [program, "generate", "--seed", "1", "--commands", str(commands)], stdout=subprocess.PIPE
        )
        subprocess.run(
            [program, "submit", "--socket", self.socket], stdin=generated.stdout,
            stdout=subprocess.DEVNULL, check=False,
        )
        generated.wait()
        head = self.get("/v1/status")["position"]
        for view in ("shops", "brands", "shopping-modes"):
            self.get(f"/v1/{view}?after={head}&wait=120")
        with open(self.errors.name) as errors:
            self.base = re.search(r"http://127\.0\.0\.1:\d+", errors.read()).group()
        self.token = subprocess.run(
            [program, "token", "add", "browser", "--role", "read,operate", "--data", data],
            capture_output=True, text=True, check=True,
        ).stdout.split()[0]

    def close(self):
        self.server.terminate()
        self.server.wait()
        self.directory.cleanup()

    # Questions

    def ask(self, method, path, body=None, headers={}):
        connection = UnixConnection(self.socket)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def get(self, path):
        status, text = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {text}")
        return json.loads(text)

    def command(self, id, type, **data):
        body = json.dumps({"id": id, "type": type, "data": data})
        status, text = self.ask(
            "POST", "/v1/commands", body, {"Content-Type": "application/json"}
        )
        if status != 201:
            raise RuntimeError(f"{type}: {status} {text}")
        return json.loads(text)["positions"][0]

    def _await(self, path):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if self.ask("GET", path)[0] == 200:
                    return
            except OSError:
                pass
            if self.server.poll() is not None:
                break
            time.sleep(0.05)
        self.errors.seek(0)
        raise RuntimeError("the server did not start: " + self.errors.read())
