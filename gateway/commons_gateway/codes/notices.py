"""What the codes about how people are told things mean, for the schema."""

from __future__ import annotations

from commons_contracts import codes

from .words import Words

NOTICES: Words = {
    codes.NoticeCategory: (
        "A kind of notices.",
        {
            "REQUESTS": "Asking for a mentor and being asked: requests, answers, places.",
            "MENTORSHIPS": "What becomes of a mentorship and its agreement.",
            "SESSIONS": "Sessions that are proposed, accepted, moved or cancelled.",
            "REMINDERS": "What is about to happen, or has not been done yet.",
            "PROGRAMME": "What the programme itself asks of its people.",
            "SAFEGUARDING": "Somebody's safety. Nobody can be without these.",
        },
    ),
    codes.NoticeWay: (
        "How the notices of a kind come by mail. On the platform itself they are always to be seen.",
        {
            "AT_ONCE": "Each in a letter of its own.",
            "DIGEST": "Gathered in one letter now and then.",
            "NEVER": "Not by mail.",
        },
    ),
    codes.DigestRhythm: (
        "How often the letter that gathers notices comes.",
        {"DAILY": "Every day that there are any.", "WEEKLY": "Once a week, if there are any."},
    ),
    codes.DiscordTopic: (
        "What can be announced on a project's Discord server: that it happened, never to whom.",
        {
            "PROGRAMME": "A programme was published.",
            "RECRUITMENT": "A recruitment was laid out.",
            "CONDUCT": "A code of conduct changed.",
            "MATCHES": "A mentee and a mentor found each other.",
            "COMPLETIONS": "A mentorship was completed.",
        },
    ),
    codes.DiscordState: (
        "Whether announcements work.",
        {"ACTIVE": "They do.", "DISABLED": "Discord takes nothing by this address any more: set another."},
    ),
}
