"""Tools of a sales department, for planners to plan with; nothing calls them."""

from typing import Literal

from typing_extensions import TypedDict

from tests.planning.uncalled import uncalled

Region = Literal["EMEA", "Americas", "APAC"]


class Account(TypedDict):
    """A customer."""

    id: str
    name: str
    country: str
    owner: str


class Person(TypedDict):
    """Somebody who works here."""

    name: str
    email: str
    manager: str


class Ticket(TypedDict):
    """A complaint of a customer."""

    id: str
    title: str
    severity: str
    opened: str


def list_accounts(region: Region, segment: str | None = None) -> list[Account]:
    """List the customers of a region.

    Args:
        region: Where they are.
        segment: Only these, e.g. "enterprise" or "retail".
    """
    raise uncalled(region, segment)


def revenue(account: str, year: int, quarter: int | None = None) -> float:
    """Look up what a customer paid us, in euros.

    Args:
        account: Id or name of the customer.
        year: The calendar year.
        quarter: 1 to 4; the whole year without it.
    """
    raise uncalled(account, year, quarter)


def open_tickets(
    account: str, severity: Literal["low", "high", "critical"] | None = None
) -> list[Ticket]:
    """List the open support tickets of a customer.

    Args:
        account: Id or name of the customer.
        severity: Only these.
    """
    raise uncalled(account, severity)


def find_person(name_or_role: str) -> Person:
    """Look up a colleague by name or by role, e.g. "head of finance"."""
    raise uncalled(name_or_role)


def exchange_rate(base: str, quote: str, on: str | None = None) -> float:
    """Look up how many units of one currency another one costs.

    Args:
        base: The currency that is priced, e.g. "EUR".
        quote: The currency that it is priced in, e.g. "USD".
        on: A date in ISO 8601; today without it.
    """
    raise uncalled(base, quote, on)


def free_slots(people: list[str], day: str, minutes: int = 30) -> list[str]:
    """Find when all of some people are free on a day, as times in ISO 8601.

    Args:
        people: Their email addresses.
        day: A date in ISO 8601.
        minutes: How long they must be free.
    """
    raise uncalled(people, day, minutes)


def send_email(to: list[str], subject: str, body: str, cc: list[str] = []) -> str:  # noqa: B006 - its schema is what counts
    """Send an email; returns the id of the message.

    Args:
        to: Addresses.
        subject: One line.
        body: Plain text.
        cc: Further addresses.
    """
    raise uncalled(to, subject, body, cc)


def create_task(title: str, assignee: str, due: str, notes: str = "") -> str:
    """Put a task on somebody's list; returns its id.

    Args:
        title: What is to be done.
        assignee: An email address.
        due: A date in ISO 8601.
        notes: What else one needs to know.
    """
    raise uncalled(title, assignee, due, notes)
