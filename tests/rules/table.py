"""
Who may do what, at every door: the whole table, written out by hand. Nothing here asks the policy.

A row: role, action, at what or to whom, and the answer at each door: REST, socket, Matrix. ``ok``, a reason's code, or

- ``·``: there is no such door.
- ``404``, ``not_found``, ``4403``: the caller cannot tell it from what does not exist.
- ``invalid``: REST's 400; nobody with that id can be named, whether they have left or never were.
- ``4401``, ``signed out``: the socket is closed, the device is gone; ``user_inactive`` is REST's 401.
- ``homeserver``: Synapse's own 403; the room's levels, its list of members or its being closed hold the order.
- ``only hidden``: REST's DELETE of who does not manage: it leaves the own list and stays for all others.

Roles and relations are told apart to persons and rooms in ``table_school``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

DOORS = ("rest", "socket", "matrix")
NO_DOOR = "·"

BEGINNING = """
student  begin  own teacher              ok                         ·  ok
student  begin  other teacher            no_shared_group            ·  no_shared_group
student  begin  teacher of before        no_shared_group            ·  no_shared_group
student  begin  groupmate                students_only_to_teachers  ·  students_only_to_teachers
student  begin  other student            students_only_to_teachers  ·  students_only_to_teachers
student  begin  admin                    students_only_to_teachers  ·  students_only_to_teachers
student  begin  admin who has begun      ok                         ·  ok
student  begin  who has left             invalid                    ·  person_inactive
student  begin  oneself                  not_yourself               ·  not_yourself
student  begin  nobody                   invalid                    ·  person_inactive
teacher  begin  own student              ok                         ·  ok
teacher  begin  other student            no_shared_group            ·  no_shared_group
teacher  begin  student of before        no_shared_group            ·  no_shared_group
teacher  begin  colleague                ok                         ·  ok
teacher  begin  other colleague          ok                         ·  ok
teacher  begin  admin                    ok                         ·  ok
teacher  begin  who has left             invalid                    ·  person_inactive
teacher  begin  oneself                  not_yourself               ·  not_yourself
teacher  begin  nobody                   invalid                    ·  person_inactive
admin    begin  student                  ok                         ·  ok
admin    begin  teacher                  ok                         ·  ok
admin    begin  other admin              ok                         ·  ok
admin    begin  who has left             invalid                    ·  person_inactive
admin    begin  oneself                  not_yourself               ·  not_yourself
admin    begin  nobody                   invalid                    ·  person_inactive
"""

WRITING = """
student  write  direct with own teacher     ok                        ok                        ok
student  write  direct, relation ended      no_shared_group           no_shared_group           no_shared_group
student  write  direct, admin has begun     ok                        ok                        ok
student  write  direct, other has left      person_inactive           person_inactive           person_inactive
student  write  direct, other has blocked   blocked                   blocked                   blocked
student  write  direct of others            404                       not_found                 homeserver
student  write  own group                   ok                        ok                        ok
student  write  own roster group            ok                        ok                        ok
student  write  other group                 404                       not_found                 homeserver
student  write  group, was removed          404                       not_found                 homeserver
student  write  archived group              archived                  archived                  archived
student  write  announcements               announcements_only_staff  announcements_only_staff  announcements_only_staff
student  write  staff room                  404                       not_found                 homeserver
teacher  write  direct with own student     ok                        ok                        ok
teacher  write  direct, relation ended      no_shared_group           no_shared_group           no_shared_group
teacher  write  direct with colleague       ok                        ok                        ok
teacher  write  direct, other has left      person_inactive           person_inactive           person_inactive
teacher  write  direct, other has blocked   blocked                   blocked                   blocked
teacher  write  direct, has blocked         ok                        ok                        ok
teacher  write  direct of others            404                       not_found                 homeserver
teacher  write  own group                   ok                        ok                        ok
teacher  write  own roster group            ok                        ok                        ok
teacher  write  other group                 404                       not_found                 homeserver
teacher  write  archived group              archived                  archived                  archived
teacher  write  announcements               ok                        ok                        ok
teacher  write  staff room                  ok                        ok                        ok
admin    write  direct with student         ok                        ok                        ok
admin    write  direct, other has left      person_inactive           person_inactive           person_inactive
admin    write  direct, other has blocked   blocked                   blocked                   blocked
admin    write  direct, has blocked         ok                        ok                        ok
admin    write  direct of others            404                       not_found                 homeserver
admin    write  own group                   ok                        ok                        ok
admin    write  any group                   ok                        ok                        ·
admin    write  group not looked into       ·                         ·                         homeserver
admin    write  archived group              archived                  archived                  archived
admin    write  announcements               ok                        ok                        ok
admin    write  staff room                  ok                        ok                        ok
left     write  direct with own teacher     user_inactive             4401                      signed out
left     write  own roster group            user_inactive             4401                      signed out
"""

READING = """
student  read  direct with own teacher     ok             ok    ok
student  read  direct, relation ended      ok             ok    ok
student  read  direct, other has left      ok             ok    ok
student  read  direct, other has blocked   ok             ok    ok
student  read  direct of others            404            4403  homeserver
student  read  own group                   ok             ok    ok
student  read  own roster group            ok             ok    ok
student  read  other group                 404            4403  homeserver
student  read  archived group              ok             ok    ok
student  read  announcements               ok             ok    ok
student  read  staff room                  404            4403  homeserver
student  read  nothing                     404            4403  homeserver
teacher  read  direct with own student     ok             ok    ok
teacher  read  direct, relation ended      ok             ok    ok
teacher  read  direct, other has blocked   ok             ok    ok
teacher  read  direct of others            404            4403  homeserver
teacher  read  own group                   ok             ok    ok
teacher  read  other group                 404            4403  homeserver
teacher  read  archived group              ok             ok    ok
teacher  read  announcements               ok             ok    ok
teacher  read  staff room                  ok             ok    ok
teacher  read  nothing                     404            4403  homeserver
admin    read  direct with student         ok             ok    ok
admin    read  direct of others            404            4403  homeserver
admin    read  any group                   ok             ok    ·
admin    read  group not looked into       ·              ·     homeserver
admin    read  archived group              ok             ok    ok
admin    read  nothing                     404            4403  homeserver
left     read  own roster group            user_inactive  4401  signed out
"""

GROUPS = """
student  create group  of own people        role_may_not     ·  role_may_not
student  create group  with a stranger      role_may_not     ·  role_may_not
teacher  create group  of own people        ok               ·  ok
teacher  create group  with a colleague     ok               ·  ok
teacher  create group  with a stranger      no_shared_group  ·  no_shared_group
teacher  create group  with who has left    invalid          ·  person_inactive
teacher  create group  with nobody          invalid          ·  person_inactive
admin    create group  of anybody           ok               ·  ok
admin    create group  with who has left    invalid          ·  person_inactive
admin    create group  with nobody          invalid          ·  person_inactive

