"""What partners do for their customers: products and the descriptions of engagements."""

from datetime import date
from typing import Final

from tests.samples.cast import Dice
from tests.samples.claims import Line

WORKLOADS: Final = (
    "Exchange Online",
    "SharePoint Online",
    "Microsoft Teams",
    "Microsoft Teams Meetings",
    "Microsoft 365 Apps",
    "Intune",
    "Entra ID P1",
    "Entra ID P2",
    "Microsoft Defender for Office 365",
    "Viva Engage",
)
APPLICATIONS: Final = (
    "Dynamics 365 Sales",
    "Dynamics 365 Customer Service",
    "Dynamics 365 Field Service",
    "Dynamics 365 Finance",
    "Dynamics 365 Supply Chain Management",
    "Dynamics 365 Business Central",
    "Power BI",
)

# As teams wrote them in 2021, and other spellings that mean the same.
SPELLINGS: Final = {
    "Entra ID P1": "Azure AD Premium P1",
    "Entra ID P2": "Azure AD Premium P2",
    "Viva Engage": "Yammer",
    "Intune": "Microsoft Intune",
    "Exchange Online": "Microsoft Exchange Online",
    "Dynamics 365 Sales": "Microsoft Dynamics 365 Sales",
    "Power BI": "Microsoft Power BI",
}

_DONE: Final = {
    "Exchange Online": (
        "Moved {n} mailboxes from on-premises servers, retired the old relay.",
        "Mailbox migration in {w} waves, {n} users; mail flow rules and shared calendars set up anew.",
    ),
    "SharePoint Online": (
        "Intranet on SharePoint Online, {w} departments moved from file shares.",
        "Document libraries and retention for {n} users, site owners trained.",
    ),
    "Microsoft Teams": (
        "Rolled out Teams to {n} users: governance, templates and {w} training days.",
        "Teams adoption programme with champions in {w} offices.",
    ),
    "Microsoft Teams Meetings": (
        "Replaced the conferencing service; {n} users hold their meetings in Teams.",
        "Meeting rooms in {w} offices, webinars for the sales team.",
    ),
    "Microsoft 365 Apps": (
        "Packaged and deployed Microsoft 365 Apps to {n} devices.",
        "Moved {n} devices from Office 2013, add-ins tested in {w} rounds.",
    ),
    "Intune": (
        "Enrolled {n} devices, compliance and app protection policies in place.",
        "Autopilot for {w} sites, {n} laptops without a hand on them.",
    ),
    "Entra ID P1": (
        "Conditional access and self-service password reset for {n} users.",
        "Single sign-on for {w} business applications.",
    ),
    "Entra ID P2": (
        "Privileged identity management for {w} administrator roles, access reviews each quarter.",
        "Risk-based sign-in policies for {n} users.",
    ),
    "Microsoft Defender for Office 365": (
        "Safe Links and Safe Attachments for {n} mailboxes, phishing drill in {w} rounds.",
        "Threat policies tuned over {w} weeks with the customer's security team.",
    ),
    "Viva Engage": (
        "Company network opened for {n} employees, {w} communities with owners.",
        "Leadership channel and question hour, adoption measured over {w} weeks.",
    ),
    "Dynamics 365 Sales": (
        "Sales process and forecast for {n} sellers, {w} integrations.",
        "Workshops and a working prototype for {w} sales teams before the purchase.",
    ),
    "Dynamics 365 Customer Service": (
        "Case handling and knowledge base for {n} agents.",
        "Service desk of {w} countries moved to one queue.",
    ),
    "Dynamics 365 Field Service": (
        "Scheduling board and mobile app for {n} technicians.",
        "Work orders of {w} depots planned in one place.",
    ),
    "Dynamics 365 Finance": (
        "General ledger of {w} companies moved, {n} users trained.",
        "Requirements, fit-gap and business case for {w} legal entities.",
    ),
    "Dynamics 365 Supply Chain Management": (
        "Warehouse processes at {w} sites, {n} users on hand-held devices.",
        "Master planning pilot in {w} plants.",
    ),
    "Dynamics 365 Business Central": (
        "Replaced the old ERP for {n} users in {w} companies.",
        "Finance and purchasing live in {w} weeks, add-ins moved to extensions.",
    ),
    "Power BI": (
        "Reports for {n} readers on {w} certified data sets.",
        "Data model and {w} dashboards for the management team.",
    ),
}


def describe(product: str, dice: Dice) -> str:
    """Return what was done with a product, never the same figures twice in a row."""
    text = dice.pick(_DONE[product])
    return text.format(n=dice.number(4, 180) * 5, w=dice.number(2, 9))


def workload_line(product: str, dice: Dice, *, spelt: str | None = None) -> Line:
    return Line(product=spelt or product, description=describe(product, dice))


def application_line(
    product: str,
    dice: Dice,
    *,
    subscription_id: str | None = None,
    ends_on: date | None = None,
    channel: str | None = None,
    spelt: str | None = None,
) -> Line:
    return Line(
        product=spelt or product,
        description=describe(product, dice),
        subscription_id=subscription_id,
        ends_on=ends_on,
        channel=channel,
    )
