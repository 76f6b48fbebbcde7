"""Carries over what our documents use of Saleor's schema: names, types and what is deprecated.

    python extract.py schema.graphql > used.graphql

The schema is ``saleor/graphql/schema.graphql`` of Saleor's source. Nothing else of it is kept: no
descriptions, no other types, fields or arguments (but those that are required).
"""

import sys
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLScalarType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    is_required_argument,
    is_required_input_field,
    parse,
    visit,
)
from retention_saleor import documents as sent
from retention_saleor.settings import SaleorSettings

# Fields of inputs stand in variables, not in documents; all that are required are kept.
INPUTS = {
    "VoucherInput": "type name addCodes startDate endDate discountValueType usageLimit code "
    "applyOncePerCustomer applyOncePerOrder singleUse onlyForStaff",
    "VoucherChannelListingInput": "addChannels",
    "VoucherChannelListingAddInput": "channelId discountValue minAmountSpent",
    "GiftCardCreateInput": "code balance isActive privateMetadata expiryDate note",
    "WebhookCreateInput": "name targetUrl asyncEvents isActive query secretKey",
    "WebhookUpdateInput": "name targetUrl asyncEvents isActive query secretKey",
    "OrderWhereInput": "updatedAt",
    "CustomerWhereInput": "updatedAt",
    "ProductWhereInput": "isPublished",
    "VoucherFilterInput": "search",
    "GiftCardFilterInput": "code",
}
# A few of very many words; and a deprecated field, to see that the check finds one.
WORDS = {
    "LanguageCodeEnum": ("DE", "EN", "EN_GB", "FA", "JA", "PT_BR", "ZH_HANT_HK"),
    "WebhookEventTypeAsyncEnum": ("ORDER_", "CUSTOMER_", "ACCOUNT_DELETED"),
}
MORE = {"Product": {"chargeTaxes"}, "PaymentMethodDetails": {"name"}}
BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}


class Used(Visitor):
    """Notes every field, argument and type of a document."""

    def __init__(self, info, fields, arguments, types):
        super().__init__()
        self.info, self.fields, self.arguments, self.types = info, fields, arguments, types

    def enter_field(self, node, *_):
        parent, name = self.info.get_parent_type().name, node.name.value
        if not name.startswith("__"):
            self.fields.setdefault(parent, set()).add(name)
            self.types |= {parent, get_named_type(self.info.get_type()).name}
            given = {each.name.value for each in node.arguments or ()}
            self.arguments.setdefault((parent, name), set()).update(given)


def main(path):
    schema = build_schema(Path(path).read_text(encoding="utf-8"), assume_valid_sdl=True)
    fields, arguments, types = {}, {}, {"OtherPaymentMethodDetails"}
    for text in documents():
        info = TypeInfo(schema)
        visit(parse(text), TypeInfoVisitor(info, Used(info, fields, arguments, types)))
    for name, more in MORE.items():
        fields.setdefault(name, set()).update(more)
    written, left = {}, set(types)
    while left:
        name = left.pop()
        if name not in written and name not in BUILT_IN:
            lines, needed = write(schema.type_map[name], fields, arguments)
            written[name] = lines
            left |= needed
    sys.stdout.write("\n\n".join(written[name] for name in sorted(written)) + "\n")


def documents():
    own = SaleorSettings(url="https://shop.example/graphql/", token="x", channel="c")
    public = own.model_copy(update={"consent_metadata": "public"})
    names = (n for n in vars(sent) if n.isupper() and n[0] != "_" and not n.endswith("KEYS"))
    for name in names:
        yield sent.tailored(getattr(sent, name), own)
        yield sent.tailored(getattr(sent, name), public)


def write(kind, fields, arguments):
    name = kind.name
    if isinstance(kind, GraphQLScalarType):
        return f"scalar {name}", set()
    if isinstance(kind, GraphQLEnumType):
        words = (word + old(v) for word, v in kind.values.items() if is_kept(name, word))
        return f"enum {name} {{ {' '.join(words)} }}", set()
    needed = set()
    if isinstance(kind, GraphQLInputObjectType):
        kept = INPUTS[name].split() if name in INPUTS else kind.fields
        chosen = [n for n, f in kind.fields.items() if n in kept or is_required_input_field(f)]
        lines = [f"  {n}: {ref(kind.fields[n].type, needed)}{old(kind.fields[n])}" for n in chosen]
        return "\n".join((f"input {name} {{", *lines, "}")), needed
    faces = [face.name for face in kind.interfaces if face.name in fields]
    kept = fields.get(name, set()).union(*(fields[face] for face in faces))
    lines = []
    for each in (n for n in kind.fields if n in kept):
        field, used = kind.fields[each], arguments.get((name, each), set())
        given = [
            f"{n}: {ref(argument.type, needed)}"
            for n, argument in field.args.items()
            if n in used or is_required_argument(argument)
        ]
        heading = f"{each}({', '.join(given)})" if given else each
        lines.append(f"  {heading}: {ref(field.type, needed)}{old(field)}")
    word = "interface" if isinstance(kind, GraphQLInterfaceType) else "type"
    implements = f" implements {' & '.join(faces)}" if faces else ""
    return "\n".join((f"{word} {name}{implements} {{", *lines, "}")), needed


def is_kept(enum, word):
    """An end of ``_`` stands for all words that begin so."""
    chosen = WORDS.get(enum, (word,))
    return word in chosen or word.startswith(tuple(each for each in chosen if each[-1] == "_"))


def ref(kind, needed):
    needed.add(get_named_type(kind).name)
    return str(kind)


def old(definition):
    return "" if definition.deprecation_reason is None else " @deprecated"


if __name__ == "__main__":
    main(sys.argv[1])
