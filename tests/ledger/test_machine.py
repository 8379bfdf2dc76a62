"""Whatever happens to a ledger, its projection is the fold of its events and its chain verifies."""

import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.recording import Occasion
from cpor_batch.domain.reverting import build_reversion, find_obstacle
from cpor_batch.domain.standing import Standing, fold_events
from cpor_batch.ledger import Ledger, create_ledger, open_ledger, rebuild_ledger, verify_ledger
from tests.builders import OTHER_TENANT, SUBSCRIPTION, TENANT, TODAY, claim, line, subscription_line
from tests.ledger.events import run

STATUSES = ("submitted", "under-review", "approved", "rejected", "withdrawn")
claims_to_record = st.builds(
    claim,
    claim_name=st.sampled_from(["Teams", "TEAMS", "Sales", "Åre"]),
    tenant_id=st.sampled_from([TENANT, OTHER_TENANT]),
    customer_name=st.sampled_from(["Contoso AB", "Contoso Ltd", "Fabrikam"]),
    customer_contact_name=st.sampled_from(["Casey Customer", "Robin Reeve", None]),
    submitted_on=st.none() | st.dates(min_value=date(2021, 1, 1), max_value=TODAY),
    lines=st.sampled_from(
        [
            (line(),),
            (line(), line(product="Intune")),
            (subscription_line(subscription_id=None),),
            (subscription_line(subscription_id=SUBSCRIPTION, subscription_ends_on=date(2021, 12, 31)),),
        ]
    ),
)


class PowerCutError(Exception):
    """What ends a run in the middle."""


@dataclass(frozen=True)
class Deed:
    """Something that happens to one of a handful of claims, or to the whole ledger."""

    kind: EventKind
    claim: int
    data: Claim
    status: str
    note: str


# Few claims, so that most deeds meet one that is known, in this run or from one before.
deeds = st.builds(
    Deed,
    kind=st.sampled_from(
        [
            EventKind.RECORDED,
            EventKind.RECORDED,
            EventKind.REVISED,
            EventKind.STATUS_CHANGED,
            EventKind.STATUS_CHANGED,
            EventKind.HELD,
            EventKind.RELEASED,
            EventKind.DECIDED,
            EventKind.CHANGE_HELD,
            EventKind.CHANGE_RELEASED,
            EventKind.CHANGE_DROPPED,
            EventKind.NOTIFIED,
            EventKind.RECONCILED,
        ]
    ),
    claim=st.integers(0, 4),
    data=claims_to_record,
    status=st.sampled_from(STATUSES),
    note=st.sampled_from(["a|b", "c|d"]),
)


def event_of(deed: Deed, day: date) -> Event:  # noqa: PLR0911 - one return per kind
    """The event by which the deed is recorded."""
    bare = Event(
        kind=deed.kind,
        claim=None if deed.kind is EventKind.RECONCILED else ClaimReference(f"CB-{deed.claim:08d}"),
        known_on=day,
        occurred_on=day,
        actor="kim",
        run=f"run of {day}",
    )
    match deed.kind:
        case EventKind.RECORDED:
            return replace(bare, state=deed.data, status="editing", after={"status": "editing"})
        case EventKind.REVISED:
            before = {"customer_contact_name": "Casey Customer"}
            return replace(bare, state=deed.data, before=before, after={"customer_name": deed.note})
        case EventKind.STATUS_CHANGED:
            return replace(bare, status=deed.status, reason=deed.note)
        case EventKind.HELD:
            return replace(bare, status="held", after={"held_for": [deed.note]})
        case EventKind.DECIDED:
            return replace(bare, after={"stands_beside": [deed.note], "held_for": []})
        case EventKind.CHANGE_HELD:
            return replace(bare, held_change=deed.data, after={"held_for": [deed.note]})
        case EventKind.CHANGE_RELEASED | EventKind.CHANGE_DROPPED:
            return replace(bare, state=deed.data if deed.kind is EventKind.CHANGE_RELEASED else None)
        case EventKind.RELEASED:
            return replace(bare, status="editing")
        case _:
            return replace(bare, after={"rows": 3})


