"""Commands for whoever runs the program for others: who is there, what they use, and what is kept of them."""

from typing import Annotated

import typer

from interviewer.cli.app import YES, app, confirm, fail, open_store, read_settings
from interviewer.cli.house_keeping import forget

admin = typer.Typer(
    help="Look after the people of a server: who they are, what they use, what is kept.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(admin, name="admin")

_OWNER = Annotated[str, typer.Argument(help="Whose; `interviewer admin list` lists the owners.")]

admin.command("delete")(forget)


@admin.command("list")
def list_people() -> None:
    """List everybody: account and role, when they last played, how many interviews there are, and the tokens they cost."""
    from interviewer.presentation.plain_text import printable
    from interviewer.sessions.accounts import Accounts
    from interviewer.sessions.interview_lists import list_owners
    from interviewer.sessions.token_usage import spent_by_owner

    store = open_store()
    spent, played = spent_by_owner(store.database), {one.owner: one for one in list_owners(store.database)}
    accounts = {one.owner: one for one in Accounts(store.database).all()}
    for owner in [*played, *(one for one in accounts if one not in played)]:
        line = [owner]
        if account := accounts.get(owner):
            line.append(printable(f"{account.name} <{account.email}> {account.role}"))
        if one := played.get(owner):
            line.append(f"last played {one.changed_at}  {one.interviews} interviews  {spent.get(owner, 0):,} tokens")
        print("  ".join(line))


@admin.command()
def role(
    owner: _OWNER,
    role: Annotated[str, typer.Argument(help="candidate, coach or admin, whatever the provider says from now on.")],
) -> None:
    """Give an account a role."""
    from interviewer.sessions.accounts import Accounts, Role

    if role not in tuple(Role):
        raise typer.BadParameter(f"role is {', '.join(Role)}, not {role!r}")
    if not Accounts(open_store().database).set_role(owner, Role(role)):
        fail(f"{owner} has no account: a role is for somebody who signed in (`interviewer admin list` lists them)")
    print(f"{owner} is {role} now")


@admin.command()
def sign_out(owner: _OWNER) -> None:
    """End all sessions of an account, in every browser: for who was removed, or lost a role, at the provider."""
    from interviewer.sessions.accounts import Accounts

    if not Accounts(open_store().database).end_sessions(owner):
        fail(f"{owner} has no account, so no session to end (`interviewer admin list` lists them)")
    print(f"{owner} is signed out everywhere; a proxy that signs people in may sign {owner} in again")


@admin.command()
def hand_over(
    classroom: Annotated[str, typer.Argument(help="Id of the class; `interviewer admin budget` lists them.")],
    owner: Annotated[str, typer.Argument(help="Who has it from now on: the account of a coach or an admin.")],
) -> None:
    """Give a class to another coach: members, assignments, notes, budget and its own banks go along."""
    from interviewer.sessions.classes import find_class, hand_over_class

    store = open_store()
    if (found := find_class(store, classroom)) is None:
        fail(f"there is no class {classroom} (`interviewer admin budget` lists them)")
    hand_over_class(store, found, owner)
    print(f"class {classroom} is {owner}'s now")


@admin.command()
def budget(
    classroom: Annotated[
        str, typer.Option("--class", help="Set the budget of this class; `interviewer admin budget` lists them.")
    ] = "",
    tokens: Annotated[
        int | None, typer.Option(min=0, max=2_000_000_000, help="How many it may use in 24 hours; 0 for any number.")
    ] = None,
) -> None:
    """Tell how many tokens gradings cost in the last 24 hours, and how many they may: of each person, of each class.

    With --class and --tokens, set how many those of a class's assignments may cost, of all its members together.
    """
    from datetime import UTC, datetime

    from interviewer.presentation.plain_text import printable
    from interviewer.sessions.classes import list_classes, set_class_budget
    from interviewer.sessions.grading_batches import spent_by_batches
    from interviewer.sessions.timestamps import as_stored
    from interviewer.sessions.token_usage import spent_by_owner, spent_since
    from interviewer.sessions.usage_limits import BUDGET_PERIOD

    if bool(classroom) is not (tokens is not None):
        raise typer.BadParameter("--class and --tokens go together")
    daily = read_settings().daily_tokens
    store, since = open_store(), datetime.now(UTC) - BUDGET_PERIOD
    if tokens is not None and not set_class_budget(store, classroom, tokens):
        fail(f"there is no class {classroom} (`interviewer admin budget` lists them)")
    spent = spent_by_owner(store.database, since)
    most = f" of {daily:,}" if daily else ""
    for owner, used in sorted(spent.items(), key=lambda one: -one[1]):
        print(f"{owner}  {used:,}{most} tokens")
    for one in list_classes(store, None):
        used = sum(spending.tokens for spending in spent_since(store.database, since, classroom=one.id))
        most = f" of {one.daily_tokens:,}" if one.daily_tokens else ""
        print(f"class {one.id}  {printable(one.name)}  {used:,}{most} tokens")
    if used := spent_by_batches(store.database, as_stored(since)):
        print(f"batches of answers  {used:,} tokens")


@admin.command()
def purge(
    older_than: Annotated[int, typer.Option("--older-than", min=1, help="Days since anything was recorded in them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be deleted.")] = False,
    yes: YES = False,
) -> None:
    """Delete for good the interviews, and the batches of answers, that nobody has touched for so many days."""
    from datetime import timedelta

    from interviewer.sessions.grading_batches import count_untouched, remove_untouched
    from interviewer.sessions.retention import find_untouched, purge
    from interviewer.sessions.timestamps import stored_now

    store = open_store()
    found = find_untouched(store, older_than)
    before = stored_now(timedelta(days=older_than))
    batches = count_untouched(store.database, before)
    people = len({owner for _, owner in found})
    and_batches = f" and {batches} batches of answers" if batches else ""
    print(f"{len(found)} interviews of {people} people{and_batches} were not touched for {older_than} days")
    if dry_run or not (found or batches):
        return
    confirm(f"Delete these {len(found)} interviews{and_batches} for good?", yes=yes)
    count = purge(store, older_than, read_settings().data_folder)
    removed = remove_untouched(store.database, before)
    store.database.compact()
    and_batches = f" and {removed} batches of answers" if removed else ""
    print(f"{count} interviews{and_batches} were deleted; backups are not touched")
