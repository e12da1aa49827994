"""Phone numbers from the range that is kept for fiction: 555-0100 to 555-0199 in each area."""


def fictional(*areas):
    """Return the numbers of some areas, one after the other."""
    return (f"+1{area}55501{n:02d}" for area in areas for n in range(100))
