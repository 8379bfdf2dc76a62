"""Whatever happens to a ledger, its projection is the fold of its events and its chain verifies."""

import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cpor_batch.domain.claim import Claim
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import ClaimReference
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


class LedgerMachine(RuleBasedStateMachine):
    """Runs of several events each, some of which crash, and a plain list of what should be there."""

    make_url: ClassVar["staticmethod[[], str]"]

    def __init__(self) -> None:
        super().__init__()
        self.url = type(self).make_url()
        create_ledger(self.url)
        self.ledger: Ledger = open_ledger(self.url)
        self.kept: list[Event] = []
        self.pending: list[Event] = []
        self.purged = False
        self.day = TODAY

    def teardown(self) -> None:
        self.ledger.close()

    def _event(self, kind: EventKind, reference: ClaimReference | None, **changes: object) -> None:
        bare = Event(
            kind=kind,
            claim=reference,
            known_on=self.day,
            occurred_on=self.day,
            actor="kim",
            run="r",
        )
        self.pending.append(replace(bare, **changes))  # type: ignore[arg-type]  # fields by name

    def _known(self) -> list[ClaimReference]:
        return list(fold_events([*self.kept, *self.pending]).claims)

    @initialize()
    def start(self) -> None:
        assert self.ledger.head()[0] == 0

    @rule(of=claims_to_record, held=st.booleans(), number=st.integers(0, 30))
    def record(self, of: Claim, *, held: bool, number: int) -> None:
        status = "held" if held else "editing"
        after = {"status": status, "held_for": [f"conflict {number}"]} if held else {"status": status}
        self._event(
            EventKind.RECORDED, ClaimReference(f"CB-{number:08d}"), state=of, status=status, after=after
        )

    @precondition(lambda self: self._known())
    @rule(data=st.data(), of=claims_to_record)
    def revise(self, data: st.DataObject, of: Claim) -> None:
        reference = data.draw(st.sampled_from(self._known()))
        before = {"customer_contact_name": "Casey Customer"}
        self._event(
            EventKind.REVISED, reference, state=of, before=before, after={"customer_name": of.customer_name}
        )

    @precondition(lambda self: self._known())
    @rule(data=st.data(), status=st.sampled_from(STATUSES))
    def change_status(self, data: st.DataObject, status: str) -> None:
        reference = data.draw(st.sampled_from(self._known()))
        self._event(EventKind.STATUS_CHANGED, reference, status=status)

    @precondition(lambda self: self._known())
    @rule(data=st.data(), hold=st.booleans())
    def hold_or_release(self, data: st.DataObject, *, hold: bool) -> None:
        reference = data.draw(st.sampled_from(self._known()))
        if hold:
            self._event(EventKind.HELD, reference, status="held", after={"held_for": ["a|b"]})
        else:
            self._event(EventKind.RELEASED, reference, status="editing")

    @precondition(lambda self: self._known())
    @rule(data=st.data())
    def notify(self, data: st.DataObject) -> None:
        self._event(EventKind.NOTIFIED, data.draw(st.sampled_from(self._known())))

    @rule()
    def tell_of_the_whole_ledger(self) -> None:
        self._event(EventKind.RECONCILED, None, after={"rows": 3})

    @rule()
    def a_day_passes(self) -> None:
        self.day += timedelta(days=1)

    @rule(one_by_one=st.booleans())
    def commit(self, *, one_by_one: bool) -> None:
        with self.ledger.write(run(known_on=self.day)) as writing:
            if one_by_one:
                for event in self.pending:
                    writing.append([event])
                    list(self.ledger.read_states())
            else:
                writing.append(self.pending)
        self._keep()

    def _keep(self) -> None:
        numbered = [
            replace(event, number=len(self.kept) + n) for n, event in enumerate(self.pending, start=1)
        ]
        self.kept += numbered
        self.pending = []

    @rule()
    def crash(self) -> None:
        with suppress(PowerCutError), self.ledger.write(run(known_on=self.day)) as writing:
            writing.append(self.pending)
            list(self.ledger.read_states())
            raise PowerCutError
        self.pending = []

    @rule()
    def run_dry(self) -> None:
        with self.ledger.write(run(known_on=self.day)) as writing:
            writing.append(self.pending)
            writing.rollback()
        self.pending = []

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
    check(request, kind, examples=200 if kind == "sqlite" else 40, steps=60)
