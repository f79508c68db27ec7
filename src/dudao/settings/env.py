"""The only reader of the environment. Every switch of the deployment is named here, once."""

import os
import secrets
from pathlib import Path


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    return text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def listed(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def whole(name: str, default: int) -> int:
    return int(text(name, str(default)))


PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = PACKAGE.parents[1]


def home() -> Path:
    """The folder of everything that is written at run time: database, files, keys, fonts."""
    default = CHECKOUT / "var" if (CHECKOUT / "pyproject.toml").exists() else Path.cwd() / "var"
    path = Path(text("DUDAO_HOME", str(default)))
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_key() -> str:
    """`DUDAO_SECRET_KEY`, or a key made once and kept in the home folder, readable by its owner only."""
    given = text("DUDAO_SECRET_KEY")
    if given:
        return given
    path = home() / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key
