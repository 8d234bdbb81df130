"""People, their trainings, and what the credit side keeps of them."""

import uuid
from typing import ClassVar

from django.db import models


class Person(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    nip = models.CharField(max_length=18, unique=True)
    name = models.TextField()

    class Meta:
        db_table = "person"


class Training(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    source_name = models.TextField()
    reference = models.TextField()
    person = models.ForeignKey(Person, models.PROTECT)
    form = models.TextField()
    title = models.TextField()
    start_date = models.DateField()
    end_date = models.DateField()
    jp = models.DecimalField(max_digits=8, decimal_places=3)
    evidence = models.TextField(blank=True)

    class Meta:
        db_table = "record"
        constraints: ClassVar = [models.UniqueConstraint(fields=["source_name", "reference"], name="said_once")]


class Evidence(models.Model):
    record = models.OneToOneField(Training, models.PROTECT, primary_key=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT)
    year = models.IntegerField()
    jp = models.DecimalField(max_digits=8, decimal_places=3)

    class Meta:
        db_table = "evidence"


class Ledger(models.Model):
    person = models.ForeignKey(Person, models.PROTECT)
    year = models.IntegerField()
    jp = models.DecimalField(max_digits=12, decimal_places=3, default=0)

    class Meta:
        db_table = "ledger"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "year"], name="one_a_year")]
