"""Reading a configuration does not pay for a database."""

from __future__ import annotations

import subprocess
import sys

import pytest

import retention_sdk.loyalty


def test_the_rules_load_without_a_database():
    code = (
        "import sys; from retention_sdk.loyalty import Program; "
        "print(sorted(sys.modules.keys() & {'sqlalchemy', 'cryptography', 'alembic'}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert ("[]\n", "") == (ran.stdout, ran.stderr)


@pytest.mark.parametrize("name", retention_sdk.loyalty.__all__)
def test_every_public_name_is_there(name):
    assert name == getattr(retention_sdk.loyalty, name).__name__


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'Book'"):
        _ = retention_sdk.loyalty.Book
