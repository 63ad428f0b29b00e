"""A table of faults: what must happen, what was seen, and whether an acknowledged answer was lost or graded twice.

    python tests/bench/faults.py                  # on SQLite
    python tests/bench/faults.py --postgres       # on a PostgreSQL server that is started for it (as root)
    python tests/bench/faults.py --kills 30 --only kill,locked

Every server is started as a user starts it, in a folder of its own, and ended by its process id. The rows `full` and
`silent` need root, as they mount a small disk and make a network; those of the job queue are there on PostgreSQL alone.

Where each kind of fault is tried, here (by the name of its row) or in a test:

- memory: `load.py --page-loads 10000`; tests/web/test_page_survival.py::test_the_server_keeps_nothing_of_a_page_that_was_opened
- a page that outlives its server, or meets another replica: `restart`; tests/browser/test_page.py::test_a_killed_server_loses_nothing,
  test_a_page_that_outlives_its_server_can_start_an_interview, test_a_half_typed_answer_survives_a_refresh_and_then_is_kept_nowhere
- the database away, slow or full: `stopped`, `silent`, `locked`, `read-only`, `full`, `cut`; a damaged page of it and half a
  character: tests/web/test_outage.py::test_a_damaged_page_of_one_visitor_takes_nothing_from_another, test_half_a_character_*
- first starts: `first`, `many`; tests/sessions/test_database.py::test_a_lost_version_number_is_found_again
- answers and lists that would take long: tests/grading/test_lexical.py::test_no_answer_takes_long, test_no_mixture_of_terms_takes_long;
  tests/banks/importing, tests/banks/test_loader.py::test_a_bomb_of_aliases_is_refused_at_once
- slow models: `slow`; tests/web/test_page_survival.py::test_a_server_that_never_answers_keeps_no_visitor_waiting
- proxies and foreign hosts: tests/web/test_server.py::test_a_page_that_is_reached_through_a_proxy_is_private_no_longer,
  test_a_page_that_is_asked_for_under_another_name_is_not_private, test_a_private_page_wants_to_know_where_a_change_comes_from
- ends: `kill`, `terminate`, `interrupt`; tests/cli/test_cli.py::test_ctrl_c_ends_at_once_and_keeps_what_was_being_typed
- turns a second: `load.py --before DIR`; tests/web/test_page_survival.py::test_an_event_lists_only_what_it_can_change
- replicas: `two`, `replica`; tests/sessions/test_effects.py::test_two_replicas_pay_for_a_grading_once;
  tests/web/test_replicas.py::test_a_page_whose_replica_died_goes_on_at_another_after_a_reload
- workers, and every part in each phase of a turn: `worker-*`, `page-*`, `queue-*`; `fleet.py`; tests/sessions/test_job_queue.py::test_the_job_of_a_killed_worker_is_done_by_another,
  test_a_model_is_asked_again_where_that_may_help_and_not_for_ever, test_a_job_that_was_lost_is_put_in_again
- clocks, banks, ports, keys: `clock`, `bank`; tests/web/test_serving.py::test_a_taken_port_is_said_in_one_line,
  test_a_lost_signing_key_is_said_and_no_interview_is_lost
- versions of the database, many banks, a long history, another secret: `newer`, `older`, `banks`, `history`, `secret`
- broken banks: tests/banks/test_loader.py::test_a_broken_bank_is_parsed_once_until_it_changes
- the operator's key: tests/sessions/test_grader_registry.py::test_a_stranger_spends_the_operators_key_on_the_operators_model_alone,
  test_no_key_stays_when_its_choice_has_gone
- half-sent requests and uploads: tests/web/test_body_receiver.py; tests/web/test_uploads.py
- refused events in the log: tests/web/test_outage.py::test_an_event_that_makes_no_sense_is_one_line_in_the_log_and_none_of_its_content
- control characters and formulas: tests/presentation/test_plain_text.py::test_no_transcript_commands_a_terminal;
  tests/presentation/test_grade_export.py::test_no_cell_of_csv_is_a_formula
- settings: tests/cli/test_cli.py::test_a_broken_setting_is_one_line, test_an_env_file_that_is_not_utf_8_is_one_line;
  tests/sessions/test_database.py::test_an_address_that_cannot_be_used_is_told_in_words_without_its_password;
  tests/sessions/test_store.py::test_the_file_of_the_database_is_its_owners_alone
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(TESTS / "llm")]

from fault_places import Place, Postgres  # noqa: E402
from fault_rows import database_faults, process_ends, queue_faults, surroundings  # noqa: E402
from fault_rows.observed import Seen  # noqa: E402

Fault = Callable[[Place, Seen, int], Any]
FAULTS: dict[str, tuple[str, str, Fault]] = {
    "kill": ("kill -9 under load", "nothing acknowledged is lost; all is graded once", process_ends.kill),
    "terminate": ("SIGTERM while a model grades", "ends at once; graded at the next start", process_ends.terminate),
    "interrupt": ("Ctrl-C while a model grades", "ends at once; graded at the next start", process_ends.interrupt),
    "restart": ("restart with the page open", "its Start and Send go on", process_ends.restart),
    "locked": ("database locked for 5 s", "Send waits and is taken", database_faults.locked),
    "stopped": ("database server stopped", "text kept, said, goes on by itself", database_faults.stopped),
    "silent": ("database host swallows packets", "said in seconds; text kept; goes on", database_faults.silent),
    "cut": (
        "a proxy cuts requests after 4 s",
        "what was cut is recorded, or sent again; once",
        database_faults.cut_requests,
    ),
    "read-only": ("database read-only", "said; text kept", database_faults.read_only),
    "full": ("disk full", "said; text kept; taken when there is room", database_faults.full),
    "clock": ("clock set back by an hour", "times of events never go back", database_faults.clock),
    "bank": ("bank file deleted in mid-interview", "the interview goes on", surroundings.no_bank),
    "slow": ("model of 30 s for 9 visitors", "a visitor without a model waits for none of it", surroundings.slow),
    "two": ("two processes, one answer to grade", "the model is called once", process_ends.two),
    "replica": (
        "replica killed while it grades",
        "the other one finishes, nobody opening the page",
        process_ends.replica,
    ),
    "first": ("first start killed between tables", "the next start works", process_ends.first_start),
    "many": ("8 starts at once on an empty database", "all come up", process_ends.many),
    "newer": ("database of a newer version", "refused in one line; nothing changed", database_faults.newer),
    "older": ("database of version 1", "brought up to date; all interviews there", database_faults.older),
    "banks": ("5,000 banks", "up in seconds; all can be played", surroundings.many_banks),
    "history": ("an owner with 10,000 interviews", "the page is as quick as anybody's", surroundings.long_history),
    "secret": ("another secret", "said; a link brings the interviews back", surroundings.another_secret),
}

_PHASES = {
    "commit": ("before the answer is committed", queue_faults.before_the_commit),
    "fetch": ("after that, before its job is fetched", queue_faults.before_the_fetch),
    "model": ("while the model is asked", queue_faults.while_asked),
    "record": ("after the grade, before its commit", queue_faults.before_the_record),
}
_ONCE = "answer kept, graded once"
QUEUE_FAULTS: dict[str, tuple[str, str, Fault]] = {
    **{
        f"{who}-{phase}": (f"{who} killed {when}", _ONCE, partial(fault, has_worker=who == "worker"))
        for who in ("worker", "page")
        for phase, (when, fault) in _PHASES.items()
    },
    "worker-term": (
        "SIGTERM to a worker while it grades",
        "gives it 10 s, then ends; another one finishes",
        queue_faults.worker_terminated,
    ),
    "queue-restart": (
        "database restarted while a worker grades",
        "graded once when it is back",
        queue_faults.restarted,
    ),
    "queue-cut": (
        "database port cut for a minute",
        "said, text kept; goes on by itself, graded once",
        queue_faults.cut_off,
    ),
    "queue-frozen": (
        "database frozen for a minute",
        "Send waits or is refused; goes on by itself, graded once",
        queue_faults.frozen,
    ),
    "queue-read-only": (
        "database read-only while a worker grades",
        "graded once when it is writable",
        queue_faults.read_only_while_asked,
    ),
    "queue-full": ("disk full while a worker grades", "graded once when there is room", queue_faults.full_while_asked),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--only", help="names of rows, with commas between them")
    given = parser.parse_args()
    faults = FAULTS | QUEUE_FAULTS if given.postgres else FAULTS
    postgres = Postgres() if given.postgres else None
    print(
        f"on {'PostgreSQL' if postgres else 'SQLite'}\n\n| fault | what must happen | what was seen | lost | double |"
    )
    print("|---|---|---|--:|--:|", flush=True)
    has_failed = False
    try:
        for name in given.only.split(",") if given.only else faults:
            title, must, fault = faults[name]
            with tempfile.TemporaryDirectory(prefix="faults-") as folder:
                place = Place(Path(folder) / "data", postgres.new() if postgres else "", postgres)
                place.folder.mkdir()
                seen = Seen(must)
                try:
                    asyncio.run(fault(place, seen, given.kills))
                    if not seen.is_counted:
                        seen.count(place)
                except Exception as error:  # noqa: BLE001 - the other rows are worth having
                    seen.note(f"{type(error).__name__}: {error}"[:200], good=False)
                    seen.lost = seen.double = -1
            has_failed |= seen.has_failed
            print(f"| {title} | {seen.must} | {seen.was} | {seen.lost} | {seen.double} |", flush=True)
    finally:
        if postgres:
            postgres.close()
    sys.exit(has_failed)


if __name__ == "__main__":
    main()
