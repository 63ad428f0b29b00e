"""A complaint in words for the person at the keyboard."""

from interviewer.errors import LLMError, LLMRefused, LLMUnreachable
from interviewer.llm.endpoints import Endpoint
from interviewer.llm.server_errors import Complaint, Kind


def error_for(complaint: Complaint, endpoint: Endpoint) -> LLMError:
    """The error to raise when a complaint is final: what happened, to what, and what to do."""
    what = _words(complaint, endpoint)
    text = complaint.text.replace(endpoint.key, "…") if endpoint.key else complaint.text
    kind = LLMUnreachable if complaint.kind in (Kind.LOADING, Kind.BUSY) else LLMRefused
    return kind(f"{what}; it says: {text}" if text else what)


def _words(complaint: Complaint, endpoint: Endpoint) -> str:
    host = endpoint.host
    model = f"model {endpoint.model!r}" if endpoint.model else "model"
    status = f" ({complaint.status})" if complaint.status else ""
    if complaint.kind in (Kind.REFUSED, Kind.BUSY) and complaint.status in _BY_STATUS:
        return _BY_STATUS[complaint.status].format(host=host, model=model, url=endpoint.base_url)
    match complaint.kind:
        case Kind.QUOTA:
            return f"the account at {host} has no balance or quota left"
        case Kind.TOO_LONG:
            return f"the request is longer than {model} at {host} can read"
        case Kind.LOADING:
            return f"{host} is still loading {model}: try again in a while"
        case Kind.BUSY:
            return f"{host} failed{status}"
        case Kind.REFUSED:
            return f"{host} refused the request{status}"


_BY_STATUS = {
    401: "{host} does not accept the API key: check the key",
    403: "{host} does not allow this: the key, the account or the region may lack the right",
    404: "there is no {model} at {url}: check the model's name and the base URL",
    413: "the request is too large for {host}",
    429: "{host} takes no more requests for now (429): try again in a while",
}
