"""What every model of the wire is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class DeferredModel(BaseModel):
    """A model that is built when it is first used, inside the message that holds it: most runs use few."""

    model_config = ConfigDict(defer_build=True)
