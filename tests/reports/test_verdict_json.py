import json

from cpor_batch.reports import verdict_json
from tests.reports import examples


def test_the_document_has_exactly_the_shape_of_the_contract() -> None:
    document = verdict_json(examples.verdict())

    assert list(document) == ["schema", "edition", "counts", "issues", "conflicts"]
    assert document["schema"] == "cpor-batch.check/1"
    assert document["edition"] == "cpor-2021"
    assert document["counts"] == {
        "files": 2,
        "rows": 6,
        "claims": 4,
        "accepted": 1,
        "refused": 3,
        "held": 2,
    }


def test_an_issue_has_its_place_reason_remedy_and_rule() -> None:
    document = verdict_json(examples.verdict())

    assert document["issues"][1] == {
        "code": "tenant-id-not-a-guid",
        "severity": "error",
        "file": "ansprak.xlsx",
        "sheet": "Claims",
        "cell": "D6",
        "row": 6,
        "column": "tenant_id",
        "message": '"contoso" is not a tenant ID.',
        "hint": "Copy the GUID from the Entra admin center, Overview.",
        "rule": "Partner Center, Create a customer association",
    }


def test_an_issue_of_a_file_has_no_row() -> None:
    (issue,) = [
        item for item in verdict_json(examples.verdict())["issues"] if item["code"] == "file-encrypted"
    ]

    assert (issue["row"], issue["cell"], issue["column"]) == (None, None, None)


def test_a_conflict_lists_its_claims_with_the_holder_first() -> None:
    conflict = verdict_json(examples.verdict())["conflicts"][0]

    assert {key: conflict[key] for key in ("kind", "severity", "level", "product", "subscription_id")} == {
        "kind": "held-by-other-partner",
        "severity": "conflict",
        "level": "workload",
        "product": "Exchange Online",
        "subscription_id": None,
    }
    assert conflict["claims"] == [
        {
            "reference": "CB-7K3M9Q2T",
            "mpn_id": "4711001",
            "claim_name": "Claim 0",
            "file": None,
            "row": None,
            "status": "approved",
        },
        {
            "reference": None,
            "mpn_id": "4722001",
            "claim_name": "Claim 2",
            "file": "ansprak.xlsx",
            "row": 11,
            "status": "editing",
        },
    ]


def test_ingest_adds_its_own_figures_after_the_counts() -> None:
    extra = {"run": "2021-04-01-001", "recorded": 1, "unchanged": 0}
    document = verdict_json(examples.verdict(), "cpor-batch.ingest/1", extra)

    assert list(document)[:6] == ["schema", "edition", "counts", "run", "recorded", "unchanged"]
    assert json.loads(json.dumps(document)) == document
