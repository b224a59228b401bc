"""Bodies of requests: what each field is, for programs and for the page that lists the interface."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MOST_SETS = 2_000
"""Most values set in one scenario."""
Words = Annotated[str, StringConstraints(max_length=10_000)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Figure = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Seed = Annotated[int, Field(ge=0, lt=2**63, description="Key of all random streams.")]
Design = Annotated[
    Literal["sobol", "lhs", "random"],
    Field(description="How uncertain values are drawn: Sobol' points, a Latin hypercube, or at random."),
]


class Body(BaseModel):
    """Base of all bodies: no unknown field, and no number in the place of text."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _is_text(cls, body: Any) -> Any:
        """Refuse what was not sent as JSON, and text that has no bytes: JSON can write half a character."""
        if isinstance(body, bytes):
            raise ValueError("must be JSON; send it with Content-Type: application/json")
        try:
            json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("text must be whole characters; a half of a surrogate pair is none") from None
        return body


class Which(Body):
    """A scenario: exactly one of file, example and text, and what is changed in it."""

    file: Name | None = Field(None, description="File inside the folder the workbench was started in.")
    example: Name | None = Field(None, description="Name of an example that ships.")
    text: str | None = Field(None, description="A scenario as YAML.")
    overrides: list[Name] = Field([], max_length=50, description="Named overrides, as --override.")
    sets: list[Words] = Field([], max_length=MOST_SETS, description="PATH=VALUE, as --set.")

    @model_validator(mode="after")
    def _one(self) -> Which:
        if sum(part is not None for part in (self.file, self.example, self.text)) != 1:
            raise ValueError("give exactly one of file, example and text")
        return self


class OfScenario(Body):
    """What is asked of one scenario."""

    scenario: Which = Field(description="The scenario, and what is changed in it.")
    seed: Seed = 0


class Project(OfScenario):
    """What `capsim run` is asked."""

    spread: Annotated[int, Field(ge=0, le=1024)] = Field(
        0, description="Draws that say how sure the plan is; capsim run takes 64 where it is not told."
    )
    relief: bool = Field(
        False,
        description="Also lift each limit once, and say what that gains, as capsim run does.",
    )


class Ensemble(OfScenario):
    """What `capsim ensemble` is asked, of one scenario."""

    n: Annotated[int, Field(ge=1, le=4096)] = Field(256, description="Replications. [1]")
    targets: list[Figure] = Field([], max_length=20, description="Goals in words.")
    by_site: bool = Field(False, description="Also spreads of each site.")
    design: Design = "sobol"


class Compare(Body):
    """What `capsim compare` is asked: variants held against a base."""

    base: Which = Field(description="What the variants are held against.")
    variants: dict[Name, Which] = Field(
        min_length=1, max_length=12, description="By the name they are shown by."
    )
    n: Annotated[int, Field(ge=2, le=4096)] = Field(256, description="Replications. [1]")
    on: Figure = Field("lcoc", description="Figure whose difference is split.")
    by: Figure | None = Field(None, description="Figure that ranks; that of on where missing.")
    figures: list[Figure] = Field([], max_length=20, description="Figures laid side by side.")
    design: Design = "sobol"
    seed: Seed = 0


class Difference(Compare):
    """What the page asks of its variants: a comparison, and which values one slider moves."""

    together: dict[Name, list[Words]] = Field(
        {}, max_length=100, description="Paths of values that are moved together, by what they are called."
    )


class Relief(OfScenario):
    """What `capsim relief` is asked."""

    by: Annotated[str, StringConstraints(max_length=200)] = Field(
        "", description="Figure that ranks; compute, or power where nothing computes, if empty."
    )
    band_months: Annotated[float, Field(ge=0, le=1200)] = Field(
        1.0, description="Float up to which a path is near-critical. [months]"
    )


class Sensitivity(OfScenario):
    """What `capsim sensitivity` is asked: a tornado, without indices."""

    on: Figure = Field("lcoc", description="Figure looked at.")


class Claim(Body):
    """A claim: exactly one of file and example."""

    file: Name | None = Field(None, description="File inside the folder the workbench was started in.")
    example: Name | None = Field(None, description="Name of a claim that ships.")

    @model_validator(mode="after")
    def _one(self) -> Claim:
        if (self.file is None) == (self.example is None):
            raise ValueError("give exactly one of file and example")
        return self


class Audit(Body):
    """What `capsim audit` is asked."""

    claim: Claim = Field(description="The claim that is audited.")


class Start(Body):
    """What `capsim new` is asked."""

    name: Name = Field("my-plan", description="Name of the scenario: small letters, digits, - and _.")
    starter: Name = Field("greenfield-training", description="What it begins as: a starter of the catalogue.")
    country: Name = Field("fra", description="Country of its site: an entry of the catalogue.")
    mw: Annotated[float, Field(ge=0, le=100_000)] = Field(
        0.0, description="Critical IT power; the starter's where 0. [MW]"
    )
    chip: Annotated[str, StringConstraints(max_length=200)] = Field(
        "", description="System of its fleet; the starter's where empty."
    )
