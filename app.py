"""`python app.py` serves the page; `uvicorn app:app` finds the same page as an ASGI application."""

import sys

if __name__ == "__main__":
    from interviewer.cli import main

    main(["serve", *sys.argv[1:]])
else:
    from interviewer.errors import InterviewerError
    from interviewer.web import collector_paused

    try:
        with collector_paused():
            from interviewer.web.server import make_app

            app = make_app()
    except InterviewerError as error:
        sys.exit(f"interviewer: {error}")
