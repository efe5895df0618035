"""The sentences of ``policy.SENTENCES`` in Russian: what a Matrix client shows. The web app has its own."""

from __future__ import annotations

from bridge.permissions.policy import Reason

SENTENCES = {
    Reason.NO_SHARED_GROUP: "У вас (больше) нет общей группы с этим человеком: читать можно, писать нельзя.",
    Reason.STUDENTS_ONLY_TO_TEACHERS: "В этой школе ученики пишут только своим преподавателям.",
    Reason.BLOCKED: "Преподаватель закрыл для вас этот чат: читать можно, писать нельзя.",
    Reason.ARCHIVED: "Этот чат в архиве: его можно читать, но писать в него нельзя.",
    Reason.PERSON_INACTIVE: "Такого человека в школе нет (или больше нет).",
    Reason.NOT_A_PARTICIPANT: "Вы не участник этого чата.",
    Reason.NOT_YOURSELF: "Нельзя начать чат с самим собой.",
    Reason.ROLE: "Ваша роль в школе этого не позволяет.",
    Reason.NOT_MANAGER: "Это может только руководитель группы.",
    Reason.NOT_SENDER: "Это может только отправитель.",
    Reason.EDIT_WINDOW: "Это сообщение слишком старое, его уже нельзя изменить.",
    Reason.DIRECT: "В личном чате всегда двое.",
    Reason.ANNOUNCEMENTS: "Здесь пишут только сотрудники школы; читают все.",
    Reason.ONLY_THE_SCHOOL: "Это меняет только сама школа.",
    Reason.NOT_OFFERED: "В школьном чате этого нет.",
    Reason.NO_ENCRYPTION: "Шифрование в школьном чате выключено: школа должна видеть, что в нём пишут.",
    Reason.FILE_TYPE: "Файлы такого типа в этой школе не принимаются.",
    Reason.FILE_SIZE: "Файл больше, чем разрешает школа.",
    Reason.ROSTER_MANAGED: "Состав этого чата ведёт сама школа: из него никого не удаляют и не выходят.",
    Reason.RULES_UNKNOWN: "Сейчас нельзя узнать правила школы; попробуйте через несколько минут.",
}
