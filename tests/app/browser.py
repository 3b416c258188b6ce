"""A headless Chromium, for tests that go through the real page."""

import shutil
from contextlib import contextmanager

import pytest

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


@contextmanager
def chromium(width, height, downloads):
    """Open a browser; skips where Chromium, its driver or selenium is not installed."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    if not (CHROMIUM and DRIVER):
        pytest.skip("Chromium and its driver are not installed (apt install chromium-driver)")
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument(f"--window-size={width},{height}")
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


def wait_until(driver, condition, seconds=60):
    """Wait until a function of the driver returns something true, and return that."""
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.support.ui import WebDriverWait

    waiting = WebDriverWait(
        driver, seconds, 0.2, ignored_exceptions=[StaleElementReferenceException]
    )
    return waiting.until(condition)


def found(selector):
    """Return a condition: the elements of a CSS selector, as soon as there are any."""
    return lambda driver: driver.find_elements("css selector", selector)
