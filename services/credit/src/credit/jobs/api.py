"""Credit's jobs over HTTP."""

from common.web.jobs import job_routes
from credit import rights

router = job_routes(rights.FOLLOW_JOBS)
