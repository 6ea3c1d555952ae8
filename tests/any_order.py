"""Rules that the state machines of all estimators share."""

from __future__ import annotations

import copy
import pickle

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sklearn.base import clone


def learned(model: object) -> dict[str, object]:
    """Return what an estimator has learned."""
    return {name: value for name, value in vars(model).items() if name.endswith("_")}


class Copied(RuleBasedStateMachine):
    """A machine with a ``model`` that may be copied, and cloned, at any time."""

    model: object

    @rule(how=st.sampled_from(["pickle", "copy", "deepcopy"]))
    def go_on_with_a_copy(self, how):
        copies = {
            "pickle": lambda: pickle.loads(pickle.dumps(self.model)),
            "copy": lambda: copy.copy(self.model),
            "deepcopy": lambda: copy.deepcopy(self.model),
        }
        self.model = copies[how]()

    @rule()
    def clone(self):
        assert not learned(clone(self.model))
