"""Units: exact factors, offsets, and texts that are no units."""

import time
from typing import Any

import pytest

from dagplan.errors import ToolError
from dagplan.tools.convert import convert


def figure(value: float, unit: str | None) -> Any:
    return {
        "of": "France",
        "what": "total area",
        "value": value,
        "unit": unit,
        "year": 2020,
        "source": "test",
    }


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (1, "mile", "km", 1.609344),
        (1, "Miles", "KM", 1.609344),
        (1, "nautical miles", "m", 1852.0),
        (100, "km/h", "m/s", 27.7777777778),
        (20, "°C", "°F", 68.0),
        (20, "degrees Celsius", "° F", 68.0),
        (-40, "fahrenheit", "celsius", -40.0),
        (0, "degC", "K", 273.15),
        (1, "km²", "m^2", 1e6),
        (1, "km2", "m**2", 1e6),
        (2.589988110336, "sq km", "square miles", 1.0),
        (1, "people/km²", "people/mi²", 2.58998811034),
        (1, "people per hectare", "persons/km²", 100.0),
        (50, "%", "dimensionless", 0.5),
        (5, "µm", "mm", 0.005),
        (1, "m s^-2", "km/h/s", 3.6),
        (1, "1/m", "1/km", 1000.0),
        (36, "hours", "days", 1.5),
    ],
)
def test_conversions(value: float, unit: str, to: str, expected: float) -> None:
    assert convert(value, to, unit)["value"] == expected


def test_a_bare_number_becomes_a_figure() -> None:
    assert convert(2, "km", "mile") == {
        "of": "2 mile",
        "what": "mile in km",
        "value": 3.218688,
        "unit": "km",
        "year": None,
        "source": "unit definitions of pint",
    }


def test_a_figure_keeps_its_origin() -> None:
    assert convert(figure(643801, "km²"), "square miles") == {
        "of": "France",
        "what": "total area",
        "value": 248572.955772,
        "unit": "square miles",
        "year": 2020,
        "source": "test",
    }


def test_a_figure_without_a_unit_takes_the_one_given() -> None:
    assert convert(figure(1, None), "m", "km")["value"] == 1000.0


@pytest.mark.parametrize(
    ("value", "unit", "to", "message"),
    [
        (1, None, "km", "value has no unit"),
        (figure(1, None), None, "km", "value has no unit"),
        (figure(1, "km²"), "m²", "km²", "value is in 'km²', but unit says 'm²'"),
        (1, "km", "kg", "'km' cannot become 'kg': they measure different things"),
        (1, "C", "F", "write °C and °F"),
        (1, "km", "smoots_and_more", "unknown unit 'smoots_and_more'"),
        (figure(1, "US$ (PPP)"), None, "EUR", r"'US\$ \(PPP\)' is no unit"),
        (1, "EUR", "USD", "currencies are not converted"),
        (None, "km", "m", "'value' has no value"),
        (True, "km", "m", "must be a number, got True"),
        ("5", "km", "m", "must be a number, got '5'"),
        (float("nan"), "km", "m", "must be a number, got nan"),
        (1e308, "km", "mm", "too large in 'mm'"),
        (10**400, "km", "m", "too large to convert"),
    ],
)
def test_what_cannot_be_converted_is_refused(
    value: Any, unit: str | None, to: str, message: str
) -> None:
    with pytest.raises(ToolError, match=message) as caught:
        convert(value, to, unit)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "unit",
    [
        "",
        "m**9**9**9",
        "m**-9**9",
        "m**99",
        "m⁹⁹⁹⁹⁹⁹⁹",
        "m²²",
        "9**9**9 m",
        "9" * 50 + " m",
        "(" * 50 + "m",
        "__import__('os')",
        "m.real",
        "m;m",
        "m\nm\n",
        "m" * 61,
        "m *" * 20,
        "a " * 29 + "!",
        "{m}",
        "m % m",
    ],
)
def test_hostile_units_are_refused_soon(unit: str) -> None:
    convert(1, "m", "km")  # what pint takes to load is not the unit's fault
    began = time.process_time()
    with pytest.raises(ToolError):
        convert(1, unit, "m")

    assert time.process_time() - began < 0.05
