"""What is announced, in the language of the project: that something happened, never to whom."""

from __future__ import annotations

from collections.abc import Mapping

from commons_contracts.codes import DiscordTopic, Language

SAID: Mapping[DiscordTopic, Mapping[Language, str]] = {
    DiscordTopic.PROGRAMME: {
        Language.EN: "A mentoring programme has been published. Its dates and rules are on STEM Commons.",
        Language.SV: "Ett mentorsprogram har publicerats. Datum och regler finns på STEM Commons.",
        Language.NB: "Et mentorprogram er publisert. Datoer og regler finnes på STEM Commons.",
    },
    DiscordTopic.RECRUITMENT: {
        Language.EN: "A new round of mentoring has been announced. When to register is on STEM Commons.",
        Language.SV: "En ny mentorsomgång har utlysts. När det går att anmäla sig står på STEM Commons.",
        Language.NB: "En ny mentorrunde er kunngjort. Når man kan melde seg på, står på STEM Commons.",
    },
    DiscordTopic.CONDUCT: {
        Language.EN: "A new version of a code of conduct is in force. Please read and accept it on STEM Commons.",
        Language.SV: "En ny version av en uppförandekod gäller. Läs och godkänn den på STEM Commons.",
        Language.NB: "En ny versjon av en atferdskode gjelder. Les og godta den på STEM Commons.",
    },
    DiscordTopic.MATCHES: {
        Language.EN: "A mentee and a mentor have found each other.",
        Language.SV: "En adept och en mentor har hittat varandra.",
        Language.NB: "En adept og en mentor har funnet hverandre.",
    },
    DiscordTopic.COMPLETIONS: {
        Language.EN: "A mentorship has been completed. Congratulations to both!",
        Language.SV: "Ett mentorskap har slutförts. Grattis till båda!",
        Language.NB: "Et mentorskap er fullført. Gratulerer til begge!",
    },
}
