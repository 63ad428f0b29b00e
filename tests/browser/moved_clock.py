"""Runs a program whose clock is as many days ahead as a file says at the time: `moved_clock.py FILE PROGRAM ARGUMENT…`."""

import runpy
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

file, program = Path(sys.argv[1]), sys.argv[2]
sys.argv = sys.argv[2:]
clock = time_machine.travel(datetime.now(UTC), tick=True).start()


def follow() -> None:
    ahead = 0.0
    while True:
        days = float(file.read_text() or ahead)  # empty while it is written
        if days != ahead:
            clock.shift(timedelta(days=days - ahead))
            ahead = days
            print(f"{ahead:g} days ahead", flush=True)
        time.sleep(0.05)


threading.Thread(target=follow, daemon=True).start()
runpy.run_path(program, run_name="__main__")
