"""What a campaign tried and what it found."""

import contextlib
import sys
import time
import traceback


class Wrong(Exception):
    """Something promised does not hold."""


class Trial:
    """One thing tried; it has passed when nothing was found wrong."""

    def __init__(self, name):
        self.name = name
        self.wrong = []
        self.note = ""
        self.is_void = False

    def discard(self):
        """It turned out that nothing was tried."""
        self.is_void = True

    def expect(self, holds, what):
        """Notes what is wrong, and goes on."""
        if not holds:
            self.wrong.append(str(what))
        return bool(holds)

    def require(self, holds, what):
        """As `expect`, for what the rest of the trial needs."""
        if not holds:
            raise Wrong(what)


class Tally:
    def __init__(self, verbose):
        self.verbose = verbose
        self.passed = 0
        self.failed = 0
        self.begin = time.monotonic()

    def say(self, line):
        print(line, flush=True)

    @contextlib.contextmanager
    def trial(self, name):
        trial = Trial(name)
        try:
            yield trial
        except Wrong as wrong:
            trial.wrong.append(str(wrong))
        except Exception:  # a trial that could not be made is no success
            trial.wrong.append(traceback.format_exc())
        if trial.is_void:
            return
        if trial.wrong:
            self.failed += 1
            self.say(f"FAILED  {name}: " + "; ".join(trial.wrong)[:2000])
        else:
            self.passed += 1
            if self.verbose:
                self.say(f"passed  {name}" + (f": {trial.note}" if trial.note else ""))

    def end(self):
        """The last line; answers the exit status."""
        seconds = time.monotonic() - self.begin
        self.say(f"{seconds:.0f} s")
        self.say(f"{self.passed} passed, {self.failed} failed")
        sys.stdout.flush()
        return 1 if self.failed else 0
