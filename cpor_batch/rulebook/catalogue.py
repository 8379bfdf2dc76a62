"""The catalogue: which workloads and products can be claimed, and by which names people know them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from cpor_batch.domain.claim import Level
from cpor_batch.domain.edition import Product
from cpor_batch.rulebook.matching import fold_name, fold_product, nearest_name
from cpor_batch.rulebook.strict import Place, Table, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The products of all families, in the order of their files."""

    products: tuple[Product, ...]
    _by_spelling: Mapping[str, Product] = field(default_factory=dict, repr=False)

    def find(self, text: str) -> Product | None:
        """Return the product that `text` names, or None.

        Case, spaces, punctuation and a leading "Microsoft" do not matter; aliases, former names and report
        codes count.
        """
        return self._by_spelling.get(fold_product(text))

    def nearest(self, text: str) -> str | None:
        """Return the canonical name of the most similar product, for a message only, or None."""
        names = {spelling: product.name for spelling, product in self._by_spelling.items()}
        return nearest_name(fold_product(text), names)

    def of_level(self, level: Level) -> tuple[Product, ...]:
        """Return the products that are claimed at that level."""
        return tuple(product for product in self.products if product.level is level)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedProduct:
    """A product and where its file names it."""

    product: Product
    place: Place


def parse_products(root: Value) -> tuple[PlacedProduct, ...]:
    """Return the products of one file of catalogue/."""
    keys = ("about", "family", "level", "claimable", "products")
    table = root.table(required=keys)
    family, level = table["family"].text(), table["level"].choice(Level)
    dates = _claimable(table["claimable"])
    table["about"].text()
    return tuple(
        PlacedProduct(product=_product(item, family, level, dates), place=item.place)
        for item in table["products"].items()
    )


def _claimable(value: Value) -> tuple[date | None, date | None]:
    table = value.table(required=("from", "until", "reference"))
    table["reference"].text()
    return table.day("from"), table.day("until")


def _product(item: Value, family: str, level: Level, dates: tuple[date | None, date | None]) -> Product:
    optional = ("aliases", "former_names", "codes", "claimable")
    table = item.table(required=("name", "reference"), optional=optional)
    own = table.find("claimable")
    claimable_from, claimable_until = dates if own is None else _claimable(own)
    return Product(
        name=table["name"].text(),
        family=family,
        level=level,
        aliases=_aliases(table),
        claimable_from=claimable_from,
        claimable_until=claimable_until,
        reference=table["reference"].text(),
    )


def _aliases(table: Table) -> tuple[str, ...]:
    return (*table.spellings("aliases"), *table.spellings("former_names"), *table.spellings("codes"))


def build_catalogue(placed: Sequence[PlacedProduct]) -> Catalogue:
    """Return the catalogue; RulebookError where two products share a name."""
    spellings: dict[str, Product] = {}
    for one in placed:
        for name in (one.product.name, *one.product.aliases):
            other = spellings.setdefault(fold_product(name), one.product)
            if other is not one.product:
                message = f'"{name}" names both "{other.name}" and "{one.product.name}".'
                raise one.place.error(message, "Keep the name in one of them.")
    return Catalogue(products=tuple(one.product for one in placed), _by_spelling=MappingProxyType(spellings))


def find_by_name(text: str, named: Iterable[tuple[str, Sequence[str]]]) -> str | None:
    """Return the canonical name among (name, aliases) pairs that `text` spells, or None."""
    folded = fold_name(text)
    for name, aliases in named:
        if any(fold_name(spelling) == folded for spelling in (name, *aliases)):
            return name
    return None
