"""A clinic of its own to speak to, and a person's browser.

The clinic is `bedside demo` of the binary that BEDSIDE_BIN names, on a free port and in a folder of its own. The browser
has no window and no JavaScript: it fills in forms, keeps its cookies, and stops where it would leave the server.
"""

import json
import os
import subprocess
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import requests

BINARY = os.environ.get("BEDSIDE_BIN", str(Path(__file__).parents[2] / "target/debug/bedside"))
# A connection that hangs is a failure, and not a test that never ends.
PATIENCE_S = 30
REDIRECTS_MAX = 10


class House:
    """A clinic that runs until it is closed."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="bedside-strangers-")
        self.data = Path(self._folder.name)
        command = [BINARY, "demo", "--json", "--listen", "127.0.0.1:0", "--data", str(self.data / "clinic")]
        self._server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self._server.stdout.readline()
        if not line:
            raise RuntimeError(f"the server ended ({self._server.wait()}) before it was ready")
        self.about = json.loads(line)
        self.url = self.about["url"]

    def person(self, key):
        """A person of the demo."""
        return next(person for person in self.about["people"] if person["key"] == key)

    def register(self, name, *options):
        """Registers an application by the command for it, and gives its client_id and its secret."""
        command = [BINARY, "client", "add", name, "--organisation", "linde", "--json"]
        command += ["--data", str(self.data / "clinic"), *options]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)

    def close(self):
        """Stops the server; one that ended before, or badly, is an error."""
        ended = self._server.poll()
        self._server.terminate()
        status = self._server.wait(PATIENCE_S)
        self._server.stdout.close()
        self._folder.cleanup()
        if ended is not None or status != 0:
            raise RuntimeError(f"the server ended with {status}")


class Forms(HTMLParser):
    """The forms of a page, each with its address, its fields, and the buttons that have a value."""

    def __init__(self, page):
        super().__init__()
        self.all = []
        self._is_open = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            self.all.append({"action": attributes.get("action", ""), "fields": {}, "kinds": set(), "buttons": []})
            self._is_open = True
        elif tag == "input" and self._is_open and attributes.get("name"):
            self.all[-1]["fields"][attributes["name"]] = attributes.get("value") or ""
            self.all[-1]["kinds"].add(attributes.get("type", "text"))
        elif tag == "button" and self._is_open and attributes.get("name"):
            self.all[-1]["buttons"].append((attributes["name"], attributes.get("value", "")))

    def handle_endtag(self, tag):
        if tag == "form":
            self._is_open = False


class Browser:
    """Somebody's browser."""

    def __init__(self, house):
        self._house = house
        self._session = requests.Session()

    def open(self, url):
        """Follows redirects of the server's own. Gives the page, or the address outside to which it is sent."""
        return self._follow(self._session.get(url, allow_redirects=False, timeout=PATIENCE_S))

    def submit(self, page, fields, is_it=lambda form: True):
        """Sends the first form of the page that is the one, with these fields filled in."""
        form = next((form for form in Forms(page.text).all if is_it(form)), None)
        if form is None:
            raise AssertionError(f"no such form at {page.url}")
        url = urljoin(page.url, form["action"])
        data = {**form["fields"], **fields}
        answer = self._session.post(url, data=data, allow_redirects=False, timeout=PATIENCE_S)
        return self._follow(answer)

    def authorize(self, url, person):
        """Goes where an application sends it, signs in and allows when asked to, and gives where it is sent to."""
        page = self.open(url)
        if not isinstance(page, str) and "/login" in page.url:
            fields = {"email": person["email"], "password": person["password"]}
            page = self.submit(page, fields, lambda form: "password" in form["kinds"])
        if not isinstance(page, str) and "/consent" in page.url:
            page = self.submit(page, {"answer": "allow"}, lambda form: ("answer", "allow") in form["buttons"])
        if not isinstance(page, str):
            raise AssertionError(f"stuck at {page.url}: {page.status_code}")
        return page

    def is_signed_in(self):
        """Whether the account's page is shown."""
        page = self.open(f"{self._house.url}/account")
        return not isinstance(page, str) and "/login" not in page.url

    def _follow(self, answer):
        for _ in range(REDIRECTS_MAX):
            if answer.status_code not in (302, 303):
                return answer
            target = urljoin(answer.url, answer.headers["Location"])
            if not target.startswith(f"{self._house.url}/"):
                return target
            answer = self._session.get(target, allow_redirects=False, timeout=PATIENCE_S)
        raise AssertionError(f"redirected without end, at {answer.url}")
