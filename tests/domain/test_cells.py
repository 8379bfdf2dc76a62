from cpor_batch.domain.cells import weigh_cells
from cpor_batch.domain.issue import Issue, IssueCode


def issue(code: IssueCode, **changes: str | int | None) -> Issue:
    good = {"file": "claims.xlsx", "sheet": "Claims", "row": 2, "column": "product"}
    return Issue(code=code, message=f"{code.value}.", hint=f"Mend {code.value}.", **(good | changes))  # type: ignore[arg-type]  # of mixed values


def test_an_error_silences_the_warnings_of_its_cell_and_tells_the_correction() -> None:
    corrected = issue(IssueCode.VALUE_CORRECTED, before="exo ", after="exo")

    (weighed,) = weigh_cells(
        [corrected, issue(IssueCode.REASSOCIATION_NEEDED), issue(IssueCode.OWN_DUPLICATE)]
    )

    assert weighed.code is IssueCode.OWN_DUPLICATE
    assert weighed.message == "own-duplicate. value-corrected."
    assert weighed.hint == "Mend own-duplicate."
    assert (weighed.before, weighed.after) == ("exo ", "exo")


def test_what_is_wrong_by_itself_tells_what_is_wrong_beside_other_rows() -> None:
    (weighed,) = weigh_cells([issue(IssueCode.OWN_DUPLICATE), issue(IssueCode.PRODUCT_NOT_IN_AREA)])

    assert weighed.code is IssueCode.PRODUCT_NOT_IN_AREA
    assert weighed.message == "product-not-in-area. own-duplicate."
    assert weighed.hint == "Mend product-not-in-area. Mend own-duplicate."


def test_other_cells_and_whole_files_are_left_alone() -> None:
    issues = (
        issue(IssueCode.FILE_CORRUPT, row=None, column=None),
        issue(IssueCode.FILE_TYPE, row=None, column=None),
        issue(IssueCode.PRODUCT_UNKNOWN),
        issue(IssueCode.PRODUCT_UNKNOWN, row=3),
        issue(IssueCode.VALUE_CORRECTED, row=4),
        issue(IssueCode.PRODUCT_UNKNOWN, file="more.xlsx"),
    )

    assert weigh_cells(issues) == issues
