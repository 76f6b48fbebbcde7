"""A plugin for ways to pay: a wallet of one's own, and what the payment provider can take today."""

from collections.abc import Collection, Sequence

from retention_sdk import PaymentChoice, PaymentKind, PaymentMethod, Retention
from retention_sdk.hooks import Registry, hookimpl


def snail_pay() -> PaymentMethod:
    return PaymentMethod(
        method_id="snailpay",
        name="SnailPay",
        kind=PaymentKind.WALLET,
        countries=("NL", "BE"),
        currencies=("EUR",),
        source="SnailPay merchant manual, read 2026-11-21",
        source_read="page",
        confidence="high",
    )


class LocalWallet:
    def __init__(self, out_of_order: Collection[str]) -> None:
        self.out_of_order = out_of_order

    @hookimpl
    def retention_register(self, registry: Registry) -> None:
        registry.payment_method("snailpay", snail_pay, summary="the wallet of our street")

    @hookimpl
    def retention_payment_methods(
        self, methods: Sequence[PaymentChoice]
    ) -> Sequence[PaymentChoice]:
        return [method for method in methods if method.method_id not in self.out_of_order]


shop = Retention.offline("Kiln & Leaf", sender="Mira Sand")
shop.plugins.add(LocalWallet(out_of_order={"card_amex"}), "local_wallet")

for method in shop.payment_methods(
    "NL",
    currency="EUR",
    enabled_on_platform=["mollie:ideal", "card_visa", "card_amex", "snailpay"],
    past_methods=["card_visa"],
):
    print(f"{method.name}: {' '.join(method.reasons)}")
