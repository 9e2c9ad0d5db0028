"""The attack table as Markdown, for docs/sandbox.md."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from attacks.table import ATTACKS, ENVIRONMENTS, Attack

PAGE = Path(__file__).parents[3] / "docs" / "sandbox.md"
COMMAND = "cd python && PYTHONPATH=tests:src python -m attacks.document"
BEGIN, END = "<!-- attacks: generated -->\n", "<!-- end of attacks -->\n"
TITLES = {
    "network": "Network",
    "host_files": "Files and devices of the host",
    "privilege": "Privilege",
    "resources": "Resources",
    "protocol": "Protocol",
    "state": "State of the interpreter",
    "secrets": "Secrets",
}


def generated() -> str:
    tables = [_table(group, list(attacks)) for group, attacks in groupby(ATTACKS, lambda attack: attack.group)]
    return "\n".join([_open_in("landlock"), _open_in("local"), *tables])


def documented(page: str) -> str:
    return page.partition(BEGIN)[2].partition(END)[0]


def _open_in(environment: str) -> str:
    observed = [(attack, attack.observed(environment)) for attack in ATTACKS]
    names = [_name(attack) for attack, seen in observed if seen is not None and "**" in seen.means]
    return "\n".join([f"\n**What `{environment}` does not stop:**\n", *(f"- {name}" for name in names)]) + "\n"


def _table(group: str, attacks: list[Attack]) -> str:
    rows = [_row([_name(attack), *(_cell(attack, environment) for environment in ENVIRONMENTS)]) for attack in attacks]
    head = [_row(["attack", *ENVIRONMENTS]), "|---" * (len(ENVIRONMENTS) + 1) + "|"]
    return "\n".join([f"### {TITLES[group]}\n", *head, *rows]) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _name(attack: Attack) -> str:
    return attack.program.split("/")[1].replace("_", " ")


def _cell(attack: Attack, environment: str) -> str:
    observed = attack.observed(environment)
    return "does not apply" if observed is None else observed.means


def main() -> None:
    page = PAGE.read_text("utf-8")
    head, _, rest = page.partition(BEGIN)
    PAGE.write_text(head + BEGIN + generated() + END + rest.partition(END)[2], "utf-8")


if __name__ == "__main__":
    main()
