"""The page to try a preset: the real command, through a real browser."""

import importlib.util
import shutil
import time
import zipfile

import pytest
import requests
from browser import chromium, found, wait_until
from PIL import Image
from served_command import served_command

from emixer_tf import EMIXER
from emixer_tf.models.shipped_presets import shipped_presets

if importlib.util.find_spec("gradio") is None:
    pytest.skip("the extra `app` is not installed", allow_module_level=True)


@pytest.fixture(scope="module")
def model():
    return EMIXER.from_preset("emixer_phantom_64")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "<b>mine"
    shutil.copytree(shipped_presets()["emixer_phantom_64"], folder)
    with served_command("app", "--preset", str(folder)) as address:
        yield address


@pytest.fixture(scope="module")
def downloads(tmp_path_factory):
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def desktop(address, downloads):
    with chromium(1280, 900, downloads) as driver:
        driver.get(address)
        wait_until(driver, found("#studies .emixer-card"))
        yield driver


def open_tab(driver, name):
    tabs = driver.find_elements("css selector", "button[role=tab]")
    next(tab for tab in tabs if tab.text == name).click()


def reports(driver, place):
    return [p.text for p in driver.find_elements("css selector", f"#{place} .emixer-card p")]


def titles(driver):
    return {title.text for title in driver.find_elements("css selector", "#studies h4")}


def test_studies_stand_there_before_anything_is_asked(desktop, model):
    assert reports(desktop, "studies") == model.generate({}, n=4, seed=0).reports
    assert "<b>mine" in desktop.find_element("css selector", "h2").text


def displayed(selector):
    def condition(driver):
        return [one for one in found(selector)(driver) if one.is_displayed()]

    return condition


def test_chosen_labels_are_drawn_and_written_about_as_severe_as_asked(desktop, model):
    labels = desktop.find_elements("css selector", "label")
    next(label for label in labels if label.text.strip() == "Cardiomegaly").click()
    desktop.find_element("id", "generate").click()
    wait_until(desktop, lambda driver: titles(driver) == {"Cardiomegaly"})
    assert reports(desktop, "studies") == model.generate({"Cardiomegaly": 1}, n=4).reports
    sliders = displayed("input[type=number][aria-label*='Severity of']")
    (severity,) = wait_until(desktop, sliders)  # of the chosen label alone
    assert "Cardiomegaly" in severity.get_attribute("aria-label")
    severity.clear()
    severity.send_keys("0.5\n")
    desktop.find_element("id", "generate").click()
    wait_until(desktop, lambda driver: titles(driver) == {"Cardiomegaly 0.5"})
    assert reports(desktop, "studies") == model.generate({"Cardiomegaly": 0.5}, n=4).reports


def test_studies_are_downloaded(desktop, downloads):
    desktop.find_element("id", "download").click()
    wait_until(desktop, lambda driver: list(downloads.glob("*.zip")))
    with zipfile.ZipFile(next(downloads.glob("*.zip"))) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".png")]) == 4


def test_a_walk_has_its_steps(desktop):
    open_tab(desktop, "Walk")
    button = wait_until(desktop, found("#walk"))[0]
    wait_until(desktop, lambda driver: button.is_displayed())
    button.click()
    cards = wait_until(desktop, found("#steps .emixer-card"))
    assert len(cards) == 7


def test_an_uploaded_film_is_described(desktop, model, tmp_path):
    film = model.generate({"Pleural Effusion": 1}, seed=4).images
    Image.fromarray(film[0, ..., 0]).save(tmp_path / "film.png")
    open_tab(desktop, "Describe a film")
    upload = wait_until(desktop, found("#film input[type=file]"))[0]
    upload.send_keys(str(tmp_path / "film.png"))
    told = model.describe(film)
    wait_until(desktop, lambda driver: reports(driver, "described") == told)


def test_what_is_no_film_is_told_to_the_visitor(address, downloads, tmp_path):
    (tmp_path / "film.png").write_text("<html>Sign in</html>")
    with chromium(1280, 900, downloads) as driver:
        driver.get(address)
        wait_until(driver, found("#studies .emixer-card"))
        open_tab(driver, "Describe a film")
        wait_until(driver, found("#film input[type=file]"))[0].send_keys(str(tmp_path / "film.png"))
        wait_until(driver, lambda driver: "is a web page" in driver.page_source)
        assert reports(driver, "described") == []


@pytest.mark.parametrize("width", [500, 1280])
def test_nothing_stands_beyond_the_edge(address, downloads, width):
    with chromium(width, 900, downloads) as driver:
        driver.get(address)
        wait_until(driver, found("#studies .emixer-card"))
        time.sleep(0.5)
        beyond = driver.execute_script(
            "return document.documentElement.scrollWidth - window.innerWidth"
        )
        assert beyond <= 0


def test_uploads_are_limited(address):
    def status_of(megabytes):
        film = {"files": ("film.png", bytes(megabytes * 10**6))}
        return requests.post(f"{address}/gradio_api/upload", files=film, timeout=60).status_code

    assert [status_of(1), status_of(60)] == [200, 413]


def test_files_of_the_machine_are_not_given(address):
    for path in ("/etc/hostname", __file__, "%2e%2e/%2e%2e/%2e%2e/etc/hostname"):
        for way in ("file=", "gradio_api/file="):
            answer = requests.get(f"{address}/{way}{path}", timeout=30)
            assert answer.status_code in (403, 404)
