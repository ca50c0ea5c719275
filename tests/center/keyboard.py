"""Somebody who uses a page without a mouse: goes to what is meant, and presses keys."""

from playwright.sync_api import Locator, Page, expect

STOPS = 120
"Of the Tab key, on the longest way."


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(STOPS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not lead to {wanted}")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Go to an element, and press a key there."""
    reach(page, wanted)
    page.keyboard.press(key)


def write(page: Page, field: Locator, text: str) -> None:
    """Go to a field, and write into it."""
    reach(page, field)
    page.keyboard.type(text)
