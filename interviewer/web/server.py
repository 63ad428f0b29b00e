"""The FastAPI application: guard, owner cookie, exports and the page that is mounted in it."""

import logging
import math
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated
from urllib.parse import unquote

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from starlette.middleware.cors import CORSMiddleware

from interviewer import wiring
from interviewer.domain.language import Language
from interviewer.errors import SettingsError
from interviewer.sessions import LOCAL_OWNER
from interviewer.sessions.accounts import Accounts
from interviewer.sessions.interview_lists import has_others
from interviewer.sessions.permissions import Access
from interviewer.settings import Settings, prepare_gradio, read_settings
from interviewer.text.messages import say
from interviewer.web import collector_paused
from interviewer.web.body_receiver import TimelyProtocol
from interviewer.web.exports import add_exports
from interviewer.web.gradio_import import skip_stub_files
from interviewer.web.guard import EDITOR, IMPORT, Guard, own_hosts
from interviewer.web.health import add_health
from interviewer.web.identity import Owners
from interviewer.web.import_handlers import Importer
from interviewer.web.last_answers import add_last_answers
from interviewer.web.links import add_browser_links, add_invitations
from interviewer.web.request_log import RequestLog
from interviewer.web.sign_in import add_sign_in
from interviewer.web.uploads import Uploads
from interviewer.web.voice import add_voice, speech_routes

DEFAULT_PORT = 7860
_PORTS_TRIED = 20
_GRACE_SECONDS = 1
# Longer than nginx keeps an idle connection (60 s): what a proxy sends just as the other side closes is lost.
_KEEP_ALIVE_SECONDS = 75


def make_app(settings: Settings | None = None) -> FastAPI:
    """The whole application. Gradio is imported here and not before its environment is set."""
    settings = settings or read_settings()
    prepare_gradio(settings)
    skip_stub_files()
    from interviewer.web.page import mount

    metrics = wiring.make_metrics(settings)
    graders = wiring.make_grader_registry(settings, metrics)
    service = wiring.make_service(settings, graders, is_served=True, metrics=metrics)
    speech = wiring.make_speech(settings)
    is_https = settings.root_path.startswith("https:")
    accounts = Accounts(service.store.database) if settings.has_accounts else None
    owners = Owners(settings.signing_key, is_https=is_https, accounts=accounts)
    access = Access(service.store, accounts)
    library = wiring.make_library(settings, access if accounts else None, service.store)
    # What is in the folder is for everybody at the page, so only where all of them are at this machine may it be changed.
    folder = settings.import_folder if settings.is_for_this_machine else None
    wiring.add_compilations(service, settings, graders, library)
    importer = Importer(library, graders, Uploads(), folder, service.compilations)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.start_sweeping()
        if settings.run_jobs:
            service.start_working(_GRACE_SECONDS)
        yield
        service.close()
        if speech:
            speech.close()

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)

    add_health(app, [service.store.database.failing])
    add_exports(app, settings, service, owners, library, access)
    add_last_answers(app, service, owners)
    if accounts:
        add_sign_in(app, settings, service.store, accounts, owners, graders)
        add_invitations(app, service.store, owners, access, settings.root_path)
    else:
        add_browser_links(app, owners, settings.root_path)
    _add_import(app, importer, owners)
    add_voice(app, speech, service, owners, lambda: graders.options.is_private)
    mount(app, settings, service, library, owners, graders, importer, speech, access if accounts else None)
    app.state.service, app.state.graders, app.state.metrics = service, graders, metrics
    # Reading the banks takes a moment that the first visitor need not wait for.
    threading.Thread(target=library.banks, daemon=True).start()
    # With a CORS middleware in the parent Gradio adds no grants of its own; this one grants nobody anything.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(
        Guard,
        owners=owners,
        hosts=own_hosts(settings.host, settings.allowed_hosts, settings.root_path),
        own_origin=settings.root_path,
        is_private=lambda: graders.options.is_private,
        went_public=graders.open_to_strangers,
        speech=speech_routes(speech),
        user_header=settings.proxy_user_header,
    )
    app.add_middleware(RequestLog, observe=metrics.answered if metrics else None)
    return app


