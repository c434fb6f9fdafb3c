"""Products, orders and parcels."""

from opieka.commerce.models import Order, OrderLine, Product, Shipment
from opieka.demo.generate import Row, World
from opieka.demo.load.people import Cast
from opieka.demo.load.rows import Ids, insert, moment


def sell(cast: Cast, world: World) -> None:
    """Every variant is a product of its own: it is what can be ordered."""
    products = _products(cast, world["products"])
    orders = _orders(cast, world["orders"])
    _lines(cast, world["orders"], orders=orders, products=products)
    _shipments(cast, world["shipments"], orders)


def _products(cast: Cast, products: list[Row]) -> dict[str, int]:
    ids, known = Ids(Product), {}
    rows = []
    for product in products:
        for variant in product["variants"]:
            known[variant["sku"]] = ids.new()
            rows.append(
                {
                    "id": known[variant["sku"]],
                    "organisation_id": cast.organisation.pk,
                    "sku": variant["sku"],
                    "name": f"{product['name']}, {variant['name']}" if variant["name"] else product["name"],
                    "category": product["category"],
                    "price_minor": variant["price"] or product["price"],
                    "stock": variant["stock"],
                    "no_withdrawal_because": product["no_withdrawal_because"],
                    "guarantee_months": product["guarantee_months"],
                    "icon": product["icon"],
                }
            )
    insert(Product, rows, now=cast.now)
    return known


def _orders(cast: Cast, orders: list[Row]) -> dict[str, int]:
    ids = Ids(Order)
    known = {row["number"]: ids.new() for row in orders}
    insert(
        Order,
        (
            {
                "id": known[row["number"]],
                "organisation_id": cast.organisation.pk,
                "number": row["number"],
                "customer_id": cast.customers[row["customer"]],
                "state": row["state"],
                "source": row["source"],
                "total_minor": row["total"],
                "payment": row["payment"],
                "placed_at": moment(row["placed"]),
            }
            for row in orders
        ),
        now=cast.now,
    )
    return known


def _lines(cast: Cast, sold: list[Row], *, orders: dict[str, int], products: dict[str, int]) -> None:
    ids = Ids(OrderLine)
    rows = (
        {
            "id": ids.new(),
            "organisation_id": cast.organisation.pk,
            "order_id": orders[row["number"]],
            "product_id": products[line["sku"]],
            "name": line["name"],
            "quantity": line["quantity"],
            "price_minor": line["price"],
        }
        for row in sold
        for line in row["lines"]
    )
    insert(OrderLine, rows, now=cast.now)


def _shipments(cast: Cast, shipments: list[Row], orders: dict[str, int]) -> None:
    ids = Ids(Shipment)
    rows = (
        {
            "id": ids.new(),
            "organisation_id": cast.organisation.pk,
            "order_id": orders[row["order"]],
            "carrier": row["carrier"],
            "tracking": row["tracking"],
            "state": row["state"],
            "promised_for": row["promised"],
            "events": row["events"],
        }
        for row in shipments
    )
    insert(Shipment, rows, now=cast.now)
