"""A panel's models: all three ways in which panels keep who is in which group."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """``role`` in the panel's own words; parents sign in too, and have no part in the chat."""

    role = models.CharField(max_length=16, default="ученик")


class Pupil(User):
    """A proxy, as panels have them for the admin: its signals have another sender."""

    class Meta:
        proxy = True


class StudyGroup(models.Model):
    name = models.CharField(max_length=100)
    year = models.CharField(max_length=16, default="2026/27")
    is_closed = models.BooleanField(default=False)
    members = models.ManyToManyField(User, through="Membership", related_name="study_groups")
    assistants = models.ManyToManyField(User, related_name="assisted_groups")
    tutor = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="tutored_groups")


class Membership(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    group = models.ForeignKey(StudyGroup, on_delete=models.CASCADE)
    role = models.CharField(max_length=16, default="ученик")


class Profile(models.Model):
    """What a user is called, kept beside the user."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    first_name = models.CharField(max_length=100)
