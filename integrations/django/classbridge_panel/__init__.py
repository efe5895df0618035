"""
The school's panel tells Classbridge who is who, and gives its people tokens for the chat.

``mark_user``, ``mark_group`` and ``mark_enrolment`` (``classbridge_panel.outbox``) are for changes that send no Django
signal: ``QuerySet.update``, ``bulk_create``, raw SQL.
"""