def _add_import(app: FastAPI, importer: Importer, owners: Owners) -> None:
    """Where the page sends files of questions, and what is done in the editor."""

    def visitor(request: Request) -> str:
        owner = owners.of(request.cookies)
        if owner is None or not importer.of(owner).may_save:
            raise HTTPException(404)
        return owner

    Importing = Annotated[str, Depends(visitor)]  # noqa: N806 - a type

    @app.post(IMPORT)
    async def take(request: Request, owner: Importing) -> Response:
        name, window = unquote(request.headers.get("x-file-name", "")), request.headers.get("x-window", "")
        importer.uploads.keep(owner, name, await request.body(), window)
        return Response(status_code=204)

    # An answer that is tried waits for a model: that takes no thread from what everybody needs.
    as_many_as_wait = CapacityLimiter(math.inf)

    @app.post(EDITOR)
    async def edit(request: Request, owner: Importing) -> Response:
        from interviewer.web.editor import Editor

        answer = Editor(importer.of(owner)).answer
        reply = await to_thread.run_sync(answer, owner, await request.body(), limiter=as_many_as_wait)
        return JSONResponse(reply, headers={"Cache-Control": "no-store"})


def serve(settings: Settings, *, port_is_given: bool) -> None:
    """Serve until interrupted. Raises SettingsError if the port is taken."""
    import uvicorn

    with _listening(settings, port_is_given=port_is_given) as listener:
        port = listener.getsockname()[1]
        key_is_new = settings.makes_a_new_key
        with collector_paused():
            app = make_app(settings)
        from interviewer.web.page_input import OneLineTracebacks  # imports Gradio, which `make_app` has prepared

        logging.getLogger("uvicorn.error").addFilter(OneLineTracebacks())
        if app.state.metrics:
            app.state.metrics.serve(app.state.service.store.database)
        config = uvicorn.Config(
            app,
            log_level="warning",
            timeout_graceful_shutdown=_GRACE_SECONDS,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            proxy_headers=False,
            server_header=False,
            http=TimelyProtocol,
        )
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        shown = settings.root_path or f"http://{'127.0.0.1' if host in ('0.0.0.0', '[::]') else host}:{port}"  # noqa: S104 - only looked for
        owners = Owners(settings.signing_key, is_https=False)
        if key_is_new and has_others(app.state.service.store.database, LOCAL_OWNER):
            print(say("app.key_lost", Language.EN), file=sys.stderr, flush=True)
        print(f"Mock interviewer: {shown}/", flush=True)
        if not settings.has_accounts:
            print(f"With what you played in the terminal: {shown}/enter/{owners.link(LOCAL_OWNER)}", flush=True)
        try:
            uvicorn.Server(config).run(sockets=[listener])
        except KeyboardInterrupt:
            pass  # Ctrl-C has done what it was for
        finally:
            _abandon(app)


def _abandon(app: FastAPI) -> None:
    """End without waiting for anybody: what is under way is found again at the next start."""
    app.state.service.close()
    threading.Thread(target=app.state.graders.close, daemon=True).start()
    sys.stdout.flush()
    logging.shutdown()
    # A library's thread that hangs in a request would be waited for at the usual end.
    os._exit(0)


@contextmanager
def _listening(settings: Settings, *, port_is_given: bool) -> Iterator[socket.socket]:
    """A bound socket; where no port was asked for, the next free one after a default that is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    ports = [settings.port] if port_is_given else range(settings.port, settings.port + _PORTS_TRIED)
    for port in ports:
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, port))
            listener.listen(2048)
        except OSError as error:
            listener.close()
            problem = error
            continue
        with listener:
            yield listener
        return
    raise SettingsError(
        f"cannot listen on {settings.host}:{settings.port} ({problem.strerror}): choose another --port or --host"
    )
