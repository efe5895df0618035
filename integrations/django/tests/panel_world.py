"""What the tests do in the panel, and what it comes to, said once more and simply."""

from __future__ import annotations

from typing import Any

from panel.school.models import Membership, StudyGroup, User

from classbridge_panel.models import OutboxEntry

TEACHER, PUPIL, PARENT = "учитель", "ученик", "родитель"


def make_user(username: str, role: str = PUPIL, **more: Any) -> User:
    return User.objects.create(username=username, role=role, first_name=username.title(), **more)


def make_group(name: str = "7Б Математика", **more: Any) -> StudyGroup:
    return StudyGroup.objects.create(name=name, **more)


def enrol(group: StudyGroup, user: User, role: str = PUPIL) -> Membership:
    return Membership.objects.create(group=group, user=user, role=role)


def waiting() -> list[str]:
    return [str(entry) for entry in OutboxEntry.objects.filter(state="waiting")]


def forget() -> None:
    """What was noted so far is of no interest."""
    OutboxEntry.objects.all().delete()


def panel_now() -> dict[tuple[str, int, int], dict[str, Any]]:
    """What a bridge that has been told everything knows."""
    words = {"ученик": "student", "учитель": "teacher", "завуч": "admin"}
    users = {user.pk: user for user in User.objects.all() if user.role in words}
    groups = {group.pk: group for group in StudyGroup.objects.filter(is_closed=False)}
    roles: dict[tuple[int, int], str] = {}
    for member in Membership.objects.all():
        if roles.get((member.group_id, member.user_id)) != "teacher" and member.role in {PUPIL, TEACHER}:
            roles[member.group_id, member.user_id] = words[member.role]
    for group in StudyGroup.objects.all():
        for user in (*group.assistants.all(), *([group.tutor] if group.tutor else [])):
            roles[group.pk, user.pk] = "teacher"
    told: dict[tuple[str, int, int], dict[str, Any]] = {
        ("user", 0, pk): {
            "id": pk,
            "username": user.username,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "role": words[user.role],
            "is_active": user.is_active,
        }
        for pk, user in users.items()
    }
    told |= {("group", pk, 0): {"id": pk, "name": g.name, "year": g.year} for pk, g in groups.items()}
    told |= {
        ("enrolment", g, u): {"group_id": g, "user_id": u, "role": role}
        for (g, u), role in roles.items()
        if g in groups and u in users
    }
    return told
