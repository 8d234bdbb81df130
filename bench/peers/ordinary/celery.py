"""The queue: celery -A bench.peers.ordinary worker --concurrency 2."""

from celery import Celery

app = Celery("ordinary")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
