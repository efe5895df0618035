"""What every section of the config is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

PLACEHOLDERS = ("change", "placeholder", "secret", "example", "xxx", "todo", "<")


def _real_secret(value: str) -> str:
    """Refuse what was left from the example, and what is too short to be a secret (under 16 characters)."""
    if any(value.lower().startswith(word) for word in PLACEHOLDERS):
        raise ValueError("is a placeholder; put a random secret here, for example from `openssl rand -hex 32`")
    if len(value) < 16:
        raise ValueError("is too short; a secret has at least 16 characters")
    return value


Secret = Annotated[str, AfterValidator(_real_secret)]

# As a Content-Security-Policy writes one; anything more could add a rule to the policy.
FrameOrigin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.\-:*]+$")]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
