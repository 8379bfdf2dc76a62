import pytest

from cpor_batch.assets import Assets
from cpor_batch.domain.claim import CLAIM_FIELDS, CONTACT_FIELDS, LINE_FIELDS
from cpor_batch.errors import RulebookError
from cpor_batch.rulebook.sheet import LANGUAGES, ColumnKind, Scope, SheetSchema, parse_sheet
from cpor_batch.rulebook.strict import parse_yaml
from tests.builders import rulebook

# The table of the workbook's documentation: key, canonical header, required in every edition.
COLUMNS = """
claim_reference | Claim reference | no
partner_center_claim_id | Partner Center claim ID | no
claim_name | Claim name | always
mpn_id | MPN ID | always
partner_name | Partner name | always
partner_organisation | Partner organisation | no
partner_country | Partner country | no
partner_contact_name | Partner contact name | always
partner_contact_email | Partner contact email | always
customer_name | Customer name | always
customer_domain | Customer domain | no
tenant_id | Tenant ID | always
customer_country | Customer country | no
customer_region | Customer region | no
customer_address | Customer address | no
customer_language | Customer language | no
solution_area | Solution area | always
activity | Activity | always
product | Product or workload | always
subscription_id | Subscription ID | no
subscription_ends_on | Subscription ends on | no
purchase_channel | Purchased through | no
customer_contact_name | Customer contact name | always
customer_contact_title | Customer contact title | always
customer_contact_email | Customer contact email | always
technical_contact_name | Technical contact name | no
technical_contact_title | Technical contact title | no
technical_contact_email | Technical contact email | no
solution_seller_name | Solution seller name | no
isv_solution_name | ISV solution name | no
engagement_description | Engagement description | no
poe_document | PoE document | no
poe_signed_on | PoE signed on | no
public_sector | Public sector | no
submitted_on | Submitted on | no
comments | Comments | no
"""


def sheet() -> SheetSchema:
    return rulebook().sheet


def test_the_sheet_has_the_documented_columns_in_their_order() -> None:
    documented = [tuple(part.strip() for part in row.split("|")) for row in COLUMNS.strip().splitlines()]

    columns = [(rule.key, rule.header, "always" if rule.is_required else "no") for rule in sheet().columns]

    assert columns == documented


def test_every_column_is_a_field_of_a_claim_or_of_a_line() -> None:
    for rule in sheet().columns:
        assert rule.key in (LINE_FIELDS if rule.scope is Scope.LINE else CLAIM_FIELDS)


def test_the_grouping_cells_make_the_claim() -> None:
    grouping = [rule.key for rule in sheet().columns if rule.scope is Scope.GROUPING]

    assert grouping == ["claim_name", "mpn_id", "tenant_id", "solution_area", "activity"]


def test_the_line_cells_are_free_to_differ() -> None:
    line = {rule.key for rule in sheet().columns if rule.scope is Scope.LINE}

    assert line == {
        "product",
        "subscription_id",
        "subscription_ends_on",
        "purchase_channel",
        "engagement_description",
        "comments",
    }


def test_personal_columns_are_the_contact_fields() -> None:
    personal = {rule.key for rule in sheet().columns if rule.is_personal}

    assert personal == CONTACT_FIELDS


def test_line_breaks_are_fine_in_address_description_and_comments() -> None:
    several_lines = {rule.key for rule in sheet().columns if rule.line_breaks}

    assert several_lines == {"customer_address", "engagement_description", "comments"}


def test_every_header_and_synonym_of_every_language_is_found() -> None:
    schema = sheet()

    for rule in schema.columns:
        assert set(rule.headers) == set(LANGUAGES)
        assert set(rule.synonyms) <= set(LANGUAGES)
        spellings = [*rule.headers.values(), *(name for names in rule.synonyms.values() for name in names)]
        for spelling in spellings:
            assert schema.match_header(spelling) == rule.key
            assert schema.match_header(f"  {spelling.upper()} * ") == rule.key


