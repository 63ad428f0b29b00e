"""The command that does jobs of the queue beside the servers of the page."""

import signal
import threading

from interviewer.cli.app import app, read_settings

# What is under way when it is told to stop may still end; what does not is taken up by another process.
GRACE_SECONDS = 10


@app.command()
def worker() -> None:
    """Grade for the servers of the page that share this PostgreSQL database, until stopped."""
    from interviewer import wiring
    from interviewer.sessions.accounts import Accounts
    from interviewer.sessions.job_queue import JobQueue
    from interviewer.sessions.permissions import Access

    settings = read_settings()
    metrics = wiring.make_metrics(settings)
    graders = wiring.make_grader_registry(settings, metrics)
    service = wiring.make_service(settings, graders, is_served=True, metrics=metrics)
    JobQueue.required(service.store.database)
    access = Access(service.store, Accounts(service.store.database)) if settings.has_accounts else None
    wiring.add_compilations(service, settings, graders, wiring.make_library(settings, access, service.store))
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    if metrics:
        metrics.serve(service.store.database)
    service.start_sweeping()
    service.start_working(GRACE_SECONDS)
    print("working; Ctrl-C ends it", flush=True)
    stopped.wait()
    service.close()
