"""What an import did: counts of each kind of row, and every problem with its file and line."""

from collections import Counter
from dataclasses import dataclass, field

from sources.ingest.reading import Problem

KINDS = (
    *("topic", "party", "column", "publisher", "speaker", "affiliation", "claim"),
    *("source", "text", "statement", "position"),
)


@dataclass
class Tally:
    """Rows by kind ("statement": 98)."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged

    def kinds(self) -> list[str]:
        return [kind for kind in KINDS if self.created[kind] or self.updated[kind] or self.unchanged[kind]]


@dataclass
class LoadReport(Tally):
    """All that was done. A file with a problem has no row in the counts: nothing of it was written."""

    files: int = 0  # taken
    rejected: list[Problem] = field(default_factory=list)

    @property
    def rejected_files(self) -> list[str]:
        return list(dict.fromkeys(problem.file for problem in self.rejected))

    def table(self) -> str:
        """Kind by outcome, as plain text."""
        lines = [f"{'':<12}{'created':>9}{'updated':>9}{'unchanged':>11}"]
        for kind in self.kinds():
            lines.append(f"{kind:<12}{self.created[kind]:>9,}{self.updated[kind]:>9,}{self.unchanged[kind]:>11,}")
        return "\n".join(lines)
