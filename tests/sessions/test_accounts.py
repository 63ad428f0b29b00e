"""Accounts: who signed in, their roles, and the ends of their sessions."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from interviewer.domain.language import Language
from interviewer.errors import NotAllowed
from interviewer.sessions import LOCAL_OWNER
from interviewer.sessions.accounts import Account, Accounts, Identity, Role, require
from interviewer.sessions.store import Store

ADA = Identity("https://login.example", "ada", "Ada", "ada@example.org")


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return Accounts(store.database)


def test_a_first_sign_in_makes_an_account_of_the_browsers_owner_and_the_next_finds_it(accounts: Accounts) -> None:
    first = accounts.sign_in(ADA, "browser")
    assert (first.owner, first.name, first.email, first.role) == ("browser", "Ada", "ada@example.org", Role.CANDIDATE)
    assert accounts.sign_in(ADA) == first
    assert accounts.of("browser") == first == accounts.known(ADA.issuer, ADA.subject)
    assert accounts.of("somebody else") is None
    assert accounts.known("https://other.example", "ada") is None


def test_who_signs_in_with_a_browser_of_another_person_gets_nothing_of_theirs(accounts: Accounts) -> None:
    ada = accounts.sign_in(ADA, "browser")
    bob = accounts.sign_in(Identity(ADA.issuer, "bob", "Bob"), "browser")
    assert bob.owner != ada.owner
    assert accounts.of("browser") == ada
    assert [one.name for one in accounts.all()] == ["Ada", "Bob"]


def test_what_was_played_in_the_terminal_becomes_nobodys(accounts: Accounts) -> None:
    assert accounts.sign_in(ADA, LOCAL_OWNER).owner != LOCAL_OWNER


def test_the_role_follows_the_provider_until_an_admin_settles_it(accounts: Accounts) -> None:
    coach = Identity(ADA.issuer, ADA.subject, "Ada", role=Role.COACH)
    owner = accounts.sign_in(coach).owner
    assert accounts.sign_in(coach).role is Role.COACH
    assert accounts.sign_in(ADA).role is Role.CANDIDATE
    assert accounts.set_role(owner, Role.ADMIN)
    assert accounts.sign_in(coach).role is Role.ADMIN
    assert not accounts.set_role("nobody", Role.ADMIN)


def test_all_sessions_of_one_account_end(accounts: Accounts) -> None:
    ada, bob = accounts.sign_in(ADA), accounts.sign_in(Identity(ADA.issuer, "bob"))
    assert accounts.end_sessions(ada.owner)
    assert accounts.sign_in(ADA).epoch == ada.epoch + 1
    assert accounts.of(bob.owner) == bob
    assert not accounts.end_sessions("nobody")


def test_a_person_who_signs_in_twice_at_the_same_moment_has_one_account(accounts: Accounts) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(accounts.sign_in, [ADA] * 4))
    assert len({one.owner for one in found}) == 1
    assert len(accounts.all()) == 1


def test_a_deleted_account_is_gone_and_its_sessions_stay_ended(store: Store, accounts: Accounts) -> None:
    old = accounts.sign_in(ADA, "browser")
    store.remove_owner("browser")
    assert accounts.of("browser") is None
    assert accounts.sign_in(ADA, "browser").epoch != old.epoch


@pytest.mark.parametrize(
    "role, may",
    [
        (None, ()),
        (Role.CANDIDATE, (Role.CANDIDATE,)),
        (Role.COACH, (Role.CANDIDATE, Role.COACH)),
        (Role.ADMIN, tuple(Role)),
    ],
)
def test_a_role_may_what_those_before_it_may_and_nothing_else(role: Role | None, may: tuple[Role, ...]) -> None:
    account = Account("me", "Ada", "", role, "issuer", "ada") if role else None
    for needed in Role:
        if needed in may:
            assert require(account, needed) is account
            continue
        with pytest.raises(NotAllowed) as refused:
            require(account, needed)
        for language in Language:
            assert refused.value.into(language)
