"""Who appears in the samples: partners, customers and the people who work there. All of them are invented.

Companies bear names that Microsoft's own documentation uses for examples; every domain is reserved for
examples by RFC 2606.
"""

import random
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

T = TypeVar("T")


class Dice:
    """Choices that are the same on every run, each stream with its own name."""

    def __init__(self, name: str) -> None:
        self._random = random.Random(f"cpor-batch samples: {name}")  # noqa: S311 - repeatable on purpose

    def guid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def number(self, first: int, last: int) -> int:
        return self._random.randint(first, last)

    def pick(self, items: Sequence[T]) -> T:
        return self._random.choice(items)

    def picks(self, items: Sequence[T], count: int) -> list[T]:
        """Return `count` different items in their own order."""
        chosen = set(self._random.sample(range(len(items)), count))
        return [item for index, item in enumerate(items) if index in chosen]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        return self._random.sample(items, len(items))


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """One partner location."""

    mpn_id: str
    name: str
    organisation: str
    country: str
    contact_name: str
    contact_email: str
    address: tuple[str, ...]
    colour: str


FABRIKAM_SE: Final = Partner(
    mpn_id="4581201",
    name="Fabrikam Sverige AB",
    organisation="Fabrikam",
    country="SE",
    contact_name="Elin Sandell",
    contact_email="elin.sandell@fabrikam.example",
    address=("Exempelgatan 12", "111 22 Stockholm", "Sverige"),
    colour="#0b5394",
)
FABRIKAM_DE: Final = Partner(
    mpn_id="4581202",
    name="Fabrikam Deutschland GmbH",
    organisation="Fabrikam",
    country="DE",
    contact_name="Jonas Reuter",
    contact_email="jonas.reuter@fabrikam.example",
    address=("Musterstraße 8", "80331 München", "Deutschland"),
    colour="#0b5394",
)
FABRIKAM_US: Final = Partner(
    mpn_id="4581203",
    name="Fabrikam, Inc.",
    organisation="Fabrikam",
    country="US",
    contact_name="Dana Whitlow",
    contact_email="dana.whitlow@fabrikam.example",
    address=("400 Sample Avenue", "Denver, CO 80202", "USA"),
    colour="#0b5394",
)
ADVENTURE: Final = Partner(
    mpn_id="5120447",
    name="Adventure Works Consulting Ltd",
    organisation="Adventure Works",
    country="GB",
    contact_name="Priya Haldane",
    contact_email="priya.haldane@adventure-works.example",
    address=("21 Specimen Road", "Leeds LS1 4AP", "United Kingdom"),
    colour="#38761d",
)
NORTHWIND: Final = Partner(
    mpn_id="3907815",
    name="Northwind Traders SAS",
    organisation="Northwind Traders",
    country="FR",
    contact_name="Camille Verdier",
    contact_email="camille.verdier@northwind.example",
    address=("5 rue de l'Exemple", "69002 Lyon", "France"),
    colour="#1f5c7a",
)
TAILSPIN: Final = Partner(
    mpn_id="6044190",
    name="Tailspin Toys KK",
    organisation="Tailspin Toys",
    country="JP",
    contact_name="桜井 美緒",
    contact_email="mio.sakurai@tailspin.example",
    address=("見本町 1-2-3", "東京都千代田区 100-0001", "日本"),
    colour="#a61c3c",
)
WOODGROVE: Final = Partner(
    mpn_id="2766538",
    name="Woodgrove Consulting S.L.",
    organisation="Woodgrove",
    country="ES",
    contact_name="Lucía Ferrando",
    contact_email="lucia.ferrando@woodgrove.example",
    address=("Calle del Ejemplo 30", "46002 Valencia", "España"),
    colour="#7f6000",
)
PARTNERS: Final = (FABRIKAM_SE, FABRIKAM_DE, FABRIKAM_US, ADVENTURE, NORTHWIND, TAILSPIN, WOODGROVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at a customer."""

    name: str
    title: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer tenant."""

    name: str
    domain: str
    tenant_id: str
    country: str
    language: str
    region: str | None
    address: tuple[str, ...]
    contact: Person
    technical: Person
    is_public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """How customers of one country are called."""

    language: str
    trades: tuple[tuple[str, str], ...]
    """(as the name has it, as the domain has it)"""
    name: str
    """With {base} and {trade}."""
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    person: str
    titles: tuple[str, ...]
    technical_titles: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[str, ...]
    regions: tuple[str | None, ...] = (None,)


# Each with its spelling in Japanese.
BASES: Final = (
    ("Contoso", "コントソ"),
    ("Litware", "リットウェア"),
    ("Proseware", "プロズウェア"),
    ("Lamna", "ラムナ"),
    ("Relecloud", "レレクラウド"),
    ("VanArsdel", "ヴァンアースデル"),
    ("Wingtip", "ウィングチップ"),
    ("Munson", "マンソン"),
    ("Humongous", "ヒューモンガス"),
    ("Coho", "コーホー"),
)
COUNTRIES: Final = {
    "SE": Country(
        language="sv",
        trades=(
            ("Skog", "skog"),
            ("Energi", "energi"),
            ("Vård", "vard"),
            ("Livsmedel", "livsmedel"),
            ("Bygg", "bygg"),
            ("Rederi", "rederi"),
            ("Försäkring", "forsakring"),
        ),
        name="{base} {trade} AB",
        first_names=("Anna", "Björn", "Karin", "Åsa", "Göran", "Linnéa", "Oskar", "Maja"),
        last_names=("Ekdal", "Sjövall", "Lindhagen", "Ödegård", "Tunberg", "Rosqvist", "Hällström"),
        person="{first} {last}",
        titles=("IT-chef", "Verksamhetschef", "CIO", "Digitaliseringschef"),
        technical_titles=("Systemarkitekt", "Driftansvarig", "Applikationsförvaltare"),
        streets=("Storgatan 4", "Hamngatan 17", "Björkvägen 3"),
        towns=("411 04 Göteborg", "753 10 Uppsala", "903 26 Umeå"),
    ),
    "DE": Country(
        language="de",
        trades=(
            ("Maschinenbau", "maschinenbau"),
            ("Kliniken", "kliniken"),
            ("Logistik", "logistik"),
            ("Werkzeuge", "werkzeuge"),
            ("Brauerei", "brauerei"),
            ("Großhandel", "grosshandel"),
        ),
        name="{base} {trade} GmbH",
        first_names=("Annette", "Jürgen", "Sabine", "Matthias", "Kerstin", "Uwe", "Heike", "Florian"),
        last_names=("Brandstätter", "Köhne", "Löffelholz", "Wegener", "Strauß", "Ullmann", "Petersdorf"),
        person="{first} {last}",
        titles=("IT-Leitung", "Kaufmännische Leitung", "CIO", "Geschäftsführung"),
        technical_titles=("Systemadministration", "Solution Architect", "Teamleitung ERP"),
        streets=("Hauptstraße 22", "Am Beispielpark 1", "Industrieweg 9"),
        towns=("80469 München", "50667 Köln", "01067 Dresden"),
        regions=("BY", "NW", "SN"),
    ),
    "FR": Country(
        language="fr",
        trades=(
            ("Assurances", "assurances"),
            ("Boulangeries", "boulangeries"),
            ("Ingénierie", "ingenierie"),
            ("Santé", "sante"),
            ("Transports", "transports"),
        ),
        name="{base} {trade} SAS",
        first_names=("Élodie", "Benoît", "Maëlle", "Thibault", "Sophie", "Rémi", "Agnès"),
        last_names=("Delattre", "Charpenel", "Loiseau", "Garnier-Petit", "Brossard", "Maréchaux"),
        person="{first} {last}",
        titles=("DSI", "Responsable informatique", "Responsable achats", "Chef de projet"),
        technical_titles=("Architecte", "Responsable d'exploitation", "Responsable des applications"),
        streets=("14 avenue du Modèle", "3 place du Marché", "27 quai des Essais"),
        towns=("33000 Bordeaux", "59800 Lille", "67000 Strasbourg"),
    ),
    "ES": Country(
        language="es",
        trades=(
            ("Bodegas", "bodegas"),
            ("Seguros", "seguros"),
            ("Construcción", "construccion"),
            ("Alimentación", "alimentacion"),
            ("Náutica", "nautica"),
        ),
        name="{trade} {base} S.L.",
        first_names=("Begoña", "Íñigo", "Marta", "Óscar", "Nuria", "Joaquín", "Inés"),
        last_names=("Ibáñez Soler", "Quintana Roig", "Peñalver", "Arístegui", "Montero Gil", "Cebrián"),
        person="{first} {last}",
        titles=("Gerente de TI", "Gerente de finanzas", "CIO", "Gerente de operaciones"),
        technical_titles=("Administración de sistemas", "Responsable de sistemas", "Soporte de aplicaciones"),
        streets=("Calle Mayor 18", "Avenida de la Muestra 5", "Plaza Nueva 2"),
        towns=("28013 Madrid", "41001 Sevilla", "08002 Barcelona"),
        regions=("MD", "AN", "CT"),
    ),
    "JP": Country(
        language="ja",
        trades=(
            ("電機", "denki"),
            ("製薬", "seiyaku"),
            ("物流", "butsuryu"),
            ("食品", "shokuhin"),
            ("建設", "kensetsu"),
        ),
        name="{base}{trade}株式会社",
        first_names=("陽子 Yoko", "健太 Kenta", "由美 Yumi", "直樹 Naoki", "恵 Megumi", "翔 Sho"),
        last_names=("小川 Ogawa", "村瀬 Murase", "藤堂 Todo", "三枝 Saegusa", "北見 Kitami"),
        person="{last} {first}",
        titles=("情報システム部長", "経営企画部長", "CIO", "業務改革推進室長"),
        technical_titles=("システム担当課長", "ソリューションアーキテクト", "基盤担当"),
        streets=("見本町 4-5-6", "例示通 2-8", "中央 1-1-7"),
        towns=("大阪市北区 530-0001", "横浜市西区 220-0012", "福岡市博多区 812-0011"),
    ),
    "US": Country(
        language="en",
        trades=(
            ("Energy", "energy"),
            ("Foods", "foods"),
            ("Health", "health"),
            ("Freight", "freight"),
            ("Outdoor", "outdoor"),
            ("Mutual", "mutual"),
        ),
        name="{base} {trade}, Inc.",
        first_names=("Alicia", "Marcus", "Renee", "Tobias", "Yolanda", "Grant", "Simone"),
        last_names=("Okafor", "Brandley", "Castellanos", "Whitmer", "Nakai", "Delgado-Ross"),
        person="{first} {last}",
        titles=("Chief Information Officer", "VP Operations", "Director of IT", "Controller"),
        technical_titles=("Solutions Architect", "Systems Engineer", "CRM Administrator"),
        streets=("1200 Placeholder Blvd", "77 Specimen Street", "310 Mockup Drive"),
        towns=("Austin, TX 78701", "Portland, OR 97204", "Columbus, OH 43215"),
        regions=("TX", "OR", "OH"),
    ),
    "GB": Country(
        language="en",
        trades=(
            ("Engineering", "engineering"),
            ("Brewing", "brewing"),
            ("Housing", "housing"),
            ("Retail", "retail"),
            ("Marine", "marine"),
        ),
        name="{base} {trade} Ltd",
        first_names=("Imogen", "Callum", "Beatrice", "Owen", "Fiona", "Rhys", "Harriet"),
        last_names=("Ashdown", "Pemberley", "MacAulay", "Thistlewood", "Carrick", "Llewelyn-Shaw"),
        person="{first} {last}",
        titles=("Head of IT", "Operations Director", "Chief Information Officer", "Finance Director"),
        technical_titles=("Infrastructure Lead", "Solutions Architect", "Applications Manager"),
        streets=("9 Sample Lane", "42 Model Street", "1 Template Wharf"),
        towns=("Bristol BS1 5TR", "Glasgow G2 1DY", "Cardiff CF10 1EP"),
        regions=("ENG", "SCT", "WLS"),
    ),
}
_SUFFIXES: Final = ("example", "example", "example.com", "example", "example.org", "example", "example.net")


def build_customer(country: str, index: int) -> Customer:
    """Return the customer with this number of a country, always the same one."""
    facts = COUNTRIES[country]
    dice = Dice(f"customer {country} {index}")
    trade, trade_slug = facts.trades[index % len(facts.trades)]
    shift = list(COUNTRIES).index(country)
    base, base_ja = BASES[(index // len(facts.trades) + index * 3 + shift) % len(BASES)]
    domain = f"{base.lower()}-{trade_slug}.{_SUFFIXES[index % len(_SUFFIXES)]}"
    contact = _person(facts, dice, domain, facts.titles)
    technical = _person(facts, dice, domain, facts.technical_titles, unlike=contact)
    place = dice.number(0, len(facts.towns) - 1)
    name = facts.name.format(base=base_ja if country == "JP" else base, trade=trade)
    return Customer(
        name=name,
        domain=domain,
        tenant_id=dice.guid(),
        country=country,
        language=facts.language,
        region=facts.regions[place % len(facts.regions)],
        address=(name, facts.streets[place], facts.towns[place]),
        contact=contact,
        technical=technical,
    )


def _person(
    facts: Country, dice: Dice, domain: str, titles: Sequence[str], *, unlike: Person | None = None
) -> Person:
    while True:
        first, last = dice.pick(facts.first_names), dice.pick(facts.last_names)
        # Japanese names carry their Latin spelling for the address.
        shown = facts.person.format(first=first.split()[0] if " " in first else first, last=last)
        if " " in first:
            shown = facts.person.format(first=first.split()[0], last=last.split()[0])
        if unlike is None or shown != unlike.name:
            break
    local = f"{_ascii(first.split()[-1])}.{_ascii(last.split()[-1])}"
    return Person(name=shown, title=dice.pick(titles), email=f"{local}@{domain}")


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("ß", "ss").replace("ø", "o"))
    return "".join(
        letter for letter in plain.lower() if letter.isascii() and (letter.isalnum() or letter == "-")
    )
