"""Records the messages and schemas of `messages.json`, by the code of Open edX itself.

It needs packages that Jejak does not have (Django among them), so it runs in an environment of its own, by hand, when Open edX
changes its events:

    python3 -m venv /tmp/openedx && /tmp/openedx/bin/pip install openedx-events==10.5.0 fastavro
    /tmp/openedx/bin/python services/connectors/tests/bus/record.py > services/connectors/tests/bus/messages.json
"""

import base64
import io
import json
import struct
import sys
from datetime import datetime, timezone
from typing import Any

import django
import fastavro
from django.conf import settings

settings.configure(INSTALLED_APPS=[], USE_TZ=True)
django.setup()

from opaque_keys.edx.keys import CourseKey  # noqa: E402 - Django has to be set up first
from openedx_events.event_bus.avro.serializer import AvroSignalSerializer  # noqa: E402
from openedx_events.learning import data, signals  # noqa: E402

MADE = datetime(2026, 6, 14, 9, 0, tzinfo=timezone.utc)  # noqa: UP017 - as old as the Python it runs on
COURSE = data.CourseData(
    course_key=CourseKey.from_string("course-v1:LAN+PKA101+2026"), display_name="Pelatihan Kepemimpinan"
)


def user(name: str) -> data.UserData:
    pii = data.UserPersonalData(username=name, email=f"{name}@example.go.id", name="Sari")
    return data.UserData(id=41, is_active=True, pii=pii)


def certificate(name: str, now: str, before: str) -> data.CertificateData:
    return data.CertificateData(
        user=user(name), course=COURSE, mode="verified", grade="0.91", download_url="https://openedx.example/c/1",
        name="Sari", current_status=now, previous_status=before,
    )  # fmt: skip


def passing(name: str, passes: bool) -> data.CoursePassingStatusData:
    return data.CoursePassingStatusData(is_passing=passes, course=COURSE, user=user(name))


MESSAGES = {
    "created": (signals.CERTIFICATE_CREATED, {"certificate": certificate("199001012015042001", "downloadable", "")}),
    "changed": (signals.CERTIFICATE_CHANGED, {"certificate": certificate("199001012015042001", "downloadable", "")}),
    "unavailable": (signals.CERTIFICATE_CHANGED, {"certificate": certificate("dewi", "notpassing", "downloadable")}),
    "revoked": (
        signals.CERTIFICATE_REVOKED,
        {"certificate": certificate("199001012015042001", "unavailable", "downloadable")},
    ),
    "passing": (signals.COURSE_PASSING_STATUS_UPDATED, {"course_passing_status": passing("dewi", passes=True)}),
    "not_passing": (signals.COURSE_PASSING_STATUS_UPDATED, {"course_passing_status": passing("dewi", passes=False)}),
}
recorded: dict[str, Any] = {"schemas": {}, "messages": {}}
for name, (signal, said) in MESSAGES.items():
    serializer = AvroSignalSerializer(signal)
    schema_id = list(MESSAGES).index(next(n for n, (s, _) in MESSAGES.items() if s is signal)) + 1
    recorded["schemas"][str(schema_id)] = serializer.schema_string()
    written = io.BytesIO()
    fastavro.schemaless_writer(
        written, fastavro.parse_schema(json.loads(serializer.schema_string())), serializer.to_dict(said)
    )
    metadata = signal.generate_signal_metadata(time=MADE)
    headers = {
        "ce_id": str(metadata.id), "ce_type": metadata.event_type, "ce_source": metadata.source,
        "ce_time": metadata.time.isoformat(), "ce_specversion": "1.0", "ce_minorversion": str(metadata.minorversion),
        "content-type": "application/avro", "sourcehost": "openedx.example", "sourcelib": "10.5.0",
    }  # fmt: skip
    value = struct.pack(">bI", 0, schema_id) + written.getvalue()
    recorded["messages"][name] = {"headers": headers, "value": base64.b64encode(value).decode()}
json.dump(recorded, sys.stdout, indent=1)
sys.stdout.write("\n")
