"""The sections about the school's teaching panel: what it pushes and what is read from it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from bridge.config.values import Secret, Section


class UserFieldsConfig(Section):
    """What the panel calls what a person has; a dot leads into an object (``profile.role``); null: it has none."""

    id: str = "id"
    username: str = "username"
    first_name: str = "first_name"
    last_name: str = "last_name"
    role: str = "role"
    is_active: str | None = "is_active"


class GroupFieldsConfig(Section):
    """Likewise of a group. ``teachers`` and ``students``: ids, where the group itself says who is in it."""

    id: str = "id"
    name: str = "name"
    year: str | None = None
    course: str | None = None
    teachers: str | None = None
    students: str | None = None


class EnrolmentFieldsConfig(Section):
    """``role`` null: who is a student learns in the group, everybody else teaches it."""

    group_id: str = "group_id"
    user_id: str = "user_id"
    role: str | None = "role"


class PullConfig(Section):
    """The panel's lists, read over HTTP as DRF pages. Addresses below ``panel.url``; ``users`` null: not read."""

    users: str | None = None
    groups: str | None = None
    enrolments: str | None = None
    token: Secret | None = Field(None, repr=False)
    authorization: Literal["Bearer", "Token"] = "Bearer"
    every_s: float = Field(300, ge=1)
    timeout_s: float = Field(30, gt=0)
    page_bytes: int = Field(8 << 20, ge=1024)
    modified_since: str | None = None
    complete_every_s: float = Field(86_400, ge=1)
    user_fields: UserFieldsConfig = UserFieldsConfig()
    group_fields: GroupFieldsConfig = GroupFieldsConfig()
    enrolment_fields: EnrolmentFieldsConfig = EnrolmentFieldsConfig()
    roles: dict[str, Literal["student", "teacher", "admin", ""]] = Field({})

    @model_validator(mode="after")
    def _is_whole(self) -> PullConfig:
        has_lists = bool(self.group_fields.teachers or self.group_fields.students)
        if self.users and not self.groups:
            raise ValueError("`users` needs `groups` too: half a roster is none")
        if self.users and not self.enrolments and not has_lists:
            raise ValueError("who is in which group? Set `enrolments`, or `teachers` and `students` of `group_fields`")
        if self.users and self.enrolments and has_lists:
            raise ValueError("set `enrolments` or `teachers` and `students` of `group_fields`, not both")
        if (self.groups or self.enrolments) and not self.users:
            raise ValueError("`groups` and `enrolments` need `users`")
        return self


class PanelConfig(Section):
    """
    The teaching panel. With a ``url`` the demo's own sign-in is off.

    ``token``: with it the panel pushes; null: there is nothing below ``/api/panel/``.
    ``sign_in``: SimpleJWT's address below ``url``, where the passwords of Matrix clients are checked; null: nowhere.
    """

    url: str | None = None
    sign_in: str | None = None
    token: Secret | None = Field(None, repr=False)
    body_bytes: int = Field(32 << 20, ge=1024)
    pull: PullConfig = PullConfig()

    @model_validator(mode="after")
    def _has_address(self) -> PanelConfig:
        if self.pull.users and not self.url:
            raise ValueError("`pull` needs `url`, the panel's address")
        return self
