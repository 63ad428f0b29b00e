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
    assert budget.spend("me", 10)
    budget.give_back("me")
    budget.give_back("you")
    assert budget.spend("me", 10)
