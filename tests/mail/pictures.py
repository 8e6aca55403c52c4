"""Make the pictures of docs/explanation/the-alert-mail.md: each sample, light and dark, on a phone and a desktop.

    python -m tests.mail.pictures [FOLDER]

Needs Chromium (Debian: ``apt install chromium``); nothing is loaded from the network. FOLDER is docs/explanation/mail.
"""

from __future__ import annotations

import email
import email.policy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mail.samples import mail, samples

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "explanation" / "mail"
_SIZES = {
    "single": 470,
    "follow-up": 790,
    "digest": 900,
    "coverage": 335,
    "over-topics": 1800,
    "burst": 1250,
    "flood": 1700,
    "summary": 330,
    "no-news": 250,
    "ukrainian": 480,
    "right-to-left": 310,
}
"""Height in CSS pixels that each needs on a desktop."""
_WIDE, _NARROW = 720, 390
SHOWN = (
    ("single", "desktop", "light"), ("single", "phone", "dark"),
    ("follow-up", "desktop", "light"), ("follow-up", "phone", "light"), ("follow-up", "desktop", "dark"),
    ("digest", "desktop", "light"), ("digest", "phone", "dark"),
    ("coverage", "desktop", "light"), ("coverage", "phone", "dark"),
    ("burst", "desktop", "light"),
    ("flood", "phone", "light"),
    ("over-topics", "desktop", "light"), ("over-topics", "phone", "dark"),
    ("summary", "desktop", "light"), ("summary", "phone", "dark"),
    ("no-news", "desktop", "light"), ("no-news", "phone", "dark"),
    ("ukrainian", "phone", "light"), ("ukrainian", "desktop", "dark"),
    ("right-to-left", "phone", "light"),
)  # fmt: skip


def page(message: bytes) -> str:
    """The HTML part, as a mail program takes it out of the mail."""
    body = email.message_from_bytes(message, policy=email.policy.default).get_body(("html",))
    return "" if body is None else str(body.get_content())


def picture(browser: str, html: Path, out: Path, *, width: int, height: int, dark: bool) -> None:
    """Let Chromium paint a page; on a phone inside a frame, because a window cannot be so narrow."""
    scheme = "0" if dark else "1"
    subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--log-level=3",
            f"--blink-settings=preferredColorScheme={scheme}", f"--window-size={width},{height}",
            f"--screenshot={out}", html.as_uri(),
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip


def make(folder: Path) -> int:
    """Write every picture; returns how many."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("no Chromium here; on Debian: apt install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    told = samples()
    with tempfile.TemporaryDirectory() as scratch:
        for name, device, scheme in SHOWN:
            inner = Path(scratch) / f"{name}.html"
            inner.write_text(page(mail(told[name])), encoding="utf-8")
            width, height = _WIDE, _SIZES[name]
            if device == "phone":
                width, height = _NARROW, int(_SIZES[name] * 1.45)
                frame = Path(scratch) / f"{name}-frame.html"
                frame.write_text(
                    f'<body style="margin:0"><iframe src="{inner.name}" width="{width}" height="{height}"'
                    ' style="border:0;display:block"></iframe>',
                    encoding="utf-8",
                )
                inner = frame
            out = folder / f"{name}-{device}-{scheme}.png"
            picture(browser, inner, out, width=max(width, 500) if device != "phone" else width, height=height,
                    dark=scheme == "dark")  # fmt: skip
    return len(SHOWN)


if __name__ == "__main__":
    made = make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    print(f"{made} pictures")
