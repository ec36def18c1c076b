"""The private channel of a pair."""

from datetime import UTC, datetime

from commons_community.rules.channel import Match, channel_of, open_channel
from commons_contracts.community import ChannelOpened
from commons_contracts.ids import MatchId, PersonId, derived, project_of

NOON = datetime(2026, 9, 20, 10, 0, tzinfo=UTC)
MATCH = Match(
    id=MatchId(derived("match", 1)),
    project=project_of("westem"),
    mentor=PersonId(derived("mentor")),
    mentee=PersonId(derived("mentee")),
    confirmed_at=NOON,
)


def test_a_match_opens_a_channel_for_its_two_people_at_its_own_time():
    channel, opened = open_channel(MATCH)

    assert opened == ChannelOpened(
        project=MATCH.project,
        at=NOON,
        channel=channel.id,
        match=MATCH.id,
        mentor=MATCH.mentor,
        mentee=MATCH.mentee,
    )
    assert (channel.project, channel.match, channel.mentor, channel.mentee, channel.opened_at) == (
        MATCH.project,
        MATCH.id,
        MATCH.mentor,
        MATCH.mentee,
        NOON,
    )


def test_a_match_has_one_channel_and_no_other_match_has_it():
    assert open_channel(MATCH)[0].id == channel_of(MATCH.id) == channel_of(MatchId(derived("match", 1)))
    assert channel_of(MatchId(derived("match", 2))) != channel_of(MATCH.id)
