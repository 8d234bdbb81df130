"""The ordinary way: Django, Django REST framework, Celery and Redis, written twice (usual and fair, see views.py)."""

from bench.peers.ordinary.celery import app as celery_app

__all__ = ["celery_app"]
