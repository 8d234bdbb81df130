"""Posts of one agency in random order, of which one in a hundred is wrong: for a test, and for the bench."""

from random import Random

FAULTS = 0.01


def line(code: str, superior: str | None = None, **changes: str) -> dict[str, str]:
    """An administrator of K-001 in its first unit."""
    made = {"agency_code": "K-001", "code": code, "type": "JA", "name": f"Kepala {code}", "jenjang": "administrator"}
    return made | {"unit_code": "K-001-U01"} | ({"superior_code": superior} if superior else {}) | changes


def planted(number: int, chance: Random) -> tuple[list[dict[str, str]], dict[str, str]]:
    """So many posts in a tree, in random order; one in a hundred is wrong, and three stand above each other in a circle.

    Gives the lines, and the code of the problem of each that is to be refused, by the code of its post.
    """
    lines = {"P0": line("P0")} | {
        f"P{each}": line(f"P{each}", f"P{chance.randrange(each)}") for each in range(1, number)
    }
    leaves = sorted(lines.keys() - {each.get("superior_code") for each in lines.values()})
    refused: dict[str, str] = {}
    for code in chance.sample(leaves, int(number * FAULTS)):
        fault, problem = chance.choice(
            [
                ({"jenjang": "utama"}, "level-type-mismatch"),
                ({"superior_code": code}, "superior-loop"),
                ({"superior_code": " P0"}, "field-invalid"),
                ({"superior_code": "Q1"}, "post-unknown"),
                ({"unit_code": "K-001-U77"}, "unit-unknown"),
            ]
        )
        lines[code] = lines[code] | fault
        refused[code] = problem
    for code, superior in (("L1", "L2"), ("L2", "L3"), ("L3", "L1")):
        lines[code], refused[code] = line(code, superior), "superior-loop"
    lines["L4"], refused["L4"] = line("L4", "L3"), "post-unknown"
    shuffled = list(lines.values())
    chance.shuffle(shuffled)
    return shuffled, refused
