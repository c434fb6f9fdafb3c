"""Customers for programs: find them, read them, make them known."""

from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Schema
from pydantic import AfterValidator, Field

from opieka.api.keys import READ, WRITE, KeyRequest
from opieka.api.once import once
from opieka.api.paging import Page, Paged, page_of
from opieka.customers import queries
from opieka.customers.actions import recognise
from opieka.customers.models import Customer

router = Router(tags=["customers"])

CustomerId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Address(Schema):
    """`kind` is email, phone, or the name of the channel the customer wrote through."""

    kind: str
    value: str
    verified: bool


class CustomerOut(Schema):
    id: int
    kind: str
    name: str
    language: str
    city: str
    tags: list[str]
    addresses: list[Address]
    created_at: datetime


def _address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError("This is not an e-mail address.") from error
    return text


Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), AfterValidator(_address)]


class Known(Schema):
    email: Email
    name: Annotated[str, Field(max_length=160)] = ""


class Filters(Paged):
    email: Annotated[str, Field(max_length=254)] = ""


FiltersQuery = Annotated[Filters, Query()]


def customer_out(row: Customer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "name": row.name,
        "language": row.language,
        "city": row.city,
        "tags": row.tags,
        "addresses": [{"kind": one.kind, "value": one.value, "verified": one.verified} for one in row.identities.all()],
        "created_at": row.created_at,
    }


@router.get("", response=Page[CustomerOut], auth=READ, summary="List customers, the newest first")
def customers(request: KeyRequest, filters: FiltersQuery) -> dict[str, Any]:
    rows = queries.visible_to(request.member).prefetch_related("identities")
    if filters.email:
        found = queries.customer_at(request.member.organisation_id, kind="email", value=filters.email)
        rows = rows.filter(id=found.pk if found else 0)
    return page_of(rows, filters, by="id", show=customer_out)


@router.get("/{customer_id}", response=CustomerOut, auth=READ, summary="One customer")
def customer(request: KeyRequest, customer_id: CustomerId) -> dict[str, Any]:
    return customer_out(get_object_or_404(queries.visible_to(request.member), id=customer_id))


@router.post("", response={201: CustomerOut}, auth=WRITE, summary="Make a customer known by their e-mail")
@once
def know(request: KeyRequest, known: Known) -> tuple[int, Schema]:
    """A customer with this e-mail is returned as they are; a missing name is filled in."""
    found = recognise(request.member.organisation, kind="email", value=known.email, name=known.name)
    return 201, CustomerOut(**customer_out(found))
