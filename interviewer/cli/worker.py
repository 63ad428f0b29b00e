"""The command that does jobs of the queue beside the servers of the page."""

import signal
import threading

from interviewer.cli.app import app

# What is under way when it is told to stop may still end; what does not is taken up by another process.
_GRACE_SECONDS = 10


@app.command()
def worker() -> None:
    """Grade for the servers of the page that share this PostgreSQL database, until stopped."""
    from interviewer import wiring
    from interviewer.errors import SettingsError
    from interviewer.settings import read_settings

    service = wiring.make_service(read_settings(), uses_queue=True)
    if not service.has_queue:
        raise SettingsError(
            "a worker needs a queue: an address of PostgreSQL in INTERVIEWER_DATABASE_URL that begins with"
            " postgresql+psycopg://, and pip install 'mock-interviewer[server]'"
        )
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    service.start_sweeping()
    service.start_working(_GRACE_SECONDS)
    print("working; Ctrl-C ends it", flush=True)
    stopped.wait()
    service.close()
