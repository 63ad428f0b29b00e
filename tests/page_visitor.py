"""A browser of the page without a browser: it calls the page's events over HTTP, as the page's own script would."""

import html
import json
from typing import Any

from starlette.testclient import TestClient

ORIGIN = {"Origin": "http://127.0.0.1:7860"}


class Visitor:
    """Calls the events of the page as a browser does; gives what each control is then told."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        client.get("/")
        config = client.get("/config").json()
        self.ids = {one["id"]: one["props"].get("elem_id") or one["type"] for one in config["components"]}
        self.events = [one for one in config["dependencies"] if one["backend_fn"]]

    def event(self, control: str, kind: str) -> dict[str, Any]:
        return next(
            one
            for one in self.events
            if any(self.ids.get(target[0], "") == control and target[1] == kind for target in one["targets"])
        )

    def call(self, event: dict[str, Any], data: list[Any], session: str) -> dict[str, Any]:
        """What the last message of an event brings, by the id of the control."""
        wish = {"fn_index": event["id"], "data": data, "session_hash": session, "event_data": None}
        written = json.dumps(wish)  # in ASCII, as half a character can be sent by no other spelling
        headers = {**ORIGIN, "Content-Type": "application/json"}
        if not event["queue"]:
            answer = self.client.post("/gradio_api/run/predict", content=written, headers=headers)
            assert answer.status_code == 200, answer.text
            return {self.ids[i]: value for i, value in zip(event["outputs"], answer.json()["data"], strict=True)}
        assert self.client.post("/gradio_api/queue/join", content=written, headers=headers).status_code == 200
        with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as answer:
            lines = [json.loads(line[5:]) for line in answer.iter_lines() if line.startswith("data:")]
        last = next(line for line in lines if line["msg"] == "process_completed")
        assert last["success"], last
        return {self.ids[i]: value for i, value in zip(event["outputs"], last["output"]["data"], strict=True)}

    def start(self, session: str) -> dict[str, Any]:
        form = ["en", "deep-learning", ["activations"], 1, "bank", "en", "coach", False, True, "neutral", 0]
        return self.call(self.event("begin", "click"), form, session)

    def arrive(self, remembered: str = "none", session: str = "mine") -> dict[str, Any]:
        load = next(one for one in self.events if any(target[1] == "load" for target in one["targets"]))
        return self.call(load, ["en", remembered], session)

    def tick(self, interview: str, place: str, pace: float, session: str = "mine") -> dict[str, Any]:
        tick = next(one for one in self.events if any(target[1] == "tick" for target in one["targets"]))
        return self.call(tick, ["en", interview, place, pace], session)

    def send(self, interview: str, place: str, text: str, session: str = "mine", spoken: str = "") -> dict[str, Any]:
        return self.call(self.event("send", "click"), ["en", interview, place, text, spoken], session)


def read(told: Any) -> str:
    """What a control is told to show, as somebody reads it."""
    return html.unescape(str(told["value"] if isinstance(told, dict) else told))


class Person:
    """Somebody who signed in at the proxy, with a page of their own."""

    def __init__(self, client: TestClient, name: str) -> None:
        self._client, self.name, self.where = client, name, ""
        self._page = Visitor(self.client)

    @property
    def client(self) -> TestClient:
        """The one client of the application, as the proxy forwards this person's requests."""
        self._client.cookies.clear()
        self._client.headers["X-User"] = self.name
        return self._client

    @property
    def page(self) -> Visitor:
        self._page.client = self.client
        return self._page

    def does(self, language: str = "en", **action: Any) -> str:
        """What the tab Classes shows after an action."""
        event = self.page.event("class-ask", "click")
        drawn = self.page.call(event, [language, self.where, json.dumps([action])], self.name)
        self.where = drawn["class-where"]
        return read(drawn["class-page"])

    def asks(self, interview: str = "none", **action: Any) -> dict[str, Any]:
        """What the page shows after a button of it."""
        return self.page.call(self.page.event("ask", "click"), ["en", interview, json.dumps([action])], self.name)
