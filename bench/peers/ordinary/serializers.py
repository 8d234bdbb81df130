"""What a body must hold."""

from decimal import Decimal
from typing import ClassVar

from rest_framework import serializers

from bench.peers.ordinary.models import Person, Training


class UsualTraining(serializers.ModelSerializer):
    """Written as the tutorials do: the framework looks up each person and each reference by itself."""

    nip = serializers.SlugRelatedField(slug_field="nip", source="person", queryset=Person.objects.all())
    jp = serializers.DecimalField(max_digits=8, decimal_places=3, min_value=Decimal("0.001"))

    class Meta:
        model = Training
        fields: ClassVar = [
            "source_name", "reference", "nip", "form", "title", "start_date", "end_date", "jp", "evidence"
        ]  # fmt: skip

    def validate(self, attrs):
        if attrs["end_date"] < attrs["start_date"]:
            raise serializers.ValidationError({"end_date": "lies before start_date"})
        return attrs


class FairTraining(UsualTraining):
    """Leaves the look-ups to the view, which makes one of them for the whole body, and to the constraint."""

    nip = serializers.RegexField(r"^\d{18}$")

    class Meta(UsualTraining.Meta):
        validators: ClassVar = []
