"""The pictures of the manuals, taken anew: `python -m tests.docs.pictures`. Look at every one of them afterwards."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM, QUIET
from tests.docs.manual import PICTURES
from tests.docs.walk import walked


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        with walked(Path(folder), browser, shoots=True) as album:
            for old in PICTURES.glob("*.png"):
                old.unlink()
            for name, content in album.pictures.items():
                (PICTURES / f"{name}.png").write_bytes(content)
                print(f"{name}　{len(content) // 1024} KB")
        browser.close()


if __name__ == "__main__":
    main()
