"""What the tests of the compiler share."""

from fixtures.compiled import way  # noqa: F401 (a fixture)
