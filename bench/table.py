"""Results: printed as a table for people, or as JSON for programs."""

import json
from collections.abc import Mapping, Sequence

Row = Mapping[str, str | int | float]


def show(title: str, rows: Sequence[Row], as_json: bool) -> None:
    """Print rows that all have the same columns."""
    if as_json:
        print(json.dumps({"title": title, "rows": [dict(row) for row in rows]}))
        return
    columns = list(rows[0])
    cells = [columns, *([_text(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(columns))]
    print(f"\n{title}\n")
    for n, line in enumerate(cells):
        print("| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |")
        if n == 0:
            print("| " + " | ".join("-" * width for width in widths) + " |")


def _text(value: str | int | float) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
