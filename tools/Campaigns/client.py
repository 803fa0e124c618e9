"""Speaks HTTP to a ledger over its unix socket, and keeps every answer that was read."""

import http.client
import json
import socket
import threading


class Connection(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


# What a connection says whose server dies, or never was there.
LOST = (OSError, http.client.HTTPException)


def ask(path, method, target, body=None, timeout=60):
    """One request on a connection of its own: the status and the body."""
    connection = Connection(path, timeout)
    try:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def submit(path, commands, answers=None, pause=None):
    """Sends commands as one stream; gives each receipt to `answers` as it is read.

    Whatever the server does meanwhile, returns the receipts that were read, without the summary.
    """
    receipts = []
    connection = Connection(path)

    def send():
        to = connection.sock
        try:
            for at in range(0, len(commands), 50):
                lines = ("\n".join(commands[at : at + 50]) + "\n").encode()
                to.sendall(b"%x\r\n%s\r\n" % (len(lines), lines))
                if pause is not None:
                    pause()
            to.sendall(b"0\r\n\r\n")
        except OSError:
            pass  # the reader sees it too

    try:
        connection.connect()
        connection.putrequest("POST", "/v1/commands")
        connection.putheader("Content-Type", "application/x-ndjson")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        answer = connection.getresponse()
        while True:
            line = answer.readline()
            if not line.endswith(b"\n"):
                break
            receipt = json.loads(line)
            if "summary" in receipt:
                break
            receipts.append(receipt)
            if answers is not None:
                answers.add([receipt])
    except LOST:
        pass
    finally:
        connection.close()
    return receipts


def single(path, command, answers=None, timeout=60):
    """Sends one command; its receipt, or None when no answer came."""
    try:
        status, body = ask(path, "POST", "/v1/commands", command.encode(), timeout)
    except LOST:
        return None
    answer = json.loads(body)
    identifier = json.loads(command)["id"]
    if status == 503:
        receipt = {"id": identifier, "outcome": "unavailable", "detail": answer.get("detail")}
    elif status == 422:
        receipt = {"id": identifier, "outcome": "rejected", "rejection": answer["rejection"]}
    elif status in (200, 201):
        receipt = answer
    else:
        receipt = {"id": identifier, "outcome": "strange", "detail": f"{status} {answer}"}
    if answers is not None:
        answers.add([receipt])
    return receipt


class Answers:
    """The first answer to each command's id, and every later one that differs from it."""

    def __init__(self):
        self.first = {}
        self.changed = []
        self.lock = threading.Lock()

    def add(self, receipts):
        with self.lock:
            for receipt in receipts:
                if receipt["outcome"] == "unavailable":
                    continue  # says nothing of what the command came to
                said = {key: value for key, value in receipt.items() if key != "repeated"}
                first = self.first.setdefault(receipt["id"], said)
                # A single command's refusal is told in fewer words than a stream's.
                if any(first[key] != said[key] for key in first.keys() & said.keys()):
                    self.changed.append(f"{first}, then {said}")

    def copy(self):
        with self.lock:
            copy = Answers()
            copy.first = dict(self.first)
            return copy

    def events(self):
        """Position to command id, of all accepted commands; an event twice is an error."""
        events = {}
        for identifier, answer in self.first.items():
            if answer.get("positions"):
                first, last = answer["positions"]
                for position in range(first, last + 1):
                    if position in events:
                        self.changed.append(f"event {position}: {identifier}, {events[position]}")
                    events[position] = identifier
        return events
