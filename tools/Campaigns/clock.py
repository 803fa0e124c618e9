"""clock: the wall clock jumps by hours, while the server runs and between two starts.

recordedAt goes up whatever the clock does; `OccurredInFuture` is judged by it; a day is that of the
time claimed in the shop's zone, or of the clock's reading where none is claimed.
"""

import datetime
import json
import random
import shutil
import struct
import time
import zoneinfo

import client
from ledger import Server, whole

ZONES = ("Asia/Shanghai", "America/New_York", "UTC", "Pacific/Kiritimati", "Asia/Kathmandu")
MINUTE = 60_000_000
HOUR = 60 * MINUTE
# Later than recordedAt by more than this is the future.
TOLERANCE = 5 * MINUTE


def run(tools, tally, seed, jumps):
    tally.say(f"clock: seed {seed}, {jumps} jumps of the clock")
    dice = random.Random(seed)
    data = tools.scratch / "clock"
    life = Life(tools, data, dice)
    for number in range(jumps):
        restarts = dice.random() < 0.3
        by = dice.choice((-1, 1)) * dice.randrange(MINUTE, 30 * HOUR)
        if dice.random() < 0.1:
            by = -life.offset.value  # back to the true time
        with tally.trial(f"jump {number} by {by / HOUR:+.1f} h{', restarted' if restarts else ''}") as trial:
            if restarts:
                life.restart(trial, kills=dice.random() < 0.5)
            life.offset.add(by)
            life.check(trial, dice)
    with tally.trial("all of it, by the true clock") as trial:
        life.server.stop()
        whole(tools, trial, data, life.answers, life.commands)
    shutil.rmtree(data)


class Offset:
    """What the preloaded library adds to the clock, in microseconds."""

    def __init__(self, path):
        self.path = path
        self.set(0)

    def set(self, value):
        self.value = value
        with open(self.path, "r+b" if self.path.exists() else "wb") as file:
            file.write(struct.pack("<q", value))

    def add(self, value):
        self.set(self.value + value)

    def now(self):
        return time.time_ns() // 1000 + self.value


class Life:
    def __init__(self, tools, data, dice):
        self.tools = tools
        self.data = data
        self.offset = Offset(tools.scratch / "clock-offset")
        self.answers = client.Answers()
        self.commands = []
        self.last = 0
        self.shops = {}
        self.start()
        for zone in ZONES:
            receipt = self.send("OpenShop", {"shop": f"s{len(self.shops)}", "owner": "o", "name": "n",
                                             "currency": "CNY", "timeZone": zone})
            self.shops[f"s{len(self.shops)}"] = zone
            self.last = microseconds(receipt["recordedAt"])

    def start(self):
        self.server = Server(self.tools, self.data,
                             self.tools.shimmed(self.data, clock=self.offset.path))
        self.server.require_answers()

    def restart(self, trial, kills):
        if kills:
            self.server.kill()
        else:
            trial.expect(self.server.stop() == 0, "it did not stop in order")
        self.start()

    def send(self, kind, content, occurred=None):
        command = {"id": f"c{len(self.commands)}", "type": kind, "data": content}
        if occurred is not None:
            command["occurredAt"] = text(occurred)
        self.commands.append(json.dumps(command))
        return client.single(self.server.socket, self.commands[-1], self.answers)

    def check(self, trial, dice):
        """A few commands: without a time, at the edge of the future, and in the past."""
        for _ in range(4):
            shop, zone = dice.choice(sorted(self.shops.items()))
            content = {"visit": f"v{len(self.commands)}", "shop": shop, "visitor": "w",
                       "entry": {"mode": "stroll"}}
            # recordedAt of the next one: the clock, or just behind the last where the clock is behind.
            expected = max(self.last + 1, self.offset.now())
            claim = dice.choice((None, 30_000_000, -30_000_000, -48 * HOUR))
            occurred = claim if claim is None else (
                expected + claim if claim <= -48 * HOUR else expected + TOLERANCE + claim
            )
            receipt = self.send("RecordVisit", content, occurred)
            if claim is not None and claim > 0:
                trial.expect(receipt.get("rejection") == "OccurredInFuture",
                             f"{claim} past the future's edge: {receipt}")
                continue
            if not trial.expect(receipt["outcome"] == "accepted", f"{claim}: {receipt}"):
                continue
            recorded = microseconds(receipt["recordedAt"])
            trial.expect(recorded > self.last, f"{recorded} does not follow {self.last}")
            late = recorded - expected
            trial.expect(0 <= late < 20_000_000, f"recorded {late} µs from {expected}")
            self.last = recorded
            position = receipt["positions"][0]
            event = self.server.get(f"/v1/events/{position}")[1]
            moment = occurred
            if occurred is None:
                moment = microseconds(event["occurredAt"])
                trial.expect(abs(moment - self.offset.now()) < 20_000_000,
                             f"without a claim it occurred at {moment}")
            trial.expect(event["localDay"] == day(moment, zone),
                         f"event {position} of {moment} in {zone} is of {event['localDay']}")


def text(micros):
    moment = datetime.datetime.fromtimestamp(micros // 1_000_000, datetime.timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{micros % 1_000_000:06d}Z"


def microseconds(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    since = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return since // datetime.timedelta(microseconds=1)


def day(micros, zone):
    moment = datetime.datetime.fromtimestamp(micros // 1_000_000, zoneinfo.ZoneInfo(zone))
    return moment.date().isoformat()
