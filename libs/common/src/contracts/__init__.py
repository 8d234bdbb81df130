"""The published language of Jejak: topics, events, and the number every civil servant has."""

from common.events import Event
from contracts.events.access import RecordViewed
from contracts.events.connectors import ActivityDisputed, ActivityReported, ActivityWithdrawn
from contracts.events.credit import (
    CreditAppealed,
    CreditBooked,
    CreditReturned,
    CreditReversed,
    CreditSubmitted,
    CreditVerified,
    PakIssued,
    PakRevoked,
)
from contracts.events.data_files import DataFilePart, DataFileRequested
from contracts.events.erasure import ErasureAnswered, ErasureAsked
from contracts.events.mentoring import (
    MatchDeclined,
    MentoringCompleted,
    MentoringCorrected,
    MentorMatched,
    MentorRecognised,
    ProgrammeClosed,
    ProgrammeOpened,
    SessionConfirmed,
)
from contracts.events.notification import MessageRequested
from contracts.events.predicates import PredicateRefused, PredicateReported, PredicateTaken
from contracts.events.reforms import AgencyHeld, ReformPreviewAsked
from contracts.events.registry import (
    AgencyChanged,
    ContactChanged,
    DutyDelegated,
    IdentifiersChanged,
    PersonChanged,
    PostChanged,
    RestrictionChanged,
    UnitChanged,
)
from contracts.events.training import (
    ActivityRefused,
    ActivityTaken,
    CourseChanged,
    JPShortfallDetected,
    JPShortfallResolved,
    MentoringAnswered,
    ProviderChanged,
    TrainingCompleted,
    TrainingCorrected,
    TrainingRevoked,
)

PUBLISHED: tuple[type[Event], ...] = (
    AgencyChanged,
    UnitChanged,
    PostChanged,
    DutyDelegated,
    PersonChanged,
    RecordViewed,
    ReformPreviewAsked,
    AgencyHeld,
    ErasureAsked,
    ErasureAnswered,
    TrainingCompleted,
    TrainingCorrected,
    TrainingRevoked,
    JPShortfallDetected,
    JPShortfallResolved,
    CreditAppealed,
    CreditBooked,
    CreditReturned,
    CreditReversed,
    CreditSubmitted,
    CreditVerified,
    PakIssued,
    PakRevoked,
    ProgrammeOpened,
    ProgrammeClosed,
    MentorRecognised,
    MentorMatched,
    MatchDeclined,
    SessionConfirmed,
    MentoringCompleted,
    MentoringCorrected,
    MentoringAnswered,
    CourseChanged,
    ProviderChanged,
    ActivityReported,
    ActivityWithdrawn,
    ActivityDisputed,
    ActivityTaken,
    ActivityRefused,
    PredicateReported,
    PredicateTaken,
    PredicateRefused,
    ContactChanged,
    IdentifiersChanged,
    RestrictionChanged,
    DataFileRequested,
    DataFilePart,
    MessageRequested,
)
