"""Numbers and untrusted texts as people read them, in the visitor's language."""

from math import isclose, isnan

from mmrec_app.i18n import language, ngettext

_THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def digits(value: float | None, signed: bool = False) -> str:
    """Write a number with two significant digits and without an exponent; a dash for none."""
    if value is None or isnan(value):
        return "–"
    if value == 0:
        return "0"
    rounded = float(f"{value:.2g}")
    size = abs(rounded)
    places = 0 if size >= 10 else 1 if size >= 1 else 2
    while size < 1 and size * 10 ** (places - 1) < 1 and places < 8:
        places += 1
    text = _grouped(f"{rounded:,.{places}f}").replace("-", "−")
    return f"+{text}" if signed and value > 0 else text


def thousandths(value: float) -> str:
    """Write a number with its sign and three decimals: one of a column, or of a sum."""
    text = f"{value:+.3f}"
    return "0.000" if float(text) == 0 else text.replace("-", "−")


def whole(number: int) -> str:
    """Write a whole number, its thousands apart as the language has it: 6,906 or 6 906."""
    return _grouped(f"{number:,}")


def percent(probability: float) -> str:
    """Write a probability as a percentage, never rounded to certainty."""
    if probability > 0.99:
        return "> 99 %"
    if probability < 0.01:
        return "< 1 %"
    return f"{probability * 100:.0f} %"


def share(counted: float) -> str:
    """Write a counted share as a percentage: none is 0 %, all is 100 %, and only these are."""
    at_an_end = isclose(counted, 0, abs_tol=1e-9) or isclose(counted, 1)
    return f"{counted * 100:.0f} %" if at_an_end else percent(counted)


def count(number: int, one: str, many: str) -> str:
    """Write a number with its noun, ``538 images``; both forms are literals, as for `ngettext`."""
    return f"{whole(number)} {ngettext(one, many, number)}"


def _grouped(number: str) -> str:
    return number.replace(",", _THIN_SPACE) if language() == "ru" else number


def escaped(text: str) -> str:
    """Return text that Streamlit's Markdown shows as it is."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|~$<>:&" else c for c in text)