student  add  somebody to own group                not_manager      ·  not_manager
student  add  somebody to other group              404              ·  not_manager
student  add  groupmate to direct                  direct_has_two   ·  direct_has_two
teacher  add  own student where manager            ok               ·  ok
teacher  add  other colleague where manager        ok               ·  ok
teacher  add  stranger where manager               no_shared_group  ·  no_shared_group
teacher  add  who has left where manager           invalid          ·  person_inactive
teacher  add  nobody where manager                 invalid          ·  person_inactive
teacher  add  own student where not manager        not_manager      ·  homeserver
teacher  add  own student to other group           404              ·  homeserver
teacher  add  own student to direct                direct_has_two   ·  direct_has_two
admin    add  student to another's group           ok               ·  ok
admin    add  student to direct                    direct_has_two   ·  direct_has_two

student  remove  groupmate from own group          not_manager      ·  not_manager
student  remove  teacher from direct               direct_has_two   ·  direct_has_two
student  remove  member of other group             404              ·  not_manager
teacher  remove  student where manager             ok               ·  ok
teacher  remove  student where not manager         not_manager      ·  not_manager
teacher  remove  member of other group             404              ·  not_manager
teacher  remove  student from direct               direct_has_two   ·  direct_has_two
teacher  remove  member of the roster              roster_managed   ·  roster_managed
admin    remove  student from another's group      ok               ·  ok
admin    remove  student from direct               direct_has_two   ·  direct_has_two

