"""Transcripts as files named after their bank and day, and as a page to be printed."""

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response

from interviewer import wiring
from interviewer.banks.loader import BankLibrary
from interviewer.domain.interview import replay
from interviewer.domain.language import Language
from interviewer.errors import NoSuchInterview, NotAllowed, OutOfTurn, StoreError, TranscriptError
from interviewer.presentation.export_formats import ExportFormat
from interviewer.presentation.transcript_export import export_transcript
from interviewer.presentation.wording import moment
from interviewer.sessions.coach_notes import list_coach_notes
from interviewer.sessions.comparison import compare
from interviewer.sessions.permissions import Access, Action
from interviewer.sessions.service import SessionService
from interviewer.settings import Settings
from interviewer.text.messages import say
from interviewer.web.identity import Owners
from interviewer.web.visit import language_of_link, language_of_request, zone_of_request


def add_exports(
    app: FastAPI, settings: Settings, service: SessionService, owners: Owners, library: BankLibrary, access: Access
) -> None:

    def written(request: Request, name: str, wish: str, lang: str, disposition: str) -> Response:
        owner, store, zone = owners.of(request.cookies), service.store, zone_of_request(request)
        if wish not in tuple(ExportFormat):
            return PlainTextResponse("Not found.\n", 404)
        kind, language = ExportFormat(wish), language_of_link(lang)
        try:
            access.require(owner, Action.SEE_INTERVIEW, name)
            history, whose = store.history(name), store.owner_of(name)
            played = replay(recorded.event for recorded in history)
            unnamed = say("classes.unnamed", language or played.plan.language)
            beside = {
                # What a candidate practised before is no coach's business.
                "compared": compare(store, whose, name, played) if owner == whose else (),
                "zone": zone,
                "coach_notes": list_coach_notes(store, name) if played.is_over else (),
                "candidate": "" if owner == whose else access.name(whose) or unnamed,
            }
            known = wiring.known_measurements(settings)
            text = export_transcript(name, history, kind, language, known, library.banks(), **beside)
        except (NotAllowed, NoSuchInterview):
            return PlainTextResponse("Not found.\n", 404)
        except OutOfTurn as error:
            return PlainTextResponse(f"{error.into(language or Language.EN)}\n", 409)
        except (StoreError, TranscriptError) as error:
            told = say("app.no_export", language or language_of_request(request), reason=error)
            return PlainTextResponse(f"{told}\n", 503, {"Retry-After": "5", "Cache-Control": "no-store"})
        file = f"{played.bank.id}-{moment(history[0].at, zone)[:10]}.{kind}"
        headers = {"Content-Disposition": f'{disposition}; filename="{file}"', "Cache-Control": "no-store"}
        if kind is ExportFormat.HTML:
            headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-modals"
        return Response(text, media_type=kind.media_type, headers=headers)

    @app.get("/export/{name}.{kind}")
    def export(request: Request, name: str, kind: str, lang: str = "") -> Response:
        return written(request, name, kind, lang, "attachment")

    @app.get("/print/{name}")
    def to_print(request: Request, name: str, lang: str = "") -> Response:
        return written(request, name, "html", lang, "inline")
