"""The topics. Partition counts are part of the contract: they decide where a key lives.

`deploy/kafka/topics.yaml` says how each is kept.
"""

from common.events import Topic

AGENCIES = Topic("registry.agency.v1", partitions=3, compacted=True)
UNITS = Topic("registry.unit.v1", partitions=3, compacted=True)
POSTS = Topic("registry.post.v1", partitions=6, compacted=True)
DUTIES = Topic("registry.duty.v1", partitions=3, compacted=True)
PEOPLE = Topic("registry.person.v1", partitions=12, compacted=True)
ACCESS = Topic("registry.access.v1", partitions=12, readers=("registry",))
# A plan of a reform, and what each service holds of the agency.
REFORM_PREVIEWS = Topic("registry.reform-preview.v1", partitions=3)
ERASURES = Topic("registry.erasure.v1", partitions=3)
RECORDS = Topic("training.record.v1", partitions=12)
MENTORED = Topic("training.mentored.v1", partitions=3)
COURSES = Topic("training.course.v1", partitions=3, compacted=True)
# Titles and where the proof is: between whoever is connected and the records.
ACTIVITIES = Topic("connectors.activity.v1", partitions=12, readers=("training",))
ACTIVITY_ANSWERS = Topic("training.activity.v1", partitions=12)
# How somebody was judged: between whoever is connected and the cases.
PREDICATES = Topic("connectors.predicate.v1", partitions=12, readers=("credit",))
PREDICATE_ANSWERS = Topic("credit.predicate.v1", partitions=12, readers=("connectors",))
SHORTFALLS = Topic("training.shortfall.v1", partitions=3)
DECISIONS = Topic("credit.decision.v1", partitions=12)
PROGRAMMES = Topic("mentoring.programme.v1", partitions=3)
PAIRS = Topic("mentoring.pair.v1", partitions=12)
MENTORS = Topic("mentoring.mentor.v1", partitions=6)
# Names and addresses are nobody else's business.
CONTACTS = Topic("registry.contact.v1", partitions=12, compacted=True, readers=("notification",))
# Ids of people in other systems name them there: whoever exchanges data with these reads them, and nobody else.
IDENTIFIERS = Topic("registry.identifier.v1", partitions=12, compacted=True, readers=("connectors",))
# Which part of whose record rests: whoever shows people's records keeps to it.
RESTRICTIONS = Topic("registry.restriction.v1", partitions=3, compacted=True)
DATA_FILES = Topic("registry.data-file.v1", partitions=3)
# All that is held of somebody, and only until the registry has it.
DATA_PARTS = Topic("registry.data-part.v1", partitions=3, readers=("registry",), brief=True)
REQUESTS = Topic("notification.request.v1", partitions=12, readers=("notification",))

TOPICS = (
    AGENCIES,
    UNITS,
    POSTS,
    DUTIES,
    PEOPLE,
    ACCESS,
    REFORM_PREVIEWS,
    ERASURES,
    RECORDS,
    MENTORED,
    COURSES,
    ACTIVITIES,
    ACTIVITY_ANSWERS,
    PREDICATES,
    PREDICATE_ANSWERS,
    SHORTFALLS,
    DECISIONS,
    PROGRAMMES,
    PAIRS,
    MENTORS,
    CONTACTS,
    IDENTIFIERS,
    RESTRICTIONS,
    DATA_FILES,
    DATA_PARTS,
    REQUESTS,
)
