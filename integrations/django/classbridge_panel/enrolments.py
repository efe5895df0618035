"""
Where the panel keeps who is in which group: one entry of ``ENROLMENTS`` for each place, in one of three forms.

::

    {"MODEL": "school.Membership", "GROUP": "group", "USER": "user", "ROLE": "role"}   a model of its own
    {"MANY_TO_MANY": "school.StudyGroup.teachers", "ROLE": "teacher"}                  a plain many-to-many field
    {"FIELD": "school.StudyGroup.tutor", "ROLE": "teacher"}                            a foreign key of the group

``ROLE`` is ``student`` or ``teacher`` (the many-to-many field may also be the user's: ``accounts.User.groups_taught``).
Of a model it may also be the name of a field that says it; its words go through ``ROLES`` of the settings.
Somebody who stands in several places for one group is a teacher there if one of them says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import ForeignKey, ManyToManyField, Model

from classbridge_panel.conf import get_settings
from classbridge_panel.models import Kind
from classbridge_panel.targets import group_model, user_model

ROLES = ("student", "teacher")
Pair = tuple[int, int]  # group id, user id


@dataclass(frozen=True)
class Source:
    """
    One place: a table with a column for the group and one for the user.

    Attributes:
        model: The table's model: a model of the panel, the hidden one of a many-to-many field, or the group's own.
        group: The column of the group's id.
        user: The column of the user's id.
        role: ``student``, ``teacher``, or the field that says it.
        is_hidden: Whether the table is that of a many-to-many field, whose changes send ``m2m_changed``.
        is_groups: Of such a field, whether it is the group's; else it is the user's.
    """

    model: type[Model]
    group: str
    user: str
    role: str
    is_hidden: bool = False
    is_groups: bool = True

    def pairs(self, **filters: Any) -> Iterator[tuple[Pair, str]]:
        """What the table holds now: pairs with their roles; *filters* are those of a query."""
        has_field = self.role not in ROLES
        columns = [self.group, self.user, *([self.role] if has_field else [])]
        for group_id, user_id, *word in self.model._base_manager.filter(**filters).values_list(*columns).iterator():
            role = _role(word[0]) if word else self.role
            if group_id is not None and user_id is not None and role is not None:
                yield (group_id, user_id), role

    def pairs_of(self, instance: Model) -> Iterator[Pair]:
        """The pair that a row names, in memory."""
        pair = (getattr(instance, self.group), getattr(instance, self.user))
        if None not in pair:
            yield pair


def _role(word: Any) -> str | None:
    """A panel's word for what somebody is in a group; an unknown one is no part in it."""
    role = get_settings().roles.get(word, word)
    return role if role in ROLES else None


@lru_cache(maxsize=1)
def read_sources() -> tuple[Source, ...]:
    """
    The places that the settings name.

    Raises:
        ImproperlyConfigured: One of them does not exist, or is not what its form asks for.
    """
    return tuple(_read(entry, f"ENROLMENTS[{number}]") for number, entry in enumerate(get_settings().enrolments))


def _read(entry: Mapping[str, str], place: str) -> Source:
    forms = {"MODEL": _of_model, "MANY_TO_MANY": _of_many_to_many, "FIELD": _of_field}
    named = [form for form in forms if form in entry]
    if len(named) != 1 or "ROLE" not in entry:
        raise ImproperlyConfigured(f"{place} needs ROLE and one of {', '.join(forms)}")
    try:
        source = forms[named[0]](entry)
    except (LookupError, ValueError, FieldDoesNotExist) as error:
        raise ImproperlyConfigured(f"{place}: {error}") from error
    if source.role not in ROLES and (named[0] != "MODEL" or not _has_field(source.model, source.role)):
        raise ImproperlyConfigured(
            f"{place}: ROLE is {source.role!r}; it must be student or teacher" + _or_field(named[0])
        )
    return source


def _or_field(form: str) -> str:
    return ", or a field of the model" if form == "MODEL" else ""


def _has_field(model: type[Model], name: str) -> bool:
    return name in {field.name for field in model._meta.get_fields()}


def _of_model(entry: Mapping[str, str]) -> Source:
    model = apps.get_model(entry["MODEL"])
    columns = [_column(model, entry.get(key, key.lower()), target) for key, target in _targets()]
    return Source(model, columns[0], columns[1], entry["ROLE"])


def _of_many_to_many(entry: Mapping[str, str]) -> Source:
    owner, name = _split(entry["MANY_TO_MANY"])
    field = owner._meta.get_field(name)
    if not isinstance(field, ManyToManyField):
        raise ValueError(f"{entry['MANY_TO_MANY']} is no many-to-many field")
    through = field.remote_field.through
    if not through._meta.auto_created:
        raise ValueError(f"{entry['MANY_TO_MANY']} goes through {through._meta.label}; name that as MODEL")
    own, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
    if issubclass(group_model(), owner) and issubclass(user_model(), field.related_model):
        return Source(through, own, other, entry["ROLE"], is_hidden=True)
    if issubclass(user_model(), owner) and issubclass(group_model(), field.related_model):
        return Source(through, other, own, entry["ROLE"], is_hidden=True, is_groups=False)
    raise ValueError(
        f"{entry['MANY_TO_MANY']} does not join {group_model()._meta.label} and {user_model()._meta.label}"
    )


def _of_field(entry: Mapping[str, str]) -> Source:
    owner, name = _split(entry["FIELD"])
    if not issubclass(group_model(), owner):
        raise ValueError(f"{entry['FIELD']} is no field of {group_model()._meta.label}")
    return Source(owner, "pk", _column(owner, name, user_model()), entry["ROLE"])


def _targets() -> Iterable[tuple[str, type[Model]]]:
    return ("GROUP", group_model()), ("USER", user_model())


def _column(model: type[Model], name: str, target: type[Model]) -> str:
    field = model._meta.get_field(name)
    if not isinstance(field, ForeignKey) or not issubclass(target, field.related_model):
        raise ValueError(f"{model._meta.label}.{name} is no foreign key to {target._meta.label}")
    return field.attname


def _split(path: str) -> tuple[type[Model], str]:
    label, _, name = path.rpartition(".")
    return apps.get_model(label), name


def roles_of(pairs: Iterable[Pair]) -> dict[Pair, str]:
    """What the panel says of *pairs* now: those that exist, with the higher of their roles."""
    wanted = set(pairs)
    found: dict[Pair, str] = {}
    groups = {group for group, _ in wanted}
    for source in read_sources():
        _merge(found, (item for item in source.pairs(**{f"{source.group}__in": groups}) if item[0] in wanted))
    return found


def all_roles() -> dict[Pair, str]:
    """Everybody in every group."""
    found: dict[Pair, str] = {}
    for source in read_sources():
        _merge(found, source.pairs())
    return found


def pairs_around(kind: Kind, thing_id: int) -> set[Pair]:
    """All enrolments of one user, or in one group."""
    column = "user" if kind == Kind.USER else "group"
    return {pair for source in read_sources() for pair, _ in source.pairs(**{getattr(source, column): thing_id})}


def _merge(found: dict[Pair, str], items: Iterable[tuple[Pair, str]]) -> None:
    for pair, role in items:
        if found.get(pair) != "teacher":
            found[pair] = role
