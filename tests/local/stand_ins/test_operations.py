"""The table of REST operations tells the truth about the local Twilio."""

import pytest

from local.stand_ins.operations import VERSIONS, rows
from local.twilio import operations
from local.twilio.rest.protocol import read_by
from local.twilio.rest.served import SERVED

ADDRESSES = [
    (product, path, method) for product, paths in SERVED.items() for path, by in paths.items() for method in by
]


@pytest.mark.parametrize(("product", "path", "method"), ADDRESSES)
def test_what_is_served_is_twilios_and_reads_what_twilio_takes(product, path, method):
    operation = operations.at(product, path)[method]
    taken = {name.rstrip("<>") for name in operation.parameters}
    used = {  # elsewhere: one function serves several operations, each with its own parameters
        name
        for other_path, by_method in SERVED[product].items()
        for other, resource in by_method.items()
        if resource is SERVED[product][path][method]
        for name in operations.at(product, other_path)[other].parameters
    }
    assert read_by(SERVED[product][path][method]) <= taken | {name.rstrip("<>") for name in used}


def test_every_operation_stands_in_the_table_once():
    found = [(str(row.operation), row.operation.does) for product in VERSIONS for row in rows(product)]
    assert len(found) == len(set(found))
    assert len([row for row in rows("api") if row.served_by]) == len([one for one in ADDRESSES if one[0] == "api"])


def test_keys_are_found_though_two_modules_have_their_address():
    assert set(operations.at("api", "/2010-04-01/Accounts/{account}/Keys.json")) == {"GET", "POST"}
