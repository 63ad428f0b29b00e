"""In which language a visitor is spoken to."""

from starlette.requests import HTTPConnection

from interviewer.domain.language import Language


def language_of_request(request: HTTPConnection) -> Language:
    """The language of whoever sent a request, as far as it tells."""
    return preferred_language(request.cookies.get("lang", ""), request.headers.get("accept-language", ""))


def preferred_language(cookie: str, accepted: str) -> Language:
    """The language that was chosen before, else the first one the browser asks for that the page has."""
    if cookie in tuple(Language):
        return Language(cookie)
    wishes = []
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), name.split("-")[0].strip().lower()))
        except ValueError:
            continue
    known = [name for _, name in sorted(wishes, key=lambda wish: wish[0]) if name in tuple(Language)]
    return Language(known[0]) if known else Language.EN
