"""Trainings in, a JSON array a body: the usual way, and the way of somebody who has to make it fast."""

from functools import partial

from django.db import transaction
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.peers.ordinary.models import Person, Training
from bench.peers.ordinary.serializers import FairTraining, UsualTraining
from bench.peers.ordinary.tasks import assess, assess_many

CHUNK = 500


class UsualTrainings(APIView):
    """bulk_create of the body, then a task for each training."""

    def post(self, request):
        serializer = UsualTraining(data=request.data, many=True)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            trainings = Training.objects.bulk_create(Training(**values) for values in serializer.validated_data)
            for training in trainings:
                transaction.on_commit(partial(assess.delay, training.pk))
        return Response([training.pk for training in trainings], status=201)


class FairTrainings(APIView):
    """One look-up of the people, bulk_create of what is new, then a task for each 500."""

    def post(self, request):
        serializer = FairTraining(data=request.data, many=True)
        serializer.is_valid(raise_exception=True)
        lines = serializer.validated_data
        people = Person.objects.in_bulk({line["nip"] for line in lines}, field_name="nip")
        if unknown := [line["nip"] for line in lines if line["nip"] not in people]:
            raise ValidationError({"nip": unknown})
        trainings = [Training(person=people[line.pop("nip")], **line) for line in lines]
        with transaction.atomic():
            Training.objects.bulk_create(trainings, ignore_conflicts=True)
            for start in range(0, len(trainings), CHUNK):
                chunk = [training.pk for training in trainings[start : start + CHUNK]]
                transaction.on_commit(partial(assess_many.delay, chunk))
        return Response([training.pk for training in trainings], status=201)
