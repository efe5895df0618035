"""The outbox, what was told, and who sends."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Sender",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.BigIntegerField(default=0, verbose_name="version")),
                ("holder", models.CharField(blank=True, max_length=64)),
                ("held_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True, verbose_name="last success")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="last failure")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="failures in a row")),
                ("reason", models.TextField(blank=True, verbose_name="reason of the last failure")),
            ],
            options={
                "verbose_name": "sending",
                "verbose_name_plural": "sending",
            },
        ),
        migrations.CreateModel(
            name="OutboxEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("user", "person"), ("group", "group"), ("enrolment", "enrolment")],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("group_id", models.BigIntegerField(default=0, verbose_name="group")),
                ("user_id", models.BigIntegerField(default=0, verbose_name="person")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waits to be sent"), ("refused", "refused, look at the reason")],
                        default="waiting",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="since")),
            ],
            options={
                "verbose_name": "change to be sent",
                "verbose_name_plural": "changes to be sent",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["state", "id"], name="classbridge_outbox_next")],
            },
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("user", "person"), ("group", "group"), ("enrolment", "enrolment")], max_length=16
                    ),
                ),
                ("group_id", models.BigIntegerField(default=0)),
                ("user_id", models.BigIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "what was told",
                "verbose_name_plural": "what was told",
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "group_id", "user_id"), name="classbridge_told_once")
                ],
            },
        ),
    ]
