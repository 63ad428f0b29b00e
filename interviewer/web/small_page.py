"""Pages of one sentence and a button or a link, for those who are not at the interviews yet."""

from fastapi.responses import HTMLResponse

from interviewer.domain.language import Language
from interviewer.presentation.templating import render


def small_page(
    title: str, text: str, language: Language, *, link: str = "", button: str = "", token: str = "", status: int = 200
) -> HTMLResponse:
    """A page that says `text`, with a link of that name to `link`, or a button that sends `token` to this address."""
    page = render(
        "small_page.html",
        language,
        styles=["page", "small_page"],
        title=title,
        text=text,
        link=link,
        button=button,
        token=token,
    )
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
