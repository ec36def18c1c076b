"""What the journeys change, and what of the changed thing they look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CONNECTION = "id state style message declineReason declineNote expiresAt match { id }"
MENTORSHIP = "id state phase merged startsOn endsOn resuming"
AGREEMENT = "id version state clause"
SESSION = "id state startsAt minutes sequence agenda notes warnings tasks { id what doneAt }"
PROFILE = "paused motivation introduction { published }"


@dataclass(frozen=True)
class Verb:
    """A mutation: the type of its input, and the type and fields of what it answers when it is not refused."""

    input: str
    shows: str
    fields: str

    def document(self, name: str) -> str:
        answer = f"__typename ... on Refused {{ code message params }} ... on {self.shows} {{ {self.fields} }}"
        return f"mutation ($input: {self.input}) {{ done: {name}(input: $input) {{ {answer} }} }}"


VERBS: Mapping[str, Verb] = {
    "registerPerson": Verb("RegisterPersonInput!", "Account", "state"),
    "joinProject": Verb("JoinProjectInput!", "Membership", "roles"),
    "grantRole": Verb("GrantRoleInput!", "Membership", "roles"),
    "acceptCodeOfConduct": Verb("AcceptCodeOfConductInput!", "Membership", "conduct { kind version accepted }"),
    "publishCodeOfConduct": Verb("PublishCodeOfConductInput!", "CodeOfConduct", "kind version"),
    "describeProfile": Verb("DescribeProfileInput!", "OwnProfile", PROFILE),
    "writeIntroduction": Verb("WriteIntroductionInput!", "OwnProfile", PROFILE),
    "publishIntroduction": Verb("PlainInput", "OwnProfile", PROFILE),
    "pauseMentoring": Verb("PlainInput", "OwnProfile", PROFILE),
    "tickReadiness": Verb("TickReadinessInput!", "Readiness", "ready items { item done }"),
    "agreeToCriterion": Verb("AgreeToCriterionInput!", "Viewer", "__typename"),
    "withdrawFromCriterion": Verb("WithdrawFromCriterionInput!", "Viewer", "__typename"),
    "declareSupervision": Verb("SupervisionInput!", "Supervision", "declaredAt"),
    "withdrawSupervision": Verb("SupervisionInput!", "Viewer", "__typename"),
    "recordTraining": Verb("RecordTrainingInput!", "TrainingRecord", "module"),
    "blockPerson": Verb("PersonInput!", "Viewer", "__typename"),
    "unblockPerson": Verb("PersonInput!", "Viewer", "__typename"),
    "createProgramme": Verb("CreateProgrammeInput!", "Programme", "id state startsOn endsOn missing"),
    "publishProgramme": Verb("PublishProgrammeInput!", "Programme", "id state"),
    "registerForProgramme": Verb("RegisterForProgrammeInput!", "Participation", "role"),
    "setPlaces": Verb("SetPlacesInput!", "MentorPlaces", "most used held free"),
    "requestConnection": Verb("RequestConnectionInput!", "ConnectionRequest", CONNECTION),
    "acceptConnection": Verb("ConnectionInput!", "ConnectionRequest", CONNECTION),
    "declineConnection": Verb("DeclineConnectionInput!", "ConnectionRequest", CONNECTION),
    "withdrawConnection": Verb("ConnectionInput!", "ConnectionRequest", CONNECTION),
    "rerunMatchRun": Verb("MatchRunInput!", "MatchRun", "id state"),
    "repeatMatchRun": Verb("MatchRunInput!", "MatchRun", "id state repeats"),
    "cancelMatchRun": Verb("MatchRunInput!", "MatchRun", "id state"),
    "overrideProposal": Verb("OverrideProposalInput!", "Override", "run { matched } proposal { origin } wish { wish }"),
    "offerFlash": Verb("OfferFlashInput!", "FlashSlots", "slots { id state }"),
    "requestFlash": Verb("RequestFlashInput!", "ConnectionRequest", CONNECTION),
    "continueAsTraditional": Verb("ContinueAsTraditionalInput!", "ConnectionRequest", CONNECTION),
    "proposeFirstMeeting": Verb("ScheduleSessionInput!", "Session", SESSION),
    "scheduleSession": Verb("ScheduleSessionInput!", "Session", SESSION),
    "acceptSession": Verb("AcceptSessionInput!", "Session", SESSION),
    "rescheduleSession": Verb("RescheduleSessionInput!", "Session", SESSION),
    "cancelSession": Verb("SessionInput!", "Session", SESSION),
    "setAgenda": Verb("SetAgendaInput!", "Session", SESSION),
    "recordSession": Verb("RecordSessionInput!", "Session", SESSION),
    "addTask": Verb("AddTaskInput!", "Session", SESSION),
    "completeTask": Verb("CompleteTaskInput!", "Session", SESSION),
    "renewCalendarFeed": Verb("PlainInput", "CalendarAddress", "url feed { language }"),
    "endCalendarFeed": Verb("PlainInput", "Viewer", "__typename"),
    "submitSessionEvaluation": Verb("SessionEvaluationInput!", "Evaluation", "id"),
    "acknowledgeMatchingNotice": Verb("AcknowledgeMatchingNoticeInput!", "Acknowledgement", "version at"),
    "submitPreferences": Verb("SubmitPreferencesInput!", "RankedList", "role sentAt ranked { id }"),
    "offerMentoring": Verb("OfferMentoringInput!", "ConnectionRequest", CONNECTION),
    "startMatchRun": Verb("StartMatchRunInput!", "MatchRun", "id state"),
    "publishMatchRun": Verb("MatchRunInput!", "MatchRun", "id state"),
    "waitlistForMentor": Verb("WaitlistForMentorInput!", "Waiting", "id state position"),
    "takeOffer": Verb("TakeOfferInput!", "ConnectionRequest", CONNECTION),
    "tickItem": Verb("TickItemInput!", "Mentorship", MENTORSHIP),
    "advancePhase": Verb("AdvancePhaseInput!", "Mentorship", MENTORSHIP),
    "proposeAgreement": Verb("ProposeAgreementInput!", "Agreement", AGREEMENT),
    "signAgreement": Verb("SignAgreementInput!", "Agreement", AGREEMENT),
    "reviseGoal": Verb("ReviseGoalInput!", "Agreement", AGREEMENT),
    "proposeExtension": Verb("ExtensionInput!", "Mentorship", MENTORSHIP),
    "extendMentorship": Verb("ExtensionInput!", "Mentorship", MENTORSHIP),
    "resumeMentorship": Verb("MentorshipInput!", "Mentorship", MENTORSHIP),
    "completeMentorship": Verb("MentorshipInput!", "Mentorship", MENTORSHIP),
    "endMentorship": Verb("MentorshipInput!", "Mentorship", MENTORSHIP),
    "submitMidPointReflection": Verb("EvaluationInput!", "Evaluation", "id"),
    "submitFinalEvaluation": Verb("EvaluationInput!", "Evaluation", "id"),
    "shareNote": Verb("ShareNoteInput!", "Evaluation", "id"),
    "destroyPrivateAnswers": Verb("DestroyPrivateAnswersInput!", "Destroyed", "done"),
}
