"""Files that only lead to a page are refused with its address."""

import plistlib

import pytest

from tests.ingest.reading.test_kinds import one

PAGE = "https://courier.example/holm?a=1&b=2"
WINDOWS = f"[InternetShortcut]\r\nURL={PAGE}\r\nIconIndex=0\r\n"
LINUX = f"[Desktop Entry]\nName=Holm\nType=Link\nURL[$e]={PAGE}\nIcon=text-html\n"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (WINDOWS, "Holm.url"),
        (WINDOWS.encode("utf-16"), "Holm.URL"),
        (plistlib.dumps({"URL": PAGE}), "Holm.webloc"),
        (plistlib.dumps({"URL": PAGE}, fmt=plistlib.FMT_BINARY), "Holm.webloc"),
        (LINUX, "Holm.desktop"),
    ],
)
def test_a_shortcut_names_the_page_that_it_leads_to(data, name):
    """Whoever dragged it from a browser can add the page."""
    sentence = f"{name} only leads to a page. Add its address instead: {PAGE}"
    assert str(one(data, name).problem) == sentence


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("[InternetShortcut]\nURL=file:///home/a.pdf\n", "a.url"),
        ("URL=", "a.url"),
        (b"\xff\xfe\x00\xd8\x00\x00", "a.url"),
        ("<plist><dict><key>URL</key></dict></plist>", "a.webloc"),
        (plistlib.dumps(["x"]), "a.webloc"),
        (b"bplist00\xff\xff", "a.webloc"),
        ("[Desktop Entry]\nType=Application\nExec=rm\n", "a.desktop"),
    ],
)
def test_a_shortcut_to_anything_else_is_refused(data, name):
    """It leads to a file of one's own, to a program or nowhere."""
    assert f"{name} " in str(one(data, name).problem)


@pytest.mark.parametrize("ending", [".rst", ".adoc", ".org", ".tex"])
def test_other_markup_is_to_be_saved_as_a_page(ending):
    """The programs that write it do so; quoted with its signs it is not."""
    problem = str(one("= Holm =\n\nHolm was counted by two.\n", f"a{ending}").problem)
    assert problem == f"a{ending} cannot be read. Save it as .html."