class LedgerMachine(RuleBasedStateMachine):
    """Runs of several deeds each, some of which crash, beside a plain list of what should be there."""

    make_url: ClassVar["staticmethod[[], str]"]

    def __init__(self) -> None:
        super().__init__()
        self.url = type(self).make_url()
        create_ledger(self.url)
        self.ledger: Ledger = open_ledger(self.url)
        self.kept: list[Event] = []
        self.day = TODAY

    def teardown(self) -> None:
        self.ledger.close()

    def _events_of(self, run_of: list[Deed]) -> list[Event]:
        self.day += timedelta(days=1)
        return [event_of(deed, self.day) for deed in run_of]

    def _keep(self, events: list[Event]) -> None:
        self.kept += [replace(event, number=len(self.kept) + n) for n, event in enumerate(events, start=1)]

    @rule(run_of=st.lists(deeds, min_size=1, max_size=8))
    def commit_at_once(self, run_of: list[Deed]) -> None:
        events = self._events_of(run_of)
        with self.ledger.write(run(known_on=self.day)) as writing:
            writing.append(events)
        self._keep(events)

    @rule(run_of=st.lists(deeds, min_size=1, max_size=8))
    def commit_one_by_one(self, run_of: list[Deed]) -> None:
        events = self._events_of(run_of)
        with self.ledger.write(run(known_on=self.day)) as writing:
            for number, event in enumerate(events):
                writing.append([event])
                if number % 2:
                    list(self.ledger.read_states())
        self._keep(events)

    @rule(run_of=st.lists(deeds, max_size=8), is_flushed=st.booleans())
    def crash(self, run_of: list[Deed], *, is_flushed: bool) -> None:
        events = self._events_of(run_of)
        with suppress(PowerCutError), self.ledger.write(run(known_on=self.day)) as writing:
            writing.append(events)
            if is_flushed:
                list(self.ledger.read_states())
            raise PowerCutError

    @rule(run_of=st.lists(deeds, max_size=8))
    def run_dry(self, run_of: list[Deed]) -> None:
        events = self._events_of(run_of)
        with self.ledger.write(run(known_on=self.day)) as writing:
            writing.append(events)
            writing.rollback()

    @rule(choice=st.integers(0, 3))
    def revert(self, choice: int) -> None:
        runs = list(dict.fromkeys(event.run for event in reversed(self.kept)))
        if not runs:
            return
        target = runs[choice % len(runs)]
        stories = tuple(self.ledger.read_stories(target))
        if any(find_obstacle(story, target) for story in stories):
            return
        self.day += timedelta(days=1)
        occasion = Occasion(run=f"run of {self.day}", actor="kim", today=self.day)
        built = (build_reversion(story, target, occasion=occasion, reason="mistake") for story in stories)
        events = [event for event in built if event is not None]
        with self.ledger.write(run(known_on=self.day)) as writing:
            writing.append(events)
        self._keep(events)
        self._are_as_before(target, {event.claim for event in events})

    def _are_as_before(self, target: str, claims: set[ClaimReference | None]) -> None:
        for reference in claims:
            past = [event for event in self.kept if event.claim == reference]
            first = next(at for at, event in enumerate(past) if event.run == target)
            before, now = fold_events(past[:first]), fold_events(past)
            assert [replace(state, last_event=0) for state in now.claims.values()] == [
                replace(state, last_event=0) for state in before.claims.values()
            ]

    @rule()
    def rebuild(self) -> None:
        rebuild_ledger(self.url)

    @rule()
    def reopen(self) -> None:
        self.ledger.close()
        self.ledger = open_ledger(self.url)

    @invariant()
    def events_are_what_was_kept(self) -> None:
        assert [replace(event, at=None) for event in self.ledger.read_events()] == self.kept

    @invariant()
    def projection_is_the_fold(self) -> None:
        states = {state.reference: state for state in self.ledger.read_states()}

        assert Standing(claims=states) == fold_events(self.kept)

    @invariant()
    def ledger_is_sound(self) -> None:
        report = verify_ledger(self.url)

        assert report.problems == ()
        assert (report.events, report.head) == (len(self.kept), self.ledger.head())


def check(request: pytest.FixtureRequest, kind: str, *, examples: int, steps: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="cpor-machine-"))
    numbers = iter(range(10**9))

    def make_url() -> str:
        if kind == "postgresql":
            url: str = request.getfixturevalue("postgresql").make_database()
            return url
        return f"sqlite:///{folder / f'{next(numbers)}.db'}"

    machine = type("Machine", (LedgerMachine,), {"make_url": staticmethod(make_url)})
    checks = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=checks
            ),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_projection_is_the_fold_whatever_happens(request: pytest.FixtureRequest, kind: str) -> None:
    check(request, kind, examples=8 if kind == "sqlite" else 3, steps=15)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_projection_is_the_fold_whatever_happens_for_long(request: pytest.FixtureRequest, kind: str) -> None:
    check(request, kind, examples=100 if kind == "sqlite" else 25, steps=50)
