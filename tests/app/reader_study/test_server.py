"""What a reader, and a stranger, can and cannot do; the server is killed under writers."""

import signal
import subprocess
import sys
import threading
import time

import pytest
import requests
from browser import chromium, found, wait_until
from flaky_proxy import flaky_proxy
from served_command import free_port, served_command
from small_study import small_study

from emixer_tf.reader_study.answers import GUESSES, Answers

pytest.importorskip("uvicorn", reason="the extra `app` is not installed")

COUNT = 20


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return small_study(tmp_path_factory.mktemp("study") / "study", COUNT)


@pytest.fixture(scope="module")
def address(study):
    with served_command("study", "serve", str(study[0].path.parent)) as address:
        yield address


def test_a_reader_sees_reports_in_an_own_order_and_nothing_that_tells(address, study):
    store, tokens = study
    answer = requests.get(f"{address}/read/{tokens[0]}/state", timeout=30)
    told = answer.json()["items"]
    items = [store.items()[number] for number in store.order(1)]
    assert [item["report"] for item in told] == [item.report for item in items]
    assert {key for item in told for key in item} == {"report", "answers", "revision"}
    film = requests.get(f"{address}/read/{tokens[0]}/film/4", timeout=30)
    assert film.content == store.film(store.order(1)[4])
    assert len({len(store.film(number)) for number in range(COUNT)}) == 1


def test_strangers_find_nothing(address, study):
    token = study[1][0]
    paths = [
        "/", "/read", "/read/", "/read/x", f"/read/{token[:-1]}", f"/read/{token[:-1]}/state",
        "/read/x/film/0", f"/read/{token}/film/{COUNT}", f"/read/{token}/film/-1", "/docs",
        "/page/../store.py", "/page/..%2f..%2fserver.py", "/page/study.html", "/study.sqlite",
        "/read/%27%20OR%201=1--/state", f"/read/{token}/", "/read/x/",
        f"/read/{token}/film/{'9' * 5000}",
        f"/read/{token}/film/%C2%B2", "/page/%2e%2e/server.py",
    ]  # fmt: skip
    answers = [requests.get(address + path, timeout=30, allow_redirects=False) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.text for answer in answers} == {"Not found."}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    for data in (b"{}", b"x" * 10**6):
        wrong = requests.put(f"{address}/read/x/rating/0", data=data, timeout=30)
        assert (wrong.status_code, wrong.text) == (404, "Not found.")


def test_pages_run_no_script_but_their_own(address, study):
    page = requests.get(f"{address}/read/{study[1][0]}", timeout=30)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "No rating"),
        (b"[]", "No rating"),
        (b"{}", "answers"),
        (b'{"answers": 3, "revision": 0}', "No rating"),
        (b'{"answers": {"film": 11}, "revision": 0}', "film is a whole number"),
        (b'{"answers": {"film": 5}}', "revision"),
        (b'{"answers": {"film": 5}, "revision": "0"}', "revision is a number"),
        (b'{"answers": {"comment": 5}, "revision": 0}', "comment is a text"),
        (b'{"answers": {"comment": "\\ud800"}, "revision": 0}', "half a character"),
        (b'{"answers": {"comment": "\\u0000"}, "revision": 0}', "half a character"),
        (b"[" * 30_000, "No rating"),
        (b"\xff\xfe", "No rating"),
    ],
)
def test_what_is_no_rating_is_refused(address, study, data, told):
    place = f"{address}/read/{study[1][1]}/rating/0"
    answer = requests.put(place, data=data, timeout=30)
    assert answer.status_code == 400
    assert told in answer.json()["error"]
    assert study[0].ratings(2) == {}


def test_a_rating_is_not_endless(address, study):
    place = f"{address}/read/{study[1][1]}/rating/0"
    assert requests.put(place, data=b"x" * 10**6, timeout=30).status_code == 413


