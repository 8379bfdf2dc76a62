"""What one would write without us: pandas reads through openpyxl, pandera judges lazily, by the same rules.

The rules of cells and of claims that a schema can say; ledger, conflicts and remedies are left out.
"""

import re
import sys
from collections.abc import Callable
from datetime import date

import pandas as pd
import pandera.pandas as pa

GUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
DOMAIN = r"^([a-z0-9-]+\.)+[a-z]+$"
CONTROL = re.compile("[\u200b\u202a-\u202e\u2066-\u2069]")
TODAY = pd.Timestamp(date(2021, 4, 1))
AREAS = {"Microsoft 365", "Business Applications"}
ACTIVITIES = {"Usage", "Pre-sales", "Usage and Pre-sales", "Revenue association"}
COUNTRIES = {"SE", "DE", "FR", "GB", "US", "ES", "JP"}
PRODUCTS = {
    "Exchange Online", "SharePoint Online", "Microsoft Teams", "Microsoft Teams Meetings", "Intune",
    "Microsoft 365 Apps", "Entra ID P1", "Viva Engage", "Dynamics 365 Sales", "Dynamics 365 Customer Service",
    "Dynamics 365 Finance", "Dynamics 365 Business Central", "Power BI",
}  # fmt: skip
GROUP = ["Claim name", "MPN ID", "Tenant ID", "Solution area", "Activity"]
LINE = {
    "Product or workload",
    "Subscription ID",
    "Subscription ends on",
    "Engagement description",
    "Comments",
}
DATES = ("Subscription ends on", "PoE signed on", "Submitted on")


def text(*checks: pa.Check, length: int = 200, nullable: bool = False) -> pa.Column:
    clean = pa.Check(lambda cells: ~cells.str.contains(CONTROL), ignore_na=True)
    return pa.Column("str", [pa.Check.str_length(max_value=length), clean, *checks], nullable=nullable)


def build_schema() -> pa.DataFrameSchema:
    person, mail = text(nullable=True), text(pa.Check.str_matches(EMAIL), length=254, nullable=True)
    day = pa.Column("datetime64[ns]", nullable=True)
    past = pa.Column("datetime64[ns]", pa.Check.le(TODAY), nullable=True)
    signed = pa.Column(
        "datetime64[ns]", pa.Check.in_range(TODAY - pd.DateOffset(months=12), TODAY), nullable=True
    )
    return pa.DataFrameSchema(
        {
            "Claim name": text(length=100),
            "MPN ID": text(pa.Check.str_matches(r"^\d+$"), length=20),
            "Partner name": text(),
            "Partner organisation": text(nullable=True),
            "Partner country": text(pa.Check.isin(COUNTRIES), nullable=True),
            "Partner contact name": text(),
            "Partner contact email": text(pa.Check.str_matches(EMAIL)),
            "Customer name": text(),
            "Customer domain": text(pa.Check.str_matches(DOMAIN)),
            "Tenant ID": text(pa.Check.str_matches(GUID)),
            "Customer country": text(pa.Check.isin(COUNTRIES), nullable=True),
            "Customer region": text(nullable=True),
            "Customer address": text(length=500, nullable=True),
            "Customer language": text(nullable=True),
            "Solution area": text(pa.Check.isin(AREAS)),
            "Activity": text(pa.Check.isin(ACTIVITIES)),
            "Product or workload": text(pa.Check.isin(PRODUCTS)),
            "Subscription ID": text(pa.Check.str_matches(GUID), nullable=True),
            "Subscription ends on": day,
            "Customer contact name": text(),
            "Customer contact title": text(),
            "Customer contact email": text(pa.Check.str_matches(EMAIL)),
            "Technical contact name": person,
            "Technical contact title": person,
            "Technical contact email": mail,
            "Engagement description": text(length=4000, nullable=True),
            "PoE signed on": signed,
            "Public sector": text(pa.Check.isin({"Yes", "No"}), nullable=True),
            "Submitted on": past,
            "Comments": text(length=4000, nullable=True),
        },
        checks=[
            pa.Check(lambda table: ~table.duplicated([*GROUP, "Product or workload", "Subscription ID"])),
            pa.Check(_one_tenant_per_domain),
            *(pa.Check(_same_in_claim(name)) for name in CLAIM_WIDE),
        ],
    )


CLAIM_WIDE = (
    "Partner name", "Customer name", "Customer domain", "Customer contact name", "Customer contact email",
    "PoE signed on", "Submitted on",
)  # fmt: skip


def _one_tenant_per_domain(table: pd.DataFrame) -> "pd.Series[bool]":
    return table.groupby("Customer domain")["Tenant ID"].transform("nunique") <= 1


def _same_in_claim(name: str) -> Callable[[pd.DataFrame], "pd.Series[bool]"]:
    return lambda table: table.groupby(GROUP)[name].transform("nunique") <= 1


def main() -> None:
    table = pd.read_excel(sys.argv[1], engine="openpyxl", dtype="str", keep_default_na=False, na_values=[""])
    for name in DATES:
        table[name] = pd.to_datetime(table[name], errors="coerce").astype("datetime64[ns]")
    try:
        build_schema().validate(table, lazy=True)
        failures = 0
    except pa.errors.SchemaErrors as errors:
        failures = len(errors.failure_cases)
    print(f"{len(table)} rows, {failures} failures")


if __name__ == "__main__":
    main()
