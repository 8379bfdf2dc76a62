"""Any claim, line and event that the vocabulary allows, for hypothesis."""

from datetime import UTC, date

from hypothesis import strategies as st

from cpor_batch.domain.claim import Claim, ClaimLine, Level, Source
from cpor_batch.domain.event import Event, EventKind
from cpor_batch.domain.ids import MpnId, SubscriptionId, TenantId

days = st.dates(min_value=date(2019, 1, 1), max_value=date(2031, 12, 31))
# Not the characters that validation refuses: controls, among them NUL, which PostgreSQL cannot keep.
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
maybe = st.none() | texts
guids = st.uuids(version=4).map(str)
numbers = st.integers(min_value=-(2**70), max_value=2**70)
plain = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
changes = st.dictionaries(
    texts | st.sampled_from(["customer_contact_name", "partner_contact_email", "to", "status"]),
    plain,
    max_size=4,
)

lines = st.builds(
    ClaimLine,
    product=texts,
    level=st.sampled_from(Level),
    programmes=st.lists(texts, max_size=2).map(tuple),
    subscription_id=st.none() | guids.map(SubscriptionId),
    subscription_ends_on=st.none() | days,
    purchase_channel=maybe,
    engagement_description=maybe,
    comments=maybe,
    source=st.none()
    | st.builds(Source, file=texts, sheet=maybe, row=st.integers(min_value=1, max_value=1_048_576)),
)
claims = st.builds(
    Claim,
    claim_name=texts,
    mpn_id=st.from_regex(r"[0-9]{4,10}", fullmatch=True).map(MpnId),
    partner_name=texts,
    tenant_id=guids.map(TenantId),
    customer_name=texts,
    solution_area=texts,
    activity=texts,
    edition=st.sampled_from(["cpor-2021", "mci-2023"]),
    lines=st.lists(lines, max_size=3).map(tuple),
    partner_center_claim_id=maybe,
    partner_organisation=st.just("") | texts,
    partner_country=maybe,
    partner_contact_name=maybe,
    partner_contact_email=maybe,
    customer_domain=maybe,
    customer_address=st.lists(texts, max_size=3).map(tuple),
    customer_contact_name=maybe,
    customer_contact_title=maybe,
    customer_contact_email=maybe,
    technical_contact_email=maybe,
    solution_seller_name=maybe,
    isv_solution_name=maybe,
    poe_document=maybe,
    poe_signed_on=st.none() | days,
    public_sector=st.booleans(),
    submitted_on=st.none() | days,
)
events = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    claim=st.none(),
    known_on=days,
    occurred_on=days,
    actor=texts,
    run=texts,
    status=maybe,
    state=st.none() | claims,
    before=changes,
    after=changes,
    file=maybe,
    row=st.none() | st.integers(min_value=1),
    reason=maybe,
    number=st.integers(min_value=1, max_value=2**40),
    at=st.datetimes(timezones=st.just(UTC)),
)
