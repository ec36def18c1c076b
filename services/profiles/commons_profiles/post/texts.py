"""What stands in letters, in English; the catalogues have it in the other languages (`make letters` brings them up to date).

Whoever sees a letter over her shoulder, or on the screen of a locked telephone, learns nothing of anybody from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commons_contracts.codes import NoticeCode


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for what is translated later
    return text


@dataclass(frozen=True)
class Text:
    subject: str
    says: str


SIGN_IN = Text(N_("Your link to sign in to STEM Commons"), N_("With this link you sign in to STEM Commons."))
SIGN_IN_BUTTON = N_("Sign in")
SIGN_IN_NOTES = (
    N_(
        "It works once, within a quarter of an hour. If you open it on another device than the one you asked on, you will be"
        " asked for this e-mail address."
    ),
    N_("If you did not ask for it, you need not do anything: nobody is signed in without it."),
)
DIGEST = N_("What is new in {project}")
BUTTON = N_("See it on STEM Commons")
SESSION, PROPOSED = N_("Mentoring session"), N_("Mentoring session (proposed)")
OTHER = Text(N_("Something new on STEM Commons"), N_("There is something new for you."))
"""Of a code that has no text yet: that somebody is told too little is better than that nobody is told anything."""
NOTICES: Mapping[NoticeCode, Text] = {
    NoticeCode.INVITED: Text(
        N_("You are invited to {project}"),
        N_(
            "The coordinators of {project} have registered you. Sign in with this e-mail address, read the code of conduct"
            " and see what was written about you. If you do nothing, nobody but the coordinators sees it."
        ),
    ),
    NoticeCode.DISCORD_DISABLED: Text(
        N_("Announcements on Discord have stopped"),
        N_("Announcements on Discord have stopped: Discord does not take them any more. Set the address anew."),
    ),
    NoticeCode.NOTE_SHARED: Text(N_("A note is shared with you"), N_("A note has been shared with you.")),
    NoticeCode.CONNECTION_REQUESTED: Text(
        N_("A request for mentoring"),
        N_("Someone would like you to be her mentor. Read her message and answer."),
    ),
    NoticeCode.MENTORING_OFFERED: Text(
        N_("An offer of mentoring"), N_("A mentor would like to be yours. Read her message and answer.")
    ),
    NoticeCode.MENTORING_DECLINED: Text(
        N_("An answer to your offer"), N_("This mentee could not say yes. There are others who may suit you.")
    ),
    NoticeCode.LISTS_CLOSE_SOON: Text(
        N_("Your list of wishes"), N_("The lists of wishes close soon. Send yours, or look at it once more.")
    ),
    NoticeCode.CONNECTION_REMINDER: Text(
        N_("A request waits for your answer"), N_("A request is still waiting for your answer.")
    ),
    NoticeCode.CONNECTION_ACCEPTED: Text(
        N_("Your request was accepted"), N_("Your request was accepted. You can begin.")
    ),
    NoticeCode.CONNECTION_DECLINED: Text(
        N_("An answer to your request"), N_("This mentor could not say yes. There are others who may suit you.")
    ),
    NoticeCode.CONNECTION_EXPIRED: Text(
        N_("A request ran out"), N_("A request ran out without an answer. The mentee can now ask someone else.")
    ),
    NoticeCode.MENTOR_PAUSED_UNANSWERED: Text(
        N_("Your mentoring rests"),
        N_("Your mentoring rests, because requests ran out without an answer. Resume it whenever it suits you."),
    ),
    NoticeCode.PLACE_OFFERED: Text(
        N_("A place is held for you"),
        N_("A place is free and held for you. Take it, or let it go to the next."),
    ),
    NoticeCode.OFFER_EXPIRED: Text(
        N_("A place has gone to the next in line"), N_("The place that was held for you has gone to the next in line.")
    ),
    NoticeCode.FLASH_TAKEN: Text(
        N_("One of your flash slots is taken"), N_("A mentee has taken one of your flash slots. Read her question.")
    ),
    NoticeCode.MENTORSHIP_OPENED: Text(
        N_("Your mentorship has begun"), N_("Your mentorship has begun. See its checklist.")
    ),
    NoticeCode.AGREEMENT_PROPOSED: Text(
        N_("Your agreement, to read and sign"),
        N_("A version of your agreement is there. Read it, and sign it if it is right."),
    ),
    NoticeCode.AGREEMENT_IN_FORCE: Text(
        N_("Your agreement is in force"),
        N_("You have both signed your agreement. It is in force from now on."),
    ),
    NoticeCode.EXTENSION_PROPOSED: Text(
        N_("A later last day is proposed"),
        N_("The other side would like to go on for longer. Say yes to the new last day, or propose another."),
    ),
    NoticeCode.HALFWAY_REFLECTION: Text(
        N_("Half-way: time to look back"),
        N_("Half of your agreed time is over. Four questions help you to look back."),
    ),
    NoticeCode.PERIOD_ENDS: Text(
        N_("Your agreed time ends soon"),
        N_("Your agreed time ends soon. Plan how to close, or extend it together."),
    ),
    NoticeCode.PERIOD_ENDED: Text(
        N_("Your agreed time is over"), N_("Your agreed time is over. Close the mentorship together.")
    ),
    NoticeCode.STILL_MEETING: Text(
        N_("Your next meeting"), N_("You have not met for a while. Set a date, or say that it is over.")
    ),
    NoticeCode.MENTORSHIP_PAUSED: Text(
        N_("Your mentorship rests"),
        N_("Your mentorship rests, because nothing happened for a while. Resume it whenever it suits you both."),
    ),
    NoticeCode.MENTORSHIP_RESUMED: Text(
        N_("Your mentorship goes on"), N_("Your mentorship goes on. Set a date for the next meeting.")
    ),
    NoticeCode.NO_PLACE_TO_RESUME: Text(
        N_("Resuming your mentorship"),
        N_("The place of this mentorship is taken at the moment. Try again when one is free."),
    ),
    NoticeCode.MENTORSHIP_COMPLETED: Text(
        N_("Your mentorship is completed"), N_("Your mentorship is completed. Thank you both.")
    ),
    NoticeCode.MENTORSHIP_ENDED: Text(
        N_("Your mentorship is over"), N_("Your mentorship is over. You can look for a new one.")
    ),
    NoticeCode.SESSION_PROPOSED: Text(
        N_("A session is proposed"), N_("A session is proposed. Accept it, or propose another time.")
    ),
    NoticeCode.SESSION_ACCEPTED: Text(N_("The session stands"), N_("Your proposal is accepted: the session stands.")),
    NoticeCode.SESSION_MOVED: Text(
        N_("Another time for a session"),
        N_("Another time is proposed for a session. Accept it, or propose one yourself."),
    ),
    NoticeCode.SESSION_CANCELLED: Text(
        N_("A session does not take place"),
        N_("A session does not take place. Propose another time when it suits you."),
    ),
    NoticeCode.SESSION_REMINDER: Text(N_("A session begins soon"), N_("A session begins soon. See its agenda.")),
}
OWN: Mapping[NoticeCode, Text] = {
    NoticeCode.SESSION_ACCEPTED: Text(
        N_("A session for your calendar"), N_("You accepted a session: it stands. Here it is for your calendar.")
    ),
    NoticeCode.SESSION_MOVED: Text(
        N_("A proposal for your calendar"),
        N_("You proposed another time for a session. It stands once the other side accepts."),
    ),
    NoticeCode.SESSION_CANCELLED: Text(
        N_("A session to take out of your calendar"),
        N_("You declined or called off a session. With this letter it leaves your calendar."),
    ),
}
"""What she did herself, of which the other side has the notice: a letter, for the invitation in it."""
