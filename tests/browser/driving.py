"""Real servers and a real browser: JupyterLab and the dashboard on loopback, each in a home of its own."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXPLORERS = ["Claims", "Comparison", "Reaction", "Tone", "Review"]
_OWN = ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR"]  # fmt: skip

# No call to a server elsewhere; every cell on the page, also those that the window does not show.
_SETTINGS = {"apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
             "notebook-extension/tracker": '{"windowingMode": "none"}'}  # fmt: skip
_NOTEBOOK = (
    "const shown = window.jupyterapp?.shell?.currentWidget, kernel = shown?.sessionContext?.session?.kernel;"
)
_IDLE = f"""() => {{ {_NOTEBOOK}
    return shown?.context?.isReady && kernel?.connectionStatus === 'connected' && kernel.status === 'idle' }}"""
_RAN = f"""() => {{ {_NOTEBOOK} return kernel.status === 'idle' && shown.content.widgets.every(
    cell => cell.model.type !== 'code' || cell.model.executionCount) }}"""


def missing():
    """Return what the tests need and is not here, in words."""
    try:
        import playwright  # noqa: F401
        import voila  # noqa: F401
    except ImportError as error:
        return f"{error.name} is not installed: pip install -c constraints.txt -e .[browser]"
    return "" if executable() else "no Chromium is installed here (Debian, Ubuntu: apt-get install chromium)"


def executable():
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return next(filter(None, found), None)


@contextlib.contextmanager
def chromium():
    from playwright.sync_api import sync_playwright

    flags = ["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        flags.append("--no-sandbox")  # Chromium's sandbox refuses to work for root
    with sync_playwright() as play, play.chromium.launch(executable_path=executable(), args=flags) as browser:
        yield browser


def desk(home):
    """Copy what a user works with into a home, so that what is committed stays as it is."""
    for name in ("notebooks", "dashboard", "data"):
        shutil.copytree(
            ROOT / name, home / name, ignore=shutil.ignore_patterns("library", ".ipynb_checkpoints")
        )
    return home


@contextlib.contextmanager
def lab(home, dossier=""):
    """Serve a home with JupyterLab; yield the address of a notebook, given its path."""
    for name, setting in _SETTINGS.items():
        path = home / ".own" / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(setting, encoding="utf-8")
    port, token = _free_port(), secrets.token_hex()
    command = ["jupyterlab", "--no-browser", "--expose-app-in-browser", "--allow-root", "--ip=127.0.0.1",
               f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]  # fmt: skip
    with _served(home, f"http://127.0.0.1:{port}/api", command, home, dossier):
        yield lambda notebook: f"http://127.0.0.1:{port}/lab/tree/{notebook}?token={token}&reset"


def run_all(page, address):
    """Open a notebook in JupyterLab, run it by the menu, and wait until each of its cells has run."""
    page.goto(address)
    page.wait_for_function(_IDLE, timeout=120_000)  # before that, the menu runs nothing and says nothing
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(_RAN, timeout=300_000)


@contextlib.contextmanager
def explorers(browser, home, house, dossier=""):
    """Yield a page that shows the explorers of a home: in the `dashboard`, or in `lab`."""
    with contextlib.ExitStack() as stack:
        page = stack.enter_context(browser.new_page(viewport={"width": 1280, "height": 1600}))
        page.set_default_timeout(60_000)  # two cores may have much else to do
        if house == "lab":
            run_all(page, stack.enter_context(lab(home, dossier))("dashboard/explorers.ipynb"))
        else:
            page.goto(stack.enter_context(dashboard(home, dossier)), timeout=300_000)
        page.locator(".widget-tab").get_by_role("tab", name=EXPLORERS[-1]).wait_for(timeout=120_000)
        yield page


def overflow(page):
    """Return by how many pixels the page is wider than its window."""
    widest = "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)"
    return max(0, page.evaluate(widest) - page.evaluate("() => window.innerWidth"))


class Explorer:
    """One explorer as a user has it: its tab opened, its controls by their labels, and what it shows."""

    def __init__(self, page, name):
        self.page, self.root = page, page.locator(".widget-tab")
        self.root.get_by_role("tab", name=name, exact=True).click()

    def control(self, label):
        return self.root.get_by_label(label, exact=True).filter(visible=True)

    def options(self, label):
        return [
            text.replace("\xa0", " ") for text in self.control(label).locator("option").all_text_contents()
        ]

    def choose(self, label, start):
        """Choose the option of a list that starts with these words, and return its words."""
        at, words = next((n, words) for n, words in enumerate(self.options(label)) if words.startswith(start))
        self.control(label).select_option(index=at)
        return words

    def row(self, *words):
        """Return the row of the visible table in which all of these words stand."""
        rows = self.root.locator("tbody tr").filter(visible=True)
        for each in words:
            rows = rows.filter(has_text=each)
        return rows.first

    def button(self, name):
        return self.root.get_by_role("button", name=name).filter(visible=True)

    def shows(self, text):
        self.root.get_by_text(text).filter(visible=True).first.wait_for()

    @property
    def picture(self):
        return self.root.locator("img[alt]").filter(visible=True).first

    @property
    def marked(self):
        return self.root.locator("mark").filter(visible=True)

    @property
    def fault(self):
        return self.root.get_by_role("alert").filter(visible=True)

    def answers(self, change):
        """Do something to a control, and wait until other words are shown."""
        before = self.root.inner_text()
        change()
        self.page.wait_for_function(
            "before => document.querySelector('.widget-tab').innerText !== before", arg=before
        )

    def redraws(self, change):
        """Do something to a control, and wait until another picture is shown."""
        before = self.picture.get_attribute("src")
        change()
        self.page.wait_for_function(
            """before => [...document.querySelectorAll('.widget-tab img[alt]')].some(
                one => one.checkVisibility() && one.src !== before && one.complete && one.naturalWidth)""",
            arg=before,
        )


@contextlib.contextmanager
def dashboard(home, dossier=""):
    """Serve the explorers of a home as `make dashboard` does; yield the address."""
    port = _free_port()
    command = ["voila", "explorers.ipynb", "--no-browser", f"--port={port}", "--Voila.port_retries=0"]
    with _served(home, f"http://127.0.0.1:{port}/voila/static/", command, home / "dashboard", dossier):
        yield f"http://127.0.0.1:{port}/"


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def _served(home, ready, command, folder, dossier):
    own = {name: str(home / ".own" / name) for name in _OWN}
    environment = {**os.environ, **own, "DOSSIER": str(dossier)}
    environment.pop("MPLBACKEND", None)
    log = home / f"{command[0]}.log"
    with log.open("wb") as told:
        server = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=folder, env=environment, stdout=told, stderr=told
        )
        try:
            _wait(ready, server, log)
            yield
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(address, server, log):
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except urllib.error.HTTPError:
            return  # it answers, if only to say no
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start: {log.read_text(encoding='utf-8')[-2000:]}")
