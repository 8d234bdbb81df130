"""Statements in the shapes in which platforms really send them: Moodle's logstore_xapi, Open edX's event-routing-backends,
a cmi5 LMS, LinkedIn Learning. Numbers and names are made up.
"""

from typing import Any

CATEGORY = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOODLE = "https://lms.bkd.example"
EDX = "https://mooc.lan.example"


def moodle_completed(user: str, course: int, at: str) -> dict[str, Any]:
    """As logstore_xapi: no id, no result, the registration is made of the session."""
    return {
        "actor": {"name": "Sari", "account": {"homePage": MOODLE, "name": user}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en": "completed"}},
        "object": {
            "id": f"{MOODLE}/course/view.php?id={course}",
            "definition": {
                "type": "https://w3id.org/xapi/cmi5/activitytype/course",
                "name": {"id": f"Kursus {course}"},
            },
        },
        "timestamp": at,
        "context": {
            "platform": "Moodle",
            "language": "id",
            "registration": "4b3e6f0d-9a9c-5d7c-8a0e-0d2f0a6c9f11",
            "extensions": {"http://lrs.learninglocker.net/define/extensions/info": {"event_name": "course_completed"}},
        },
    }


def moodle_module(user: str, course: int, at: str) -> dict[str, Any]:
    """The same verb, of a part of the course."""
    told = moodle_completed(user, course, at)
    told["object"] = {
        "id": f"{MOODLE}/mod/quiz/view.php?id=70{course}",
        "definition": {"type": "http://adlnet.gov/expapi/activities/assessment", "name": {"id": "Kuis"}},
    }
    return told | {"result": {"duration": "PT1S", "completion": True}}


def edx_graded(user: str, course: str, at: str, *, verb: str = "passed", **said: Any) -> dict[str, Any]:
    """As event-routing-backends with mbox: an id of its own, made of verb, actor and moment."""
    return {
        "actor": {"objectType": "Agent", "mbox": f"mailto:{user}"},
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}", "display": {"en": verb}},
        "object": {
            "id": f"{EDX}/course/{course}",
            "objectType": "Activity",
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/course",
                "name": {"en": "Integritas"},
            },
        },
        "timestamp": at,
        "version": "1.0.3",
        "context": {"extensions": {"https://w3id.org/xapi/openedx/extension/transformer-version": "7.0.0"}},
        **said,
    }


def cmi5_satisfied(user: str, course: str, at: str) -> dict[str, Any]:
    """As a cmi5 LMS itself says it, once every unit has met its moveOn; without a duration."""
    return {
        "actor": {"objectType": "Agent", "account": {"homePage": "https://cmi5.example", "name": user}},
        "verb": {"id": "https://w3id.org/xapi/adl/verbs/satisfied", "display": {"en": "satisfied"}},
        "object": {"id": course, "definition": {"type": "https://w3id.org/xapi/cmi5/activitytype/course"}},
        "context": {
            "registration": "3e4f1c7e-6a9a-4f2d-9c28-0d2f0a6c9f11",
            "contextActivities": {
                "category": [{"id": CATEGORY}],
                "grouping": [{"id": "https://cmi5.example/publisher/1"}],
            },
            "extensions": {"https://w3id.org/xapi/cmi5/context/extensions/sessionid": "s-1"},
        },
        "timestamp": at,
    }


def linkedin_completed(user: str, course: str, at: str) -> dict[str, Any]:
    """As LinkedIn Learning; the duration is the time watched, and no hours follow from it."""
    return {
        "actor": {"objectType": "Agent", "mbox": f"mailto:{user}"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en-US": "completed"}},
        "object": {
            "id": f"urn:li:lyndaCourse:{course}",
            "objectType": "Activity",
            "definition": {"type": "http://adlnet.gov/expapi/activities/course", "name": {"en-US": "Excel"}},
        },
        "result": {"completion": True, "duration": "PT4M30S"},
        "timestamp": at,
    }
