"""Campaigns against the real program: what is promised has to hold whatever happens to it."""

import argparse
import os
import sys
import tempfile

import calls
import clock
import damage
import kill
import limits
import power
from ledger import Tools
from tally import Tally

# By name: what runs it, and how much of it is tried by default, in long and in short.
CAMPAIGNS = {
    "kill": (kill.run, 100, 5),
    "calls": (calls.run, 0, 12),
    "power": (power.run, 1_000, 20),
    "limits": (limits.run, 10, 1),
    "damage": (damage.run, 400, 12),
    "clock": (clock.run, 200, 10),
}


def main():
    parser = argparse.ArgumentParser(
        prog="tools/torture",
        description="Does to a ledger what the world does to it, and checks what is promised. The last "
        "line counts the trials; exit status 1 when one failed.",
    )
    parser.add_argument("campaign", choices=[*CAMPAIGNS, "all"])
    parser.add_argument("--seed", type=int, default=1, help="of every random choice; default 1")
    parser.add_argument("--trials", type=int, help="how many; default: minutes' worth, of calls every one")
    parser.add_argument("--short", action="store_true", help="some seconds of each, as tools/test does")
    parser.add_argument("--verbose", action="store_true", help="a line for each trial that passed too")
    parser.add_argument("--program", default=".build/release/shopledger", help="what is tortured")
    arguments = parser.parse_args()
    tally = Tally(arguments.verbose)
    names = list(CAMPAIGNS) if arguments.campaign == "all" else [arguments.campaign]
    with tempfile.TemporaryDirectory(prefix="torture-") as scratch:
        tools = Tools(os.path.abspath(arguments.program), scratch)
        for name in names:
            run, long, short = CAMPAIGNS[name]
            trials = arguments.trials or (short if arguments.short else long)
            with tally.trial(f"the campaign {name} itself") as campaign:
                run(tools, tally, arguments.seed, trials)
                campaign.discard()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
