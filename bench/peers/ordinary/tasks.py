"""The credit side: an evidence row for each training, and the person's JP of the year."""

from collections import Counter

from celery import shared_task
from django.db import connection, transaction
from django.db.models import F

from bench.peers.ordinary.models import Evidence, Ledger, Training

ADD = """
INSERT INTO ledger (person_id, year, jp) SELECT * FROM unnest(%s::uuid[], %s::int[], %s::numeric[])
ON CONFLICT (person_id, year) DO UPDATE SET jp = ledger.jp + excluded.jp
"""


@shared_task
def assess(training_id):
    """Usual: one training, one transaction."""
    with transaction.atomic():
        training = Training.objects.get(pk=training_id)
        year = training.end_date.year
        _, created = Evidence.objects.get_or_create(
            record=training, defaults={"person_id": training.person_id, "year": year, "jp": training.jp}
        )
        if created:
            ledger, _ = Ledger.objects.select_for_update().get_or_create(person_id=training.person_id, year=year)
            ledger.jp = F("jp") + training.jp
            ledger.save(update_fields=["jp"])


@shared_task
def assess_many(training_ids):
    """Fair: some hundred trainings, one transaction, a handful of statements. A task that comes twice adds nothing."""
    with transaction.atomic():
        held = Training.objects.select_for_update(no_key=True).filter(pk__in=training_ids).order_by("pk")
        trainings = {training.pk: training for training in held}
        for done in Evidence.objects.filter(pk__in=trainings).values_list("pk", flat=True):
            del trainings[done]
        rows = [
            Evidence(record=training, person_id=training.person_id, year=training.end_date.year, jp=training.jp)
            for training in trainings.values()
        ]
        Evidence.objects.bulk_create(rows)
        totals = Counter()
        for row in rows:
            totals[row.person_id, row.year] += row.jp
        people, years = zip(*sorted(totals), strict=True) if totals else ((), ())
        with connection.cursor() as cursor:
            cursor.execute(ADD, [list(people), list(years), [totals[key] for key in sorted(totals)]])
