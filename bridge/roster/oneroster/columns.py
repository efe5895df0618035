"""
The files and columns of OneRoster CSV 1.1 and 1.2 that the roster is made of, and their vocabularies.

As 1EdTech (IMS Global) defines them: names are case-sensitive, the order is the one written here, and extensions
(``metadata.*``) stand behind. Files that are not here (demographics, userProfiles, results, …) are never opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bridge.permissions.school import Role

EXTENSION = "metadata."
EXTENSION_TOKEN = "ext:"  # noqa: S105 - begins a word that a vendor has added to a vocabulary

PACKAGE_FILES = (
    "academicSessions",
    "categories",
    "classes",
    "classResources",
    "courses",
    "courseResources",
    "demographics",
    "enrollments",
    "lineItemLearningObjectiveIds",
    "lineItems",
    "lineItemScoreScales",
    "orgs",
    "resources",
    "resultLearningObjectiveIds",
    "results",
    "resultScoreScales",
    "roles",
    "scoreScales",
    "userProfiles",
    "userResources",
    "users",
)


class Version(StrEnum):
    V1_1 = "1.1"
    V1_2 = "1.2"


class Mode(StrEnum):
    """How a file is meant: everything there is, or what has changed."""

    BULK = "bulk"
    DELTA = "delta"
    ABSENT = "absent"


@dataclass(frozen=True)
class Columns:
    """
    One file's columns.

    Attributes:
        order: All that the standard knows, in its order.
        required: Those that must be there and may not be empty.
        taken: Those that are read; the rest is passed over. Never ``password``.
    """

    order: tuple[str, ...]
    required: frozenset[str]
    taken: frozenset[str]


def _columns(text: str) -> Columns:
    """Read ``name*`` (required and read), ``name+`` (read) and ``name`` (passed over)."""
    words = text.split()
    return Columns(
        order=tuple(word.rstrip("*+") for word in words),
        required=frozenset(word[:-1] for word in words if word.endswith("*")),
        taken=frozenset(word[:-1] for word in words if word.endswith(("*", "+"))),
    )


_SAME = {
    "manifest": _columns("propertyName* value*"),
    "orgs": _columns("sourcedId* status+ dateLastModified+ name* type* identifier parentSourcedId+"),
    "academicSessions": _columns(
        "sourcedId* status+ dateLastModified+ title* type* startDate* endDate* parentSourcedId+ schoolYear*"
    ),
    "courses": _columns(
        "sourcedId* status+ dateLastModified+ schoolYearSourcedId+ title* courseCode grades orgSourcedId* subjects "
        "subjectCodes"
    ),
    "classes": _columns(
        "sourcedId* status+ dateLastModified+ title* grades courseSourcedId* classCode classType* location "
        "schoolSourcedId* termSourcedIds* subjects subjectCodes periods"
    ),
    "enrollments": _columns(
        "sourcedId* status+ dateLastModified+ classSourcedId* schoolSourcedId* userSourcedId* role* primary+ "
        "beginDate+ endDate+"
    ),
}

COLUMNS: dict[Version, dict[str, Columns]] = {
    Version.V1_1: _SAME
    | {
        "users": _columns(
            "sourcedId* status+ dateLastModified+ enabledUser* orgSourcedIds* role* username+ userIds givenName* "
            "familyName* middleName identifier+ email+ sms phone agentSourcedIds grades password"
        ),
    },
    Version.V1_2: _SAME
    | {
        # resourceSourcedIds was in drafts of 1.2, and some exports still write it.
        "users": _columns(
            "sourcedId* status+ dateLastModified+ enabledUser* username+ userIds givenName* familyName* middleName "
            "identifier+ email+ sms phone agentSourcedIds grades password userMasterIdentifier resourceSourcedIds "
            "preferredGivenName+ preferredMiddleName preferredFamilyName+ primaryOrgSourcedId pronouns"
        ),
        "roles": _columns(
            "sourcedId* status+ dateLastModified+ userSourcedId* roleType* role* beginDate+ endDate+ orgSourcedId* "
            "userProfileSourcedId"
        ),
    },
}

STATUSES = ("active", "tobedeleted", "inactive")  # "inactive": of OneRoster 1.0, still written
ORG_TYPES = ("department", "school", "district", "local", "state", "national")
SESSION_TYPES = ("gradingPeriod", "semester", "schoolYear", "term")
CLASS_TYPES = ("homeroom", "scheduled")
ROLE_TYPES = ("primary", "secondary")

# What somebody is at the school. None: has no part in the chat, and is left out.
USER_ROLES: dict[Version, dict[str, Role | None]] = {
    Version.V1_1: {
        "administrator": Role.ADMIN,
        "aide": None,
        "guardian": None,
        "parent": None,
        "proctor": None,
        "relative": None,
        "student": Role.STUDENT,
        "teacher": Role.TEACHER,
    },
    Version.V1_2: {
        "aide": None,
        "counselor": None,
        "districtAdministrator": Role.ADMIN,
        "guardian": None,
        "parent": None,
        "principal": Role.ADMIN,
        "proctor": None,
        "relative": None,
        "siteAdministrator": Role.ADMIN,
        "student": Role.STUDENT,
        "systemAdministrator": Role.ADMIN,
        "teacher": Role.TEACHER,
    },
}

# What somebody is in a class. The standard has the first four; exports write the others too.
CLASS_ROLES: dict[str, Role | None] = {
    "administrator": None,
    "proctor": None,
    "student": Role.STUDENT,
    "teacher": Role.TEACHER,
    "aide": None,
    "guardian": None,
    "parent": None,
    "relative": None,
}
