"""Property tests give the same answer every time; `pytest --hypothesis-profile=search` looks further."""

from __future__ import annotations

from hypothesis import settings

from tests.support.tools import isolate, put_on_path

isolate()
put_on_path()

settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=3000)
settings.load_profile("steady")
