"""What the ledger knows about the claims of a run: asked for by keys, answered set-based, judged purely."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cpor_batch.domain.claim import ClaimKey
from cpor_batch.domain.ids import SubscriptionId, TenantId
from cpor_batch.domain.standing import ClaimState


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a run needs to know."""

    references: frozenset[str] = frozenset()
    partner_center_claim_ids: frozenset[str] = frozenset()
    natural_identities: frozenset[tuple[str, str, str, str, str]] = frozenset()
    keys: frozenset[ClaimKey] = frozenset()
    products: frozenset[tuple[TenantId, str]] = frozenset()
    """(tenant, product) of Business Applications lines: for lines with and without a subscription ID."""
    tenants: frozenset[TenantId] = frozenset()
    domains: frozenset[str] = frozenset()
    subscriptions: frozenset[SubscriptionId] = frozenset()
    folded_names: frozenset[str] = frozenset()
    """Customer names folded by case, accents, punctuation and legal form."""
    skeletons: frozenset[str] = frozenset()
    """Confusables skeletons of customer domains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer as one claim names it."""

    tenant_id: TenantId
    name: str
    domain: str | None
    folded_name: str
    skeleton: str
    state: ClaimState | None = None
    """The first claim that names this customer, so that people can find it; None for one of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledger knows of what was wanted."""

    by_reference: Mapping[str, ClaimState] = field(default_factory=dict)
    by_partner_center_claim_id: Mapping[str, ClaimState] = field(default_factory=dict)
    by_natural_identity: Mapping[tuple[str, str, str, str, str], ClaimState] = field(default_factory=dict)
    claims: tuple[ClaimState, ...] = ()
    """Every claim on a wanted key or (tenant, product), in order of recording, held ones included."""
    tenant_domains: Mapping[TenantId, frozenset[str]] = field(default_factory=dict)
    domain_tenants: Mapping[str, frozenset[TenantId]] = field(default_factory=dict)
    subscription_tenants: Mapping[SubscriptionId, frozenset[TenantId]] = field(default_factory=dict)
    product_subscriptions: Mapping[tuple[TenantId, str], frozenset[SubscriptionId]] = field(
        default_factory=dict
    )
    """Subscription IDs known of a product at a tenant."""
    customers: tuple[Customer, ...] = ()
    """Customers of wanted tenants, folded names or skeletons."""

    @classmethod
    def nothing(cls) -> "Known":
        """Return the knowledge of an empty ledger."""
        return cls()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerEntry:
    """One `[[partners]]` entry of cpor-batch.toml."""

    mpn_id: str
    name: str | None = None
    organisation: str | None = None
    country: str | None = None
    region: str | None = None
    is_location: bool = True
    address: tuple[str, ...] = ()
    sender: str | None = None
    reply_to: str | None = None
    footer: str | None = None
    logo: str | None = None
    """Path of an image, absolute once the settings are read."""
    colour: str | None = None
    """#rrggbb"""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the workspace knows about itself: its partners, country and the customers' fall-back language."""

    partners: Mapping[str, PartnerEntry] = field(default_factory=dict)
    """By MPN ID. Empty: nobody said which MPN IDs are ours, so none is refused or warned about."""
    country: str | None = None
    region: str | None = None
    language: str = "en"
    languages: frozenset[str] = frozenset({"en", "sv", "de", "fr", "es", "ja"})
    """Those that documents can be written in: ours, and those that the workspace has catalogues for."""