student  leave  own group                          not_manager      ·  not_manager
student  leave  own roster group                   not_manager      ·  roster_managed
student  leave  announcements                      not_manager      ·  roster_managed
student  leave  direct with own teacher            direct_has_two   ·  direct_has_two
teacher  leave  own roster group                   roster_managed   ·  roster_managed
teacher  leave  direct with own student            direct_has_two   ·  direct_has_two

student  rename  own group                         not_manager      ·  not_manager
student  rename  own roster group                  not_manager      ·  not_manager
student  rename  other group                       404              ·  not_manager
student  rename  direct with own teacher           direct_has_two   ·  only_the_school
teacher  rename  own group                         ok               ·  ok
teacher  rename  own roster group                  ok               ·  ok
teacher  rename  group, not manager                not_manager      ·  homeserver
teacher  rename  other group                       404              ·  homeserver
teacher  rename  staff room                        not_manager      ·  homeserver
teacher  rename  announcements                     not_manager      ·  homeserver
teacher  rename  direct with own student           direct_has_two   ·  only_the_school
admin    rename  another's group                   ok               ·  ok
admin    rename  direct with student               direct_has_two   ·  only_the_school

student  archive  own group                        only hidden      ·  ·
student  archive  other group                      404              ·  ·
teacher  archive  group, manager                   ok               ·  ·
teacher  archive  group, not manager               only hidden      ·  ·
teacher  archive  own roster group                 roster_managed   ·  ·
teacher  archive  other group                      404              ·  ·
admin    archive  group of a teacher               ok               ·  ·
"""

MESSAGES = """
student  edit  own in time                  ok                ·  ok
student  edit  own later                    edit_window_over  ·  edit_window_over
student  edit  own, group archived          archived          ·  archived
student  edit  own, relation ended          no_shared_group   ·  no_shared_group
student  edit  another's in own group       not_sender        ·  not_sender
student  edit  another's in direct          not_sender        ·  not_sender
student  edit  another's in other group     404               ·  homeserver
teacher  edit  own in time                  ok                ·  ok
teacher  edit  own later                    edit_window_over  ·  edit_window_over
teacher  edit  own, group archived          archived          ·  archived
teacher  edit  another's in own group       not_sender        ·  not_sender
teacher  edit  another's in direct          not_sender        ·  not_sender
teacher  edit  another's in other group     404               ·  homeserver
admin    edit  own in time                  ok                ·  ok
admin    edit  own later                    edit_window_over  ·  edit_window_over
admin    edit  another's in own group       not_sender        ·  not_sender

student  delete  own in time                ok                ·  ok
student  delete  own later                  ok                ·  ok
student  delete  own, relation ended        ok                ·  ok
student  delete  own, group archived        ok                ·  homeserver
student  delete  another's in own group     not_manager       ·  not_manager
student  delete  another's in direct        not_sender        ·  not_sender
student  delete  another's in other group   404               ·  homeserver
teacher  delete  own in time                ok                ·  ok
teacher  delete  own later                  ok                ·  ok
teacher  delete  another's in own group     ok                ·  ok
teacher  delete  another's, not manager     not_manager       ·  homeserver
teacher  delete  another's in direct        not_sender        ·  not_sender
teacher  delete  another's in other group   404               ·  homeserver
admin    delete  own in time                ok                ·  ok
admin    delete  another's in own group     ok                ·  ok

student  block  direct with own teacher     role_may_not      ·  ·
student  block  direct of others            404               ·  ·
teacher  block  direct with own student     ok                ·  ·
teacher  block  direct of others            404               ·  ·
teacher  block  own group                   role_may_not      ·  ·
admin    block  direct with student         ok                ·  ·

student  unblock  direct, other has blocked  role_may_not     ·  ·
teacher  unblock  direct, other has blocked  blocked          ·  ·
admin    unblock  direct, other has blocked  ok               ·  ·
"""

ONLY_MATRIX = """
student  react  own group                   ·  ·  ok
student  react  direct, relation ended      ·  ·  no_shared_group
student  react  direct, other has blocked   ·  ·  blocked
student  react  direct of others            ·  ·  homeserver
student  react  archived group              ·  ·  archived
student  react  announcements               ·  ·  announcements_only_staff
student  react  other group                 ·  ·  homeserver
teacher  react  own group                   ·  ·  ok
teacher  react  direct, relation ended      ·  ·  no_shared_group
teacher  react  direct, other has blocked   ·  ·  blocked
teacher  react  archived group              ·  ·  archived
teacher  react  other group                 ·  ·  homeserver
admin    react  own group                   ·  ·  ok
admin    react  archived group              ·  ·  archived

