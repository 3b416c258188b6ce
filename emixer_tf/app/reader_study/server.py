"""Serving a study: every reader by a link of their own, and nothing else."""

import json
from dataclasses import asdict, fields
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emixer_tf.reader_study.answers import GUESSES, Answers
from emixer_tf.reader_study.store import UNRATED, StaleRating

_FILES = Path(__file__).parent / "page"
_KINDS = {"study.js": "text/javascript", "study.css": "text/css"}
_MOST_BYTES = 64 * 1024
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",  # the address is the key
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def study_application(store):
    """Return the web application of a study.

    A reader's secret is in the path of all that belongs to them; any other path, and any other
    secret, is "not found" in the same words.

    Args:
        store: `StudyStore`.

    Returns:
        `starlette.applications.Starlette`.
    """
    pages = _Pages(store)
    application = Starlette(
        routes=[
            Route("/read/{token}", pages.page),
            Route("/read/{token}/state", pages.state),
            Route("/read/{token}/film/{place}", pages.film),
            Route("/read/{token}/rating/{place}", pages.rate, methods=["PUT"]),
            Route("/page/{name}", pages.file),
        ],
        exception_handlers={404: _not_found, 405: _not_found, 500: _failed},
    )
    application.router.redirect_slashes = False
    return application


def serve_study(store, host="127.0.0.1", port=8000):
    """Serve a study until the process is told to stop; what was acknowledged is kept.

    Args:
        store: `StudyStore`.
        host: Address to listen on; by default this machine alone.
        port: Port.
    """
    uvicorn.run(
        study_application(store),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,  # paths hold the readers' secrets
        server_header=False,
    )


class _Pages:
    def __init__(self, store):
        self.store = store

    def page(self, request):
        if self._reader(request) is None:
            return _not_found()
        return _answer((_FILES / "study.html").read_bytes(), "text/html; charset=utf-8")

    def file(self, request):
        name = request.path_params["name"]
        if name not in _KINDS:
            return _not_found()
        return _answer((_FILES / name).read_bytes(), _KINDS[name])

    def state(self, request):
        """Return reports and ratings in the reader's order, without what blinds."""
        reader = self._reader(request)
        if reader is None:
            return _not_found()
        items, ratings = self.store.items(), self.store.ratings(reader)
        told = [
            {
                "report": items[number].report,
                **_told(ratings.get(number, UNRATED)),
            }
            for number in self.store.order(reader)
        ]
        return JSONResponse({"items": told, "guesses": GUESSES}, headers=_HEADERS)

    def film(self, request):
        _, number = self._item(request)
        if number is None:
            return _not_found()
        return _answer(self.store.film(number), "image/png")

    async def rate(self, request):
        reader, number = await run_in_threadpool(self._item, request)
        if number is None:
            return _not_found()
        data = b""
        async for part in request.stream():
            data += part
            if len(data) > _MOST_BYTES:
                return JSONResponse({"error": "Too long."}, 413, _HEADERS)
        return await run_in_threadpool(self._rate, reader, number, data)

    def _rate(self, reader, number, data):
        try:
            given = json.loads(data)
            said, revision = dict(given["answers"]), given["revision"]
            known = {field.name for field in fields(Answers)}
            answers = Answers(**{name: said[name] for name in said if name in known})
            if not isinstance(revision, int):
                raise ValueError("revision is a number.")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return JSONResponse({"error": f"No rating: {error}"}, 400, _HEADERS)
        try:
            revision = self.store.rate(reader, number, answers, revision)
        except StaleRating as stale:
            return JSONResponse(_told(stale.current), 409, _HEADERS)
        return JSONResponse({"revision": revision}, headers=_HEADERS)

    def _reader(self, request):
        return self.store.reader(request.path_params["token"])

    def _item(self, request):
        """Return `(reader, number)` of the item at a place of the reader's order, or Nones."""
        reader, place = self._reader(request), request.path_params["place"]
        order = [] if reader is None else self.store.order(reader)
        if not (
            place.isascii() and place.isdecimal() and len(place) < 6 and int(place) < len(order)
        ):
            return None, None
        return reader, order[int(place)]


def _told(rating):
    return {"answers": asdict(rating.answers), "revision": rating.revision}


def _answer(data, kind):
    return Response(data, headers=_HEADERS, media_type=kind)


def _not_found(request=None, error=None):
    return Response("Not found.", 404, _HEADERS, "text/plain")


def _failed(request, error):
    return Response("The server failed. Say so to whoever runs the study.", 500, _HEADERS)