def test_no_two_columns_share_a_header_in_any_language() -> None:
    for language in LANGUAGES:
        headers = [rule.headers[language] for rule in sheet().columns]

        assert len(set(headers)) == len(headers)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("PartnerID", "mpn_id"),
        ("MPN-ID", "mpn_id"),
        ("mpn id*", "mpn_id"),
        ("Directory ID", "tenant_id"),
        ("Klientorganisations-ID", "tenant_id"),
        ("Katalog-ID", "tenant_id"),
        ("KATALOG ID", "tenant_id"),
        ("Kundens domännamn", "customer_domain"),
        ("Kundens kontaktnamn", "customer_contact_name"),
        ("Kundens rubrik", "customer_contact_title"),
        ("Lösningsområde", "solution_area"),
        ("Lo\u0308sningsomra\u030ade", "solution_area"),
        ("Verzeichnis-ID", "tenant_id"),
        ("ID de répertoire", "tenant_id"),
        ("Id. de inquilino", "tenant_id"),
        ("テナント ID", "tenant_id"),
        ("ディレクトリID", "tenant_id"),
        ("Ｔｅｎａｎｔ　ＩＤ", "tenant_id"),
        ("tenant_id", "tenant_id"),
        ("Product(s)/workload(s)", "product"),
    ],
)
def test_headers_are_found_however_they_are_spelt(header: str, key: str) -> None:
    assert sheet().match_header(header) == key


@pytest.mark.parametrize("header", ["", "*", "Tenat ID", "Account manager", "Foretag"])
def test_a_header_that_is_only_similar_is_not_taken(header: str) -> None:
    assert sheet().match_header(header) is None


def test_a_similar_header_is_suggested() -> None:
    assert sheet().suggest_header("Tenat ID") == "tenant_id"
    assert sheet().suggest_header("Kundens kontaktnam") == "customer_contact_name"
    assert sheet().suggest_header("Zzz") is None
    assert sheet().suggest_header("") is None


def test_help_fits_into_a_message_of_excel() -> None:
    for rule in sheet().columns:
        for language in LANGUAGES:
            assert 0 < len(rule.help[language]) <= 255


def test_every_column_has_a_reference_and_a_length() -> None:
    for rule in sheet().columns:
        assert rule.reference
        assert 1 <= rule.max_length <= 32767
    assert sheet().column("claim_name").max_length == 100


def test_yes_and_no_are_read_in_all_languages() -> None:
    for word in ("Yes", "ja", "Ja", "Oui", "Sí", "si", "はい", "TRUE", "1"):
        assert sheet().parse_yes_no(word) is True
    for word in ("No", "nej", "Nein", "non", "いいえ", "FALSE", "0"):
        assert sheet().parse_yes_no(word) is False
    for word in ("", "-", "maybe"):
        assert sheet().parse_yes_no(word) is None


def test_languages_are_read_as_code_tag_or_name() -> None:
    assert sheet().parse_language("SV") == "sv"
    assert sheet().parse_language("sv-SE") == "sv"
    assert sheet().parse_language("de_AT") == "de"
    assert sheet().parse_language("Schwedisch") == "sv"
    assert sheet().parse_language("日本語") == "ja"
    assert sheet().parse_language("Finnish") is None


def test_csp_is_recognised_as_purchase_channel() -> None:
    assert sheet().is_csp("csp")
    assert sheet().is_csp("Cloud Solution Provider (CSP)")
    assert not sheet().is_csp("Volume licensing")


def test_a_spelling_that_names_two_columns_is_refused() -> None:
    text = Assets().read_schema("sheets/claims.yaml").decode().replace("[Comment, Notes", "[Tenant, Notes")

    with pytest.raises(
        RulebookError, match='"Tenant" names both the column tenant_id and the column comments'
    ):
        parse_sheet(parse_yaml(text.encode(), "claims.yaml"))


def test_an_unknown_kind_is_refused_with_its_line() -> None:
    text = Assets().read_schema("sheets/claims.yaml").decode().replace("kind: guid", "kind: guide", 1)
    line = text[: text.index("kind: guide")].count("\n") + 1

    with pytest.raises(RulebookError, match=rf'claims\.yaml:{line}: .*Did you mean "guid"\?'):
        parse_sheet(parse_yaml(text.encode(), "claims.yaml"))


def test_kinds_are_what_the_columns_hold() -> None:
    kinds = {rule.key: rule.kind for rule in sheet().columns}

    assert kinds["tenant_id"] is kinds["subscription_id"] is ColumnKind.GUID
    assert kinds["mpn_id"] is ColumnKind.DIGITS
    assert {key for key, kind in kinds.items() if kind is ColumnKind.DATE} == {
        "subscription_ends_on",
        "poe_signed_on",
        "submitted_on",
    }
    assert {key for key, kind in kinds.items() if kind is ColumnKind.COUNTRY} == {
        "partner_country",
        "customer_country",
    }
