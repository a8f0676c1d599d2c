"""Words that facts, rules and questions share.

The two scales on which every decision about a client lies are what the hands do today, and who else, how soon.
"""

from typing import Literal

Scale = Literal["hands", "who"]
Hands = Literal["full-plan", "changed-plan", "only-well-away", "none"]
Who = Literal["nobody-now", "next-routine-visit", "within-days", "same-day", "emergency-now"]
Family = Literal["talk", "check", "light", "kneading", "pressing", "movement", "stretch", "comfort"]
"""How a technique or an act of a session counts in the session's order."""
TITLES: dict[Scale, str] = {"hands": "Your hands today", "who": "Who else, and how soon"}
LEVELS: dict[Scale, dict[str, str]] = {
    "hands": {
        "full-plan": "Full plan",
        "changed-plan": "Changed plan: some places or techniques left out",
        "only-well-away": "Only well away from the problem",
        "none": "No session today",
    },
    "who": {
        "nobody-now": "Nobody now; you tell the client when to come back or see somebody",
        "next-routine-visit": "Physician or physiotherapist, at the next routine visit",
        "within-days": "Physician, within days",
        "same-day": "Physician, the same day",
        "emergency-now": "Emergency number, now",
    },
}
"""Both scales, from the boldest level to the most careful."""
