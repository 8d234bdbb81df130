"""Mentoring's jobs over HTTP."""

from common.web.jobs import job_routes
from mentoring import rights

router = job_routes(rights.FOLLOW_JOBS)
