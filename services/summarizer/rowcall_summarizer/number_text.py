"""Numbers as a sentence shows them, the same in every locale."""

from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

_LARGEST_PLAIN_EXPONENT = 20
_SMALLEST_PLAIN_EXPONENT = -6
_DECIMALS = 2
_SIGNIFICANT_BELOW_ONE = 3


def number_text(value: float | str) -> str:
    """Returns a number with thousands separators: integers in full, others with two decimals.

    Below one, three significant digits are kept instead; far from one, the scientific form is used. A string is read
    as a number (decimals and integers beyond 2^53 travel as strings) and returned as it is when it is none.
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return str(value)
    if number == 0:
        return "0"
    if not _SMALLEST_PLAIN_EXPONENT <= number.adjusted() <= _LARGEST_PLAIN_EXPONENT:
        return f"{number:.3e}"
    return _plain(_rounded(number))


def _rounded(number: Decimal) -> Decimal:
    decimals = _DECIMALS if number.adjusted() >= 0 else _SIGNIFICANT_BELOW_ONE - 1 - number.adjusted()
    enough = Context(prec=len(number.as_tuple().digits) + _LARGEST_PLAIN_EXPONENT, rounding=ROUND_HALF_EVEN)
    return number.quantize(Decimal(1).scaleb(-decimals), context=enough)


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
