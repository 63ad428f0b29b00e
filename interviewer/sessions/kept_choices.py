"""What owners chose to be graded by, encrypted in the database: every process knows it, and a restart loses none."""

import json
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from interviewer.errors import SettingsError
from interviewer.grading import CallShape
from interviewer.sessions.database import Database
from interviewer.sessions.grader_choice import GraderRequest
from interviewer.sessions.tables import accounts, interviews, model_choices
from interviewer.sessions.timestamps import stored_now
from interviewer.text.messages import localized


def has_kept_choices(database: Database) -> bool:
    return database.first(sa.select(model_choices.c.owner).limit(1)) is not None


def purge_choices(database: Database, before: str) -> int:
    """Drop what was chosen before this time by who has neither an interview nor an account; give how many that were."""
    known = sa.union(sa.select(interviews.c.owner), sa.select(accounts.c.owner))
    is_away = (model_choices.c.changed_at < before) & model_choices.c.owner.not_in(known)
    if database.first(sa.select(model_choices.c.owner).where(is_away).limit(1)) is None:
        return 0
    return database.change(model_choices.delete().where(is_away))


class KeptChoices:
    """The choices in one database. Safe to share between threads and processes."""

    def __init__(self, database: Database, keys: str) -> None:
        """`keys` are Fernet keys with commas between them: the first encrypts, each of them decrypts.

        What was encrypted with one of the others is encrypted anew. Raises SettingsError if they are no such keys.
        """
        try:
            from cryptography.fernet import Fernet, MultiFernet
        except ModuleNotFoundError as error:
            raise SettingsError(
                "INTERVIEWER_SECRETS_KEY needs the package cryptography: pip install 'mock-interviewer[server]'"
            ) from error
        self._database = database
        try:
            self._cipher = MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
        except ValueError:
            # Without the cause, which may tell of the key.
            raise SettingsError(
                "INTERVIEWER_SECRETS_KEY is no list of Fernet keys; make one with: python -c"
                " 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
            ) from None
        self._encrypt_anew()

    def find(self, owner: str) -> GraderRequest | None:
        """What an owner chose (no address: the offline grader). Raises SettingsError if no key decrypts it."""
        from cryptography.fernet import InvalidToken

        kept = self._database.value(sa.select(model_choices.c.body).where(model_choices.c.owner == owner))
        if kept is None:
            return None
        try:
            known = json.loads(self._cipher.decrypt(kept))
        except InvalidToken:
            raise SettingsError(localized("kept_choice.unreadable")) from None
        return GraderRequest(**known | {"shape": CallShape(known["shape"])})

    def save(self, owner: str, choice: GraderRequest) -> None:
        body = self._cipher.encrypt(json.dumps(asdict(choice)).encode()).decode()
        row = {"body": body, "changed_at": stored_now()}
        chosen = model_choices.update().where(model_choices.c.owner == owner).values(row)
        try:
            with self._database.write() as connection:
                if not connection.execute(chosen).rowcount:
                    connection.execute(model_choices.insert().values(owner=owner, **row))
        except IntegrityError:  # another window was faster
            self._database.change(chosen)

    def remove(self, owner: str) -> None:
        self._database.change(model_choices.delete().where(model_choices.c.owner == owner))

    def _encrypt_anew(self) -> None:
        """Encrypt everything with the first key, so that the others can be dropped; what none decrypts stays as it is."""
        from cryptography.fernet import InvalidToken

        with self._database.read() as connection:
            kept = connection.execute(sa.select(model_choices.c.owner, model_choices.c.body)).all()
        for owner, body in kept:
            try:
                renewed = self._cipher.rotate(body).decode()
            except InvalidToken:
                continue
            this = (model_choices.c.owner == owner) & (model_choices.c.body == body)
            self._database.change(model_choices.update().where(this).values(body=renewed))