student  join  own roster group             ·  ·  ok
student  join  other roster group           ·  ·  not_a_participant
student  join  other group                  ·  ·  homeserver
student  join  group, was removed           ·  ·  homeserver
student  join  staff room                   ·  ·  not_a_participant
student  join  direct of others             ·  ·  direct_has_two
teacher  join  other roster group           ·  ·  not_a_participant
teacher  join  other group                  ·  ·  homeserver
teacher  join  direct of others             ·  ·  direct_has_two
admin    join  group not looked into        ·  ·  homeserver
admin    join  direct of others             ·  ·  direct_has_two
left     join  own roster group             ·  ·  signed out

student  create room  of one's own          ·  ·  role_may_not
teacher  create room  of one's own          ·  ·  ok
student  create space  of one's own         ·  ·  only_the_school
teacher  create space  of one's own         ·  ·  only_the_school
admin    create space  of one's own         ·  ·  only_the_school

student  set levels  own group              ·  ·  only_the_school
teacher  set levels  own group              ·  ·  only_the_school
admin    set levels  own group              ·  ·  only_the_school
student  set encryption  own group          ·  ·  only_the_school
teacher  set encryption  own group          ·  ·  only_the_school
teacher  set encryption  direct with own student  ·  ·  only_the_school
teacher  set join rule  own group           ·  ·  only_the_school
student  set topic  own group               ·  ·  not_manager
teacher  set topic  own group               ·  ·  ok
teacher  set topic  group, not manager      ·  ·  homeserver
student  set own name  own group            ·  ·  only_the_school
teacher  set own name  own group            ·  ·  only_the_school
admin    set own name  own group            ·  ·  only_the_school

student  send encrypted  own group          ·  ·  no_encryption
teacher  send encrypted  own group          ·  ·  no_encryption
admin    send encrypted  own group          ·  ·  no_encryption
student  send unknown type  own group       ·  ·  not_offered
teacher  send unknown type  own group       ·  ·  not_offered
admin    send unknown type  own group       ·  ·  not_offered
student  send program  own group            ·  ·  file_type_refused
teacher  send program  own group            ·  ·  file_type_refused
student  send large file  own group         ·  ·  file_too_large
teacher  send large file  own group         ·  ·  file_too_large
"""

# Where the school lets its students write to each other: ``permissions.students_may_message_students``.
GROUPMATES = """
student  begin  groupmate          ok                         ·  ok
student  begin  other student      no_shared_group            ·  no_shared_group
student  begin  other teacher      no_shared_group            ·  no_shared_group
student  begin  admin              students_only_to_teachers  ·  students_only_to_teachers
"""
EVERYBODY = """
student  begin  groupmate          ok                         ·  ok
student  begin  other student      ok                         ·  ok
student  begin  other teacher      no_shared_group            ·  no_shared_group
student  begin  admin              students_only_to_teachers  ·  students_only_to_teachers
"""


@dataclass(frozen=True)
class Row:
    """One line of a table; ``answers`` are in the order of ``DOORS``."""

    role: str
    action: str
    target: str
    answers: tuple[str, ...]

    def at_doors(self) -> Iterator[tuple[str, str]]:
        """Each door that there is, with its answer."""
        return ((door, answer) for door, answer in zip(DOORS, self.answers, strict=True) if answer != NO_DOOR)

    def __str__(self) -> str:
        return f"{self.role}-{self.action}-{self.target}".replace(" ", "_")


def read(*tables: str) -> list[Row]:
    """The rows of tables; cells are divided by two spaces or more."""
    lines = [line for table in tables for line in table.splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines]
    return [Row(role, action, target, tuple(answers)) for role, action, target, *answers in cells]


ROWS = read(BEGINNING, WRITING, READING, GROUPS, MESSAGES, ONLY_MATRIX)
