"""The registry's jobs over HTTP."""

from common.web.jobs import job_routes
from registry import rights

router = job_routes(rights.FOLLOW_JOBS)
