"""Runs a program whose clock is so many days ahead, and goes on from there: `moved_clock.py DAYS PROGRAM ARGUMENT…`."""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine

days, program = float(sys.argv[1]), sys.argv[2]
sys.argv = sys.argv[2:]
time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True).start()
runpy.run_path(program, run_name="__main__")
