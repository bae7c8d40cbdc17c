"""The site: complete in both languages, found by its search, readable at a desk and on a phone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

import xingtu_frames as xf
from docs.builder import gallery

pytestmark = pytest.mark.slow
LANGUAGES = {"zh": "", "en": "en/"}
PHONE, DESK = (390, 844), (1440, 900)
LOOKED_AT = (
    *("index", "start", "booking/screen", "costs", "tables/search"),
    *("metrics", "gallery", "api/decisions", "errors"),
)


def pages_of(folder: Path) -> set[str]:
    pages = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    return {page for page in pages if not page.startswith("en/")}


def test_both_languages_have_the_same_pages(site: Path) -> None:
    assert pages_of(site) == pages_of(site / "en")
    assert len(pages_of(site)) > 60


def test_every_page_says_something(site: Path) -> None:
    for page in pages_of(site):
        for folder in (site, site / "en"):
            article = (folder / page).read_text("utf-8").partition("<article")[2].partition("</article>")[0]
            assert len(re.sub(r"<[^>]+>|\s", "", article)) > 200 or page == "404.html", (folder, page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_table_page_has_its_columns(site: Path, lang: str) -> None:
    for table in xf.TABLES.values():
        text = (site / LANGUAGES[lang] / "tables" / f"{table.name}.html").read_text("utf-8")
        assert [name for name in table.names if f"<code>{name}</code>" not in text] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_metric_code_and_picture_is_there(site: Path, lang: str) -> None:
    folder = site / LANGUAGES[lang]
    metrics = (folder / "metrics.html").read_text("utf-8")
    assert [name for name in xf.METRICS if f"<code>{name}</code>" not in metrics] == []
    for entry in gallery.ENTRIES:
        assert (folder / gallery.image(entry)).stat().st_size > 10_000


def test_every_picture_of_the_package_is_in_the_gallery() -> None:
    drawn = {name for name in xf.__all__ if name.startswith("plot_")}
    assert {entry.function for entry in gallery.ENTRIES} == drawn


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?:https?:)?//[^\"]+", text) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("words", ["互动率", "interact_rate", "种草", "plan_budget"])
def test_the_search_finds(browser: webdriver.Chrome, address: str, lang: str, words: str) -> None:
    browser.set_window_size(*DESK)
    browser.get(f"{address}/{LANGUAGES[lang]}start.html")
    field = browser.find_element(By.CSS_SELECTOR, ".md-search__input")
    field.click()
    field.send_keys(words)
    found = WebDriverWait(browser, 60).until(lambda it: it.find_elements(By.CSS_SELECTOR, ".md-search-result__item"))
    assert words in found[0].get_attribute("textContent")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", LOOKED_AT)
def test_a_page_fits_its_window(
    browser: webdriver.Chrome, address: str, page: str, lang: str, size: tuple[int, int]
) -> None:
    browser.set_window_size(*size)
    browser.get(f"{address}/{LANGUAGES[lang]}{page}.html")
    width, inner = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= inner
    # A table that is wider than the page scrolls within its own frame.
    clipped = browser.execute_script(
        """return [...document.querySelectorAll('article table, article pre')].filter(it => {
            const box = it.getBoundingClientRect();
            if (box.right <= window.innerWidth + 1) return false;
            for (let up = it; up; up = up.parentElement)
                if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX)) return false;
            return true;
        }).map(it => it.textContent.slice(0, 60));"""
    )
    assert clipped == []
    said = [entry for entry in browser.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}]
    assert json.dumps(said) == "[]"


def test_the_other_language_is_one_step_away(browser: webdriver.Chrome, address: str) -> None:
    browser.set_window_size(*DESK)
    browser.get(f"{address}/tables/cost_tiers.html")
    browser.find_element(By.CSS_SELECTOR, ".xf-language").click()
    assert browser.current_url.endswith("/en/tables/cost_tiers.html")
    browser.find_element(By.CSS_SELECTOR, ".xf-language").click()
    assert browser.current_url == f"{address}/tables/cost_tiers.html"
