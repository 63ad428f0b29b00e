"""The budget of a visitor: an hour long, each visitor's own, and nothing is counted that came to nothing."""

from interviewer.web.hourly_budget import HourlyBudget


def test_what_is_used_up_comes_back_after_an_hour_and_is_each_visitors_own() -> None:
    clock = [0.0]
    budget = HourlyBudget(10, now=lambda: clock[0])
    assert budget.spend("me", 6)
    assert not budget.spend("me", 5)
    assert budget.spend("you", 10)
    clock[0] = 1800
    assert budget.spend("me", 4)
    assert not budget.spend("me", 1)
    clock[0] = 3600
    assert budget.spend("me", 6)
    assert not budget.spend("me", 1)
    clock[0] = 9000
    assert budget.spend("me", 1)
    assert set(budget._used) == {"me"}, "who used nothing for an hour is forgotten"


def test_what_failed_costs_nothing() -> None:
    budget = HourlyBudget(10)
    spending = budget.spend("me", 10)
    assert spending
    budget.give_back("me", spending)
    budget.give_back("you", spending)
    assert budget.spend("me", 10)


def test_what_failed_is_given_back_and_not_what_another_request_took_meanwhile() -> None:
    budget = HourlyBudget(10)
    long, short = budget.spend("me", 7), budget.spend("me", 1)
    assert long
    assert short
    budget.give_back("me", long)
    assert not budget.spend("me", 10), "the short one was had"
    assert budget.spend("me", 9)


def test_what_counts_no_longer_is_not_given_back_twice() -> None:
    clock = [0.0]
    budget = HourlyBudget(10, now=lambda: clock[0])
    slow = budget.spend("me", 10)
    assert slow
    clock[0] = 3600
    assert budget.spend("me", 10)
    budget.give_back("me", slow)
    assert not budget.spend("me", 1)
