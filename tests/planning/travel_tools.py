"""Tools of a travel agency, for planners to plan with; nothing calls them."""

from typing import Literal

from typing_extensions import TypedDict

from tests.planning.uncalled import uncalled


class Journey(TypedDict):
    """A connection on offer."""

    id: str
    departure: str
    arrival: str
    price: float
    carrier: str


class Hotel(TypedDict):
    """A hotel with a room to let."""

    id: str
    name: str
    price_per_night: float
    rating: float


class Weather(TypedDict):
    """A day's weather."""

    high: float
    low: float
    rain_probability: float


def search_flights(
    origin: str,
    destination: str,
    date: str,
    *,
    passengers: int = 1,
    cabin: Literal["economy", "business", "first"] = "economy",
    nonstop: bool = False,
) -> list[Journey]:
    """Find flights of a day, cheapest first, prices in euros for one passenger.

    Args:
        origin: City or airport code.
        destination: City or airport code.
        date: ISO 8601.
        passengers: How many fly.
        cabin: The class.
        nonstop: Only flights without a change.
    """
    raise uncalled(origin, destination, date, passengers, cabin, nonstop)


def search_trains(
    origin: str, destination: str, date: str, after: str | None = None
) -> list[Journey]:
    """Find trains of a day, fastest first, prices in euros.

    Args:
        origin: City or station.
        destination: City or station.
        date: ISO 8601.
        after: Earliest departure, e.g. "14:00".
    """
    raise uncalled(origin, destination, date, after)


def search_hotels(
    city: str,
    check_in: str,
    check_out: str,
    *,
    guests: int = 2,
    max_price: float | None = None,
    min_rating: float | None = None,
) -> list[Hotel]:
    """Find hotels, best rated first, prices in euros.

    Args:
        city: Where.
        check_in: ISO 8601.
        check_out: ISO 8601.
        guests: How many.
        max_price: Most that a night may cost.
        min_rating: Least of its rating, 0 to 10.
    """
    raise uncalled(city, check_in, check_out, guests, max_price, min_rating)


def weather(city: str, date: str) -> Weather:
    """Forecast a day's weather in °C and percent, or tell what is usual then."""
    raise uncalled(city, date)


def visa_rules(passport: str, country: str, days: int | None = None) -> str:
    """Tell what holders of a country's passport need to enter another one."""
    raise uncalled(passport, country, days)


def opening_hours(place: str, date: str | None = None) -> str:
    """Tell when a sight, shop or restaurant is open; today without a date."""
    raise uncalled(place, date)


def exchange_rate(base: str, quote: str) -> float:
    """Look up how many units of `quote` one unit of `base` costs."""
    raise uncalled(base, quote)


def book(offer_id: str, names: list[str], seat: str | None = None) -> str:
    """Book a flight, train or room; returns the booking code.

    Args:
        offer_id: The id of what a search found.
        names: Full names of all who travel.
        seat: A wish, e.g. "window".
    """
    raise uncalled(offer_id, names, seat)


def reserve_table(
    restaurant: str, at: str, people: int, notes: str | None = None
) -> str:
    """Reserve a table; returns the confirmation.

    Args:
        restaurant: Name and city.
        at: Date and time in ISO 8601.
        people: How many.
        notes: Wishes, such as a high chair.
    """
    raise uncalled(restaurant, at, people, notes)
