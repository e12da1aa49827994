"""REST operation by operation: Twilio's from its library, what is served from the routes of the local Twilio."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from local.twilio import operations
from local.twilio.operations import Operation
from local.twilio.rest.protocol import PAGING, Resource, read_by
from local.twilio.rest.served import SERVED

TITLE = "REST: operation by operation"
VERSIONS = {"api": "v2010", "messaging": "v1", "lookups": "v2", "verify": "v2", "monitor": "v1"}
OF_ACCOUNT = "/2010-04-01/Accounts/{account_sid}/"
HEAD = """\
Operations and parameters are those of Twilio's own library, which is made of Twilio's OpenAPI description. Whatever
host Twilio has for a product, here all are at the address of the local Twilio, under the same paths; a tool of your own
gets there by `base_url`:

```python
client = twilio.rest.Client(account_sid, auth_token)
for product in (client.api, client.messaging, client.lookups, client.verify, client.monitor):
    product.base_url = "http://127.0.0.1:7072"
```

**Read**: it does here what it does there. **Noted**: it is taken and changes nothing; the answer names it in its header
`X-Noted`, and so does the log of the local Twilio. Of both, a value that the description does not allow is refused with
Twilio's code. Lists are read by page, with `PageSize`, `Page` and `PageToken`. What is not served is answered with
status 501 and the name of the operation. Addresses that begin with `...` go on from
`/2010-04-01/Accounts/{account_sid}`.
"""
ROWS = """\
| operation | does | read | noted |
|---|---|---|---|
"""

NUMBERED = re.compile(r"\d+\.")


@dataclass(frozen=True, slots=True)
class Row:
    """An operation and what serves it, if anything does."""

    operation: Operation
    served_by: Resource | None

    @property
    def read(self) -> list[str]:
        """What of its parameters is read, a filter of a time once for all its signs."""
        names = read_by(self.served_by) if self.served_by else frozenset[str]()
        return sorted({name for name in self._names() if name in names})

    @property
    def noted(self) -> list[str]:
        """What of its parameters changes nothing."""
        return sorted(self._names() - set(self.read))

    def _names(self) -> set[str]:
        return {name.rstrip("<>") for name in self.operation.parameters} - PAGING

    def __str__(self) -> str:
        """Return its row in the table."""
        one = self.operation
        return f"| `{one.method} {_short(one.path)}` | {one.does} | {_joined(self.read)} | {_joined(self.noted)} |"


def _joined(names: list[str]) -> str:
    """Return names in a row, those that differ in a number alone once: Parameter1.Name to Parameter99.Name."""
    return ", ".join(dict.fromkeys(NUMBERED.sub("N.", name) for name in names))


def _short(path: str) -> str:
    return path.replace(OF_ACCOUNT, ".../")


def text() -> str:
    """Return the section."""
    return HEAD + "".join(_product(product, list(rows(product))) for product in VERSIONS)


def rows(product: str) -> Iterator[Row]:
    """Yield every operation of a product."""
    served = {operations.shape_of(path): by_method for path, by_method in SERVED.get(product, {}).items()}
    for operation in operations.of_product(product, VERSIONS[product]):
        yield Row(operation, served.get(operations.shape_of(operation.path), {}).get(operation.method))


def _product(product: str, found: list[Row]) -> str:
    served, not_served = [row for row in found if row.served_by], [row for row in found if not row.served_by]
    head = f"\n### {product}.twilio.com: {len(served)} of {len(found)} operations\n\n"
    table = ROWS + "".join(f"{row}\n" for row in served) + "\n" if served else ""
    return f"{head}{table}{_rest(not_served)}"


def _rest(not_served: list[Row]) -> str:
    """Return the operations that are not served, those of an address together."""
    if not not_served:
        return ""
    by_path = groupby((row.operation for row in not_served), key=lambda operation: operation.path)
    lines = (f"- `{_short(path)}`: {', '.join(operation.does for operation in found)}\n" for path, found in by_path)
    return "Not served:\n\n" + "".join(lines)
