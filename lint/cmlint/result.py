"""What comes of a run, for reports: from the rules, or as it was when nothing has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from cmlint.model.outcome import Outcome
from cmlint.sources.files import Problem
from cmlint.texts import Texts

if TYPE_CHECKING:
    from cmlint.bundle.bundle import Bundle


class Result(msgspec.Struct):
    """What a run of `check` gives: the outcome, the texts for frames, and what could not be read.

    A result that is only repeated has no bundles.
    """

    outcome: Outcome
    bundles: list[Bundle]
    texts: Texts
    problems: list[Problem]
