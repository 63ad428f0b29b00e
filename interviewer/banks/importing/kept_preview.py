"""What a file would become, as JSON: made in one process, and shown by another."""

import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from interviewer.banks.importing.pipeline import Preview, place_of
from interviewer.banks.loader import BankLibrary


@cache
def _adapters() -> dict[str, TypeAdapter[Any]]:
    """For everything but its place, which is found anew."""
    kinds = get_type_hints(Preview)
    return {one.name: TypeAdapter(kinds[one.name]) for one in fields(Preview) if one.name != "place"}


def preview_to_json(preview: Preview) -> str:
    plain = {name: kind.dump_python(getattr(preview, name), mode="json") for name, kind in _adapters().items()}
    return json.dumps(plain)


def preview_from_json(text: str, library: BankLibrary, folder: Path | None) -> Preview:
    """The preview of a bank that goes to this library or folder. Raises BankError if another has its id by now."""
    plain = json.loads(text)
    kept = {name: kind.validate_python(plain[name]) for name, kind in _adapters().items()}
    return Preview(place=place_of(kept["bank"].id, library, folder), **kept)
