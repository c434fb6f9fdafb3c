"""What others may react to."""

from dataclasses import dataclass

from opieka.plumbing.events import Event


@dataclass(frozen=True, kw_only=True)
class SurveyEvent(Event):
    survey_id: int
    conversation_id: int

    def topics(self) -> tuple[str, ...]:
        return ("figures", f"conversation:{self.conversation_id}")

    def key(self) -> str:
        return f"conversation:{self.conversation_id}"


@dataclass(frozen=True, kw_only=True)
class SurveyAsked(SurveyEvent):
    kind: str

    def topics(self) -> tuple[str, ...]:
        # The chat asks in its own panel.
        return (*super().topics(), f"visitor:{self.conversation_id}")


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(SurveyEvent):
    kind: str
    score: int
