"""How a certificate is numbered, and what of a name whoever checks it may see."""


def number_of(provider: str, year: int, number: int) -> str:
    """The number as it is written: of a provider, by its code, and a year, from 1 on without a gap."""
    return f"{provider}/{year}/{number:06}"


def initials_of(name: str) -> str:
    """The first letter of each word of a name, as far as it is a letter: enough to hold a certificate against, and no name."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())
