"""Run tests/scenarios/*.yaml: a sentence, rows, and exactly the issues that they must bring.

A row names only the cells in which it differs from a good row of its kind (`base`: workload, dynamics or
revenue); `null` blanks a cell. `issues` lists "row code column", warnings too, with the file before the row
where it is not claims.xlsx. `near` names the codes that the scenario comes close to and must not bring.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from cpor_batch.conflicts import find_conflicts
from cpor_batch.domain.claim import Claim, Level
from cpor_batch.domain.edition import DEFAULT_EDITION
from cpor_batch.domain.ids import ClaimReference
from cpor_batch.domain.issue import FILE_CODES, Issue, IssueCode
from cpor_batch.domain.known import Customer, House, Known, PartnerEntry
from cpor_batch.domain.likeness import fold_name, skeleton
from cpor_batch.domain.rows import Cell, CellFault, FaultKind
from cpor_batch.domain.standing import ClaimState
from cpor_batch.domain.verdict import JudgedClaim, settle
from cpor_batch.validation import judge_claims, judge_rows, wanted_of
from tests.builders import (
    PARTNER,
    SUBSCRIPTION,
    TENANT,
    TODAY,
    business_claim,
    claim,
    line,
    rows,
    rulebook,
    state,
    subscription_line,
)

FOLDER: Final = Path(__file__).parent / "scenarios"
FILE: Final = "claims.xlsx"

WORKLOAD: Final[Mapping[str, Cell]] = {
    "claim_reference": None,
    "claim_name": "Contoso Exchange",
    "mpn_id": PARTNER,
    "partner_name": "Fabrikam",
    "partner_contact_name": "Pat Partner",
    "partner_contact_email": "pat@fabrikam.example",
    "customer_name": "Contoso AB",
    "customer_domain": "contoso.example",
    "tenant_id": TENANT,
    "customer_country": "SE",
    "solution_area": "Microsoft 365",
    "activity": "Usage",
    "product": "Exchange Online",
    "subscription_id": None,
    "customer_contact_name": "Casey Customer",
    "customer_contact_title": "CIO",
    "customer_contact_email": "casey@contoso.example",
    "engagement_description": "Moved 400 mailboxes and trained the help desk.",
}
DYNAMICS: Final[Mapping[str, Cell]] = {
    **WORKLOAD,
    "claim_name": "Contoso Sales",
    "solution_area": "Business Applications",
    "product": "Dynamics 365 Sales",
    "subscription_id": SUBSCRIPTION,
    "technical_contact_name": "Terry Technical",
    "technical_contact_title": "Architect",
    "technical_contact_email": "terry@contoso.example",
}
BASES: Final[Mapping[str, Mapping[str, Cell]]] = {
    "workload": WORKLOAD,
    "dynamics": DYNAMICS,
    "revenue": {
        **DYNAMICS,
        "claim_name": "Contoso Revenue",
        "activity": "Revenue association",
        "solution_seller_name": "Sam Seller",
        "isv_solution_name": "Tailspin Quotes",
    },
    "usage-2023": {
        **WORKLOAD,
        "solution_area": "Modern Work and Security",
        "activity": "Use or consume",
    },
    "advisor-2023": {
        **DYNAMICS,
        "activity": "Build intent - Advisor",
        "technical_contact_name": None,
        "technical_contact_title": None,
        "technical_contact_email": None,
    },
}
KEYS: Final = frozenset(
    {
        *("scenario", "base", "edition", "locale", "today", "partners", "country", "language", "files"),
        *("absent", "ledger", "rows", "issues", "near", "counts", "conflicts", "says", "claims"),
    }
)
# Facts about a file, which intake states; everything else is judged here.
FACTS: Final = frozenset(
    {
        IssueCode.ROWS_HIDDEN,
        IssueCode.MACROS_IGNORED,
        IssueCode.LINKS_IGNORED,
        IssueCode.COLUMN_UNKNOWN,
    }
)
JUDGED: Final = [code for code in IssueCode if code not in FILE_CODES | FACTS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    claims: tuple[JudgedClaim, ...]
    issues: tuple[Issue, ...]
    conflicts: tuple[str, ...]
    rows: int


@dataclass(slots=True)
class Facts:
    """What a ledger with these claims would answer."""

    domains: dict[Any, set[Any]] = field(default_factory=lambda: defaultdict(set))
    tenants: dict[Any, set[Any]] = field(default_factory=lambda: defaultdict(set))
    subscriptions: dict[Any, set[Any]] = field(default_factory=lambda: defaultdict(set))
    products: dict[Any, set[Any]] = field(default_factory=lambda: defaultdict(set))


def read_scenarios() -> Iterator[Any]:  # Any: what YAML holds
    for path in sorted(FOLDER.glob("*.yaml")):
        for scenario in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(scenario, id=f"{path.stem}: {scenario['scenario']}")


SCENARIOS: Final = list(read_scenarios())


def cell(value: Any) -> Cell:  # Any: what YAML holds
    """Return the cell that the scenario writes: a mapping stands for what YAML has no word for."""
    match value:
        case {"error": text}:
            return CellFault(FaultKind.ERROR_VALUE, text)
        case {"formula": text}:
            return CellFault(FaultKind.UNCALCULATED, text)
        case {"time": text}:
            return time.fromisoformat(text)
        case {"hours": hours}:
            return timedelta(hours=hours)
        case str() | bool() | int() | float() | date() | None:
            return value
        case _:
            raise TypeError(value)


def sheets(scenario: Mapping[str, Any]) -> Mapping[str, list[Mapping[str, Cell]]]:
    files: dict[str, list[Mapping[str, Cell]]] = defaultdict(list)
    for given in scenario["rows"]:
        changes = dict(given)
        file = changes.pop("file", FILE)
        base = dict(BASES[changes.pop("base", scenario.get("base", "workload"))])
        row = base | {key: cell(value) for key, value in changes.items()}
        files[file].append(
            {key: value for key, value in row.items() if key not in scenario.get("absent", ())}
        )
    return files


def recorded(given: Mapping[str, Any]) -> ClaimState:
    """Return a claim of the ledger: the good one of its base, with what the scenario changes."""
    fields = dict(given)
    is_business = fields.pop("base", "workload") != "workload"
    own = {name: fields.pop(name) for name in list(fields) if name in STATE_FIELDS}
    lines = [(subscription_line if is_business else line)(**changes) for changes in fields.pop("lines", [{}])]
    of: Claim = (business_claim if is_business else claim)(lines=tuple(lines), **fields)
    known = state(of, **{name: value for name, value in own.items() if name != "reference"})
    reference = ClaimReference(own.get("reference", known.reference))
    return replace(known, reference=reference, claim=replace(known.claim, claim_reference=reference))


STATE_FIELDS: Final = ("status", "status_since", "recorded_on", "is_adopted", "reference")


def known_of(states: Sequence[ClaimState]) -> Known:
    facts = Facts()
    for item in states:
        of = item.claim
        if of.customer_domain:
            facts.domains[of.tenant_id].add(of.customer_domain)
            facts.tenants[of.customer_domain].add(of.tenant_id)
        for one in of.lines:
            if one.subscription_id and one.level is Level.SUBSCRIPTION:
                facts.subscriptions[one.subscription_id].add(of.tenant_id)
                facts.products[of.tenant_id, one.product].add(one.subscription_id)
    customers = tuple(
        Customer(
            tenant_id=item.claim.tenant_id,
            name=item.claim.customer_name,
            domain=item.claim.customer_domain,
            folded_name=fold_name(item.claim.customer_name),
            skeleton=skeleton(item.claim.customer_domain or ""),
        )
        for item in states
    )
    return Known(
        by_reference={item.reference: item for item in states},
        by_partner_center_claim_id={
            item.claim.partner_center_claim_id: item for item in states if item.claim.partner_center_claim_id
        },
        by_natural_identity={item.claim.natural_identity: item for item in states},
        claims=tuple(states),
        tenant_domains={key: frozenset(values) for key, values in facts.domains.items()},
        domain_tenants={key: frozenset(values) for key, values in facts.tenants.items()},
        subscription_tenants={key: frozenset(values) for key, values in facts.subscriptions.items()},
        product_subscriptions={key: frozenset(values) for key, values in facts.products.items()},
        customers=customers,
    )


def judge(scenario: Mapping[str, Any]) -> Outcome:
    rules = rulebook(scenario.get("edition", DEFAULT_EDITION))
    partners = {
        mpn_id: PartnerEntry(mpn_id=mpn_id, **entry) for mpn_id, entry in scenario.get("partners", {}).items()
    }
    house = House(partners=partners, country=scenario.get("country"), language=scenario.get("language", "en"))
    today = scenario.get("today", TODAY)
    known = known_of([recorded(given) for given in scenario.get("ledger", [])])
    judged = [
        judge_rows(
            rows(cells, file=file),
            rulebook=rules,
            house=house,
            locale=scenario.get("locale"),
            today=today,
        )
        for file, cells in sheets(scenario).items()
    ]
    wanted_of(judged)
    claims, issues = judge_claims(
        judged,
        known=known,
        rulebook=rules,
        house=house,
        today=today,
        find_file=lambda _file, path: path in scenario.get("files", ()),
    )
    conflicts, more = find_conflicts(claims, known, edition=rules.edition, others=rules.editions, today=today)
    settled, all_issues = settle(claims, [*issues, *more], conflicts)
    return Outcome(
        claims=settled,
        issues=all_issues,
        conflicts=tuple(str(conflict.kind) for conflict in conflicts),
        rows=sum(map(len, judged)),
    )


def counts_of(outcome: Outcome) -> Mapping[str, int]:
    counts = {"claims": len(outcome.claims), "accepted": 0, "refused": 0, "held": 0}
    for item in outcome.claims:
        counts[item.outcome] += len(item.rows)
    return counts


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario_brings_exactly_the_issues_that_it_names(scenario: Mapping[str, Any]) -> None:
    expected = sorted(
        text if text.split()[0].endswith((".xlsx", ".csv")) else f"{FILE} {text}"
        for text in scenario["issues"]
    )

    outcome = judge(scenario)

    found = sorted(f"{issue.file} {issue.row} {issue.code} {issue.column}" for issue in outcome.issues)
    cells = [(issue.file, issue.row, issue.column) for issue in outcome.issues]
    assert len(set(cells)) == len(cells)
    assert found == expected, [(issue.message, issue.hint) for issue in outcome.issues]
    assert sorted(outcome.conflicts) == sorted(scenario.get("conflicts", []))
    counts = counts_of(outcome)
    assert counts | scenario.get("counts", {}) == counts
    assert counts["accepted"] + counts["refused"] + counts["held"] == outcome.rows


@pytest.mark.parametrize("scenario", [item for item in SCENARIOS if "says" in item.values[0]])
def test_scenario_says_what_people_need_to_know(scenario: Mapping[str, Any]) -> None:
    outcome = judge(scenario)

    said = "\n".join(f"{issue.message} {issue.hint}" for issue in outcome.issues)
    assert [text for text in scenario["says"] if text not in said] == [], said


@pytest.mark.parametrize("scenario", [item for item in SCENARIOS if "claims" in item.values[0]])
def test_scenario_compares_claims_with_the_ledger(scenario: Mapping[str, Any]) -> None:
    outcome = judge(scenario)

    found = [
        {name: value for name, value in described(item).items() if name in expected}
        for item, expected in zip(outcome.claims, scenario["claims"], strict=True)
    ]
    assert found == scenario["claims"]


def described(item: JudgedClaim) -> Mapping[str, object]:
    reference = item.known.reference if item.known else None
    return {
        "known": reference,
        "unchanged": item.is_unchanged,
        "submission": item.is_submission,
        "edition": item.claim.edition if item.claim else None,
        "organisation": item.claim.partner_organisation if item.claim else None,
        "country": item.claim.partner_country if item.claim else None,
        "submitted_on": item.claim.submitted_on if item.claim else None,
        "reference": item.claim.claim_reference if item.claim else None,
    }


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario_uses_known_words_only(scenario: Mapping[str, Any]) -> None:
    unknown = set(scenario) - KEYS

    assert not unknown


@pytest.mark.parametrize("code", JUDGED)
def test_some_scenario_brings_the_code_and_another_only_comes_near(code: IssueCode) -> None:
    scenarios: list[dict[str, list[str]]] = [item.values[0] for item in SCENARIOS]

    bringing = [item for item in scenarios if any(code in text.split() for text in item["issues"])]
    near = [item for item in scenarios if code in item.get("near", [])]

    assert bringing
    assert near
    assert not [item for item in near if item in bringing]
