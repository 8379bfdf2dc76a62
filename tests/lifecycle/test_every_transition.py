"""Every step that an edition allows, and every one that it does not, typed into a ledger of either kind.

The steps are read from the editions themselves: each is taken by a claim of its own, which is led to where
the step begins on the shortest way.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from cpor_batch.domain.standing import HELD
from tests.builders import OTHER_PARTNER, edition
from tests.lifecycle.office import GOOD_ROW, Office
from tests.postgresql import Server

Step = tuple[str, str]

AREAS = {
    "cpor-2021": {},
    "mci-2023": {"solution_area": "Modern Work and Security", "activity": "Use or consume"},
}
RECORDED_ON = {"cpor-2021": date(2021, 3, 29), "mci-2023": date(2024, 3, 4)}
EDITIONS = sorted(AREAS)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Give an office whose ledger is empty, a file or a database."""
    monkeypatch.setattr("signal.signal", lambda *_: None)
    if request.param == "sqlite":
        return Office.open(tmp_path)
    server: Server = request.getfixturevalue("postgresql")
    return Office.open(tmp_path, settings=f'ledger_url = "{server.make_database()}"\n')


def next_of(name: str) -> Mapping[str, tuple[str, ...]]:
    """Return the steps that somebody may record: what holds a claim and lets it go is not recorded."""
    rules = edition(name).statuses
    return {
        status: tuple(step for step in rule.next if step != HELD and (status != HELD or step == "withdrawn"))
        for status, rule in rules.items()
    }


def way_to(status: str, name: str) -> tuple[str, ...]:
    """Return the shortest way from the first status to this one; a held claim comes as it is."""
    first = edition(name).settings.first_status
    ways: deque[tuple[str, ...]] = deque([(first,)])
    while status != HELD:
        way = ways.popleft()
        if way[-1] == status:
            return way[1:]
        ways.extend((*way, step) for step in next_of(name)[way[-1]])
    return ()


def all_steps(name: str) -> tuple[list[Step], list[Step]]:
    """Return the steps that the edition allows and those that it does not."""
    follow = next_of(name)
    pairs = [(first, second) for first in follow for second in follow if first != second]
    allowed = [(first, second) for first, second in pairs if second in follow[first]]
    return allowed, [pair for pair in pairs if pair not in allowed]


def name_of(step: Step) -> str:
    return f"{step[0]} to {step[1]}"


def rows_for(steps: Iterable[Step], name: str) -> Iterator[dict[str, str]]:
    """Yield a claim per step, each at a customer of its own."""
    for number, step in enumerate(steps):
        yield {
            **GOOD_ROW,
            **AREAS[name],
            "claim_name": name_of(step),
            "customer_name": f"Customer {number}",
            "customer_domain": f"customer{number}.example",
            "tenant_id": f"6d1f2b3c-4a5e-4f60-8a7b-{number:012x}",
        }


def ingest(office: Office, rows: Iterable[Mapping[str, str]], name: str) -> int:
    """Ingest the rows on the edition's day and return how many are held."""
    path = office.write("claims.csv", [dict(row) for row in rows])
    words = ("ingest", str(path), "--edition", name, "--format", "json")
    said = office.type(*words, day=str(RECORDED_ON[name]))
    assert said.json["counts"]["refused"] == 0, said.out
    held: int = said.json["counts"]["held"]
    return held


def bring_claims(office: Office, steps: list[Step], name: str) -> None:
    """Record a claim per step; those whose step begins at a held claim meet a rival's."""
    rows = list(rows_for(steps, name))
    rivals = [
        {
            **row,
            "claim_name": f"rival of {row['claim_name']}",
            "mpn_id": OTHER_PARTNER,
            "partner_name": "Northwind",
        }
        for row, step in zip(rows, steps, strict=True)
        if step[0] == HELD
    ]
    if rivals:
        assert ingest(office, rivals, name) == 0
    assert ingest(office, rows, name) == len(rivals)


def write_steps(office: Office, steps: Iterable[tuple[str, tuple[str, ...]]], *, first_day: date) -> Path:
    """Write what happens to each claim, a day after the other, for `record --from`."""
    path = office.folder / "steps.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("claim", "status", "on", "reason"))
        for claim, way in steps:
            for days, status in enumerate(way):
                reason = "a test" if status == "withdrawn" else ""
                writer.writerow((claim, status, first_day + timedelta(days=days), reason))
    return path


@pytest.mark.parametrize("name", EDITIONS)
def test_every_step_that_the_edition_allows_is_recorded(office: Office, name: str) -> None:
    allowed, _ = all_steps(name)
    bring_claims(office, allowed, name)
    day = RECORDED_ON[name]
    ways = [(name_of(step), (*way_to(step[0], name), step[1])) for step in allowed]

    said = office.type(
        "record", "--from", str(write_steps(office, ways, first_day=day)), day=f"{day.year}-12-31"
    )

    statuses = {claim: told["status"] for claim, told in office.claims(f"{day.year}-12-31").items()}
    assert said.code == 0, said.out
    assert {claim: statuses[claim] for claim, _ in ways} == {claim: way[-1] for claim, way in ways}
    assert office.type("ledger", "verify").code == 0


@pytest.mark.parametrize("name", EDITIONS)
def test_every_other_step_is_refused_and_nothing_is_recorded(office: Office, name: str) -> None:
    _, refused = all_steps(name)
    bring_claims(office, refused, name)
    day = RECORDED_ON[name]
    last = f"{day.year}-12-31"
    ways = [(name_of(step), way_to(step[0], name)) for step in refused]
    office.type("record", "--from", str(write_steps(office, ways, first_day=day)), day=last)
    before = office.events(last)
    wrong = [(name_of(step), (step[1],)) for step in refused]
    path = write_steps(office, wrong, first_day=day + timedelta(days=20))

    said = office.type("record", "--from", str(path), "--format", "json", day=last)

    statuses = {claim: told["status"] for claim, told in office.claims(last).items()}
    assert {name_of(step): statuses[name_of(step)] for step in refused} == {
        name_of(step): step[0] for step in refused
    }
    assert (said.code, said.json["counts"]["refused"]) == (1, len(refused))
    assert office.events(last) == before


@pytest.mark.parametrize("name", EDITIONS)
@pytest.mark.parametrize("submitted_on", ["", "2021-03-26"])
def test_a_claim_is_held_and_released_to_where_it_would_have_been(
    office: Office, name: str, submitted_on: str
) -> None:
    first = edition(name).settings.first_status
    (row,) = rows_for([(first, HELD)], name)
    (other,) = rows_for([("a", "rival")], name)
    rival = {**other, "mpn_id": OTHER_PARTNER, "partner_name": "Northwind", "product": "Microsoft Teams"}
    asking = {**row, "product": "Microsoft Teams", "submitted_on": submitted_on}
    ingest(office, [row, rival], name)
    day = str(RECORDED_ON[name])
    reached = ["recorded"]

    assert ingest(office, [asking], name) == 1
    reached.append(office.claims(day)[row["claim_name"]]["status"])
    office.type("withdraw", "a to rival", "--reason", "customer chose another", day=day)
    assert ingest(office, [asking], name) == 0
    reached.append(office.claims(day)[row["claim_name"]]["status"])

    assert reached == ["recorded", HELD, "submitted" if submitted_on else first]
