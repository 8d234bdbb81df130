"""The mentoring service: programmes, applications, profiles."""

from contracts.service import Service

SERVICE = Service(
    name="mentoring",
    title="Jejak: mentoring",
    port=8005,
    features=["agencies", "posts", "programmes", "applications", "profiles"],
    emits=True,
)