def test_no_acknowledged_rating_is_lost_to_kill_9(tmp_path):
    store, tokens = small_study(tmp_path / "study")
    acknowledged = [0, 0]

    def write(reader, address, stop):
        place = f"{address}/read/{tokens[reader]}/rating/0"
        with requests.Session() as session:
            while not stop.is_set():
                said = acknowledged[reader] + 1
                body = {"answers": {"comment": str(said)}, "revision": said - 1}
                try:
                    answer = session.put(place, json=body, timeout=10)
                except requests.RequestException:
                    time.sleep(0.02)
                    continue
                if answer.status_code in (200, 409):  # 409: written, and killed before it said so
                    acknowledged[reader] = answer.json()["revision"]

    for _ in range(20):
        port, stop = free_port(), threading.Event()
        server = subprocess.Popen(
            [sys.executable, "-m", "emixer_tf.cli", "study", "serve", str(tmp_path / "study"),
             "--port", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        before = list(acknowledged)
        threads = [
            threading.Thread(
                target=write, args=(reader, f"http://127.0.0.1:{port}", stop), daemon=True
            )
            for reader in (0, 1)
        ]
        for thread in threads:
            thread.start()
        try:
            end = time.monotonic() + 180
            while min(n - b for n, b in zip(acknowledged, before, strict=True)) < 3:
                assert time.monotonic() < end
                time.sleep(0.01)
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
            stop.set()
            for thread in threads:
                thread.join()
        for reader in (0, 1):
            rating = store.ratings(reader + 1)[store.order(reader + 1)[0]]
            assert rating.revision in (acknowledged[reader], acknowledged[reader] + 1)
            assert rating.answers == Answers(comment=str(rating.revision))


# === Through the page ===


def text_of(driver, element):
    return driver.find_element("id", element).text


def press(driver, keys):
    wait_until(driver, film_is_shown)
    driver.find_element("tag name", "body").send_keys(keys)


def film_is_shown(driver):
    return driver.find_element("id", "film").value_of_css_property("visibility") == "visible"


def rate_all(driver, digits):
    """Rate every item by keys, a string of four digits each; returns when all is kept."""
    wait_until(driver, found("fieldset"))
    for number in range(COUNT):
        wait_until(driver, lambda d, n=number: text_of(d, "title").startswith(f"Item {n + 1} of"))
        for digit in digits(number):
            press(driver, digit)
    wait_until(driver, lambda d: "All rated and kept" in text_of(d, "saved"))


def test_two_readers_rate_by_keys_and_by_mouse(address, study, tmp_path):
    store, tokens = study
    with chromium(1280, 900, tmp_path) as driver:
        driver.get(f"{address}/read/{tokens[0]}")
        rate_all(driver, lambda number: f"{1 + number % 9}05{1 + number % 5}")
    ratings, order = store.ratings(1), store.order(1)
    for number in range(COUNT):
        answers = ratings[order[number]].answers
        assert (answers.film, answers.report, answers.match) == (1 + number % 9, 10, 5)
        assert answers.guess == GUESSES[number % 5]
    with chromium(500, 900, tmp_path) as driver:
        driver.get(f"{address}/read/{tokens[1]}")
        wait_until(driver, found("fieldset"))
        for _ in range(COUNT):
            for name, value in (("film", "3"), ("report", "4"), ("match", "5"),
                                ("guess", "probably real")):  # fmt: skip
                box = driver.find_element("css selector", f"input[name={name}][value='{value}']")
                driver.execute_script("arguments[0].click()", box)
            driver.execute_script("arguments[0].click()", driver.find_element("id", "next"))
        wait_until(driver, lambda d: "All rated and kept" in text_of(d, "saved"))
        wide = "return document.documentElement.scrollWidth - window.innerWidth"
        assert driver.execute_script(wide) <= 0
    told = {rating.answers for rating in store.ratings(2).values()}
    assert told == {Answers(3, 4, 5, "probably real")}


def test_a_reader_stops_and_goes_on(tmp_path):
    store, tokens = small_study(tmp_path / "study")
    with (
        served_command("study", "serve", str(tmp_path / "study")) as address,
        chromium(1280, 900, tmp_path) as driver,
    ):
        driver.get(f"{address}/read/{tokens[0]}")
        wait_until(driver, found("fieldset"))
        assert "<b>bold</b>" in text_of(driver, "report")  # as text
        press(driver, "7771")
        wait_until(driver, lambda d: text_of(d, "title").startswith("Item 2 of"))
        driver.find_element("id", "comment").send_keys("<i>odd</i> rib")
        wait_until(driver, lambda d: text_of(d, "saved") == "Kept")
        driver.get(f"{address}/read/{tokens[0]}")
        wait_until(driver, lambda d: "1 of 6 rated" in d.page_source)
        assert text_of(driver, "title").startswith("Item 2 of")
        assert driver.find_element("id", "comment").get_attribute("value") == "<i>odd</i> rib"
    assert store.ratings(1)[store.order(1)[1]].answers.comment == "<i>odd</i> rib"


def test_two_tabs_do_not_overwrite_each_other(tmp_path):
    store, tokens = small_study(tmp_path / "study")
    with (
        served_command("study", "serve", str(tmp_path / "study")) as address,
        chromium(1280, 900, tmp_path) as first,
        chromium(1280, 900, tmp_path) as second,
    ):
        for driver in (first, second):
            driver.get(f"{address}/read/{tokens[0]}")
            wait_until(driver, found("fieldset"))
        press(first, "9")
        wait_until(first, lambda d: text_of(d, "saved") == "Kept" and store.ratings(1))
        press(second, "2")
        wait_until(second, lambda d: "rated in another tab" in text_of(d, "notice"))
        checked = second.find_elements("css selector", "input[name=film]:checked")
        assert [box.get_attribute("value") for box in checked] == ["9"]
    assert store.ratings(1)[store.order(1)[0]].answers.film == 9


def test_ratings_wait_in_the_page_while_the_server_is_away(tmp_path):
    store, tokens = small_study(tmp_path / "study")
    command = ("study", "serve", str(tmp_path / "study"))
    with chromium(1280, 900, tmp_path) as driver:
        with served_command(*command) as address:
            driver.get(f"{address}/read/{tokens[0]}")
            wait_until(driver, found("fieldset"))
        press(driver, "8")
        wait_until(driver, lambda d: "Not kept yet" in text_of(d, "saved"))
        port = int(address.rpartition(":")[2])
        with served_command(*command, port=port):
            wait_until(driver, lambda d: text_of(d, "saved") == "Kept")
    assert store.ratings(1)[store.order(1)[0]].answers.film == 8


def test_the_film_is_zoomed_and_inverted(address, study, tmp_path):
    with chromium(1280, 900, tmp_path) as driver:
        driver.get(f"{address}/read/{study[1][0]}")
        wait_until(driver, found("fieldset"))
        press(driver, "++i")
        style = driver.find_element("id", "film").get_attribute("style")
        assert "scale(1.5625)" in style
        assert "invert(1)" in style
        press(driver, "r")
        style = driver.find_element("id", "film").get_attribute("style")
        assert "scale(1)" in style
        assert "invert(0)" in style


def test_what_was_answered_after_a_lost_answer_of_the_server_is_kept(tmp_path):
    store, tokens = small_study(tmp_path / "study")
    dropped = []

    def drop_the_first(handler):
        if handler.command == "PUT" and not dropped:
            dropped.append(handler.path)
            return True
        return False

    with (
        served_command("study", "serve", str(tmp_path / "study")) as server,
        flaky_proxy(server, after=drop_the_first) as proxy,
        chromium(1280, 900, tmp_path) as driver,
    ):
        driver.get(f"{proxy}/read/{tokens[0]}")
        wait_until(driver, found("fieldset"))
        press(driver, "7")
        wait_until(driver, lambda d: dropped and store.ratings(1))
        press(driver, "6")
        driver.find_element("id", "comment").send_keys("still here")
        wait_until(driver, lambda d: text_of(d, "saved") == "Kept")
        assert text_of(driver, "notice") == ""
    answers = store.ratings(1)[store.order(1)[0]].answers
    assert (answers.film, answers.report, answers.comment) == (7, 6, "still here")


def test_nothing_is_called_kept_before_the_server_says_so(tmp_path):
    _, tokens = small_study(tmp_path / "study", count=2)
    silent = threading.Event()

    def wait_with_ratings(handler):
        if handler.command == "PUT":
            silent.wait(60)

    with (
        served_command("study", "serve", str(tmp_path / "study")) as server,
        flaky_proxy(server, before=wait_with_ratings) as proxy,
        chromium(1280, 900, tmp_path) as driver,
    ):
        driver.get(f"{proxy}/read/{tokens[0]}")
        wait_until(driver, found("fieldset"))
        press(driver, "555")
        time.sleep(0.5)
        assert "Not kept yet" in text_of(driver, "saved")
        silent.set()
        wait_until(driver, lambda d: text_of(d, "saved") == "Kept")


def test_nothing_is_rated_without_its_film(tmp_path):
    store, tokens = small_study(tmp_path / "study")
    slow = threading.Event()

    def wait_with_the_second_film(handler):
        if handler.path.endswith("/film/1"):
            slow.wait(60)

    with (
        served_command("study", "serve", str(tmp_path / "study")) as server,
        flaky_proxy(server, before=wait_with_the_second_film) as proxy,
        chromium(1280, 900, tmp_path) as driver,
    ):
        driver.get(f"{proxy}/read/{tokens[0]}")
        wait_until(driver, found("fieldset"))
        press(driver, "n")
        body = driver.find_element("tag name", "body")
        body.send_keys("777")
        time.sleep(0.5)
        assert not film_is_shown(driver)
        assert store.ratings(1) == {}
        slow.set()
        press(driver, "7")
        wait_until(driver, lambda d: store.ratings(1))
    assert list(store.ratings(1)) == [store.order(1)[1]]


def test_a_held_key_rates_once(tmp_path):
    store, tokens = small_study(tmp_path / "study")
    with (
        served_command("study", "serve", str(tmp_path / "study")) as server,
        chromium(1280, 900, tmp_path) as driver,
    ):
        driver.get(f"{server}/read/{tokens[0]}")
        wait_until(driver, found("fieldset"))
        wait_until(driver, film_is_shown)
        driver.execute_script(
            "for (let i = 0; i < 9; i++) document.body.dispatchEvent(new KeyboardEvent("
            "'keydown', {key: '3', bubbles: true, repeat: i > 0}))"
        )
        wait_until(driver, lambda d: text_of(d, "saved") == "Kept")
    assert [rating.answers for rating in store.ratings(1).values()] == [Answers(film=3)]
