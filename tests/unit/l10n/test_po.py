from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import ConfigError, MessageError
from retention_sdk.l10n import resources
from retention_sdk.l10n.po import Entry, read_po, write_po

ENTRY = Entry("card.signoff|warm", "Kind regards,", "Alles Liebe", "drafted", False, "Above.")


def test_an_entry_reads_as_translators_tools_expect(tmp_path):
    """Context, English, text, state, comment and the flag that turns on ICU checks."""
    text = write_po("de", [ENTRY])

    assert text.endswith(
        "# state: drafted\n#. Above.\n#, icu-message-format\n"
        'msgctxt "card.signoff|warm"\nmsgid "Kind regards,"\nmsgstr "Alles Liebe"\n'
    )
    assert '"Language: de\\n"' in text


@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1), max_size=5
    )
)
def test_what_is_written_is_read_back(tmp_path_factory, texts):
    """Quotes, backslashes, any script."""
    path = tmp_path_factory.mktemp("po") / "messages.po"
    entries = tuple(
        Entry(f"key.{index}", text, text, "native_reviewed", True, "")
        for index, text in enumerate(texts)
    )
    path.write_text(write_po("de", entries), "utf-8")

    assert entries == read_po(path)
    assert all(entry.key == entry.context for entry in entries)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('msgid "a"\nmsgstr "b"\n', "msgctxt"),
        ('# state: perfect\nmsgctxt "k"\nmsgid "a"\nmsgstr "b"\n', "perfect"),
        ('msgid "a\n', "messages.po"),
    ],
)
def test_what_is_no_catalogue_of_ours_is_refused(tmp_path, text, fault):
    """The message names file and fault."""
    path = tmp_path / "messages.po"
    path.write_text(text, "utf-8")

    with pytest.raises(MessageError, match=fault):
        read_po(path)


def test_what_a_tool_wrote_without_a_state_is_drafted(tmp_path):
    """Nothing is claimed for a text that says nothing of itself."""
    path = tmp_path / "messages.po"
    path.write_text('msgctxt "k"\nmsgid "a"\nmsgstr "b"\n', "utf-8")

    assert (Entry("k", "a", "b", "drafted"),) == read_po(path)


def test_the_english_of_before_is_kept_for_tools_that_show_it(tmp_path):
    """``#| msgid``, in one line as we write it or in several as tools do."""
    path = tmp_path / "messages.po"
    entry = replace(ENTRY, is_fuzzy=True, previous='Yours "truly",')
    path.write_text(write_po("de", [entry]), "utf-8")

    assert '#| msgid "Yours \\"truly\\","' in path.read_text("utf-8")
    assert (entry,) == read_po(path)

    many = write_po("de", [entry]).replace('#| msgid "Yours', '#| msgid ""\n#| "Yours')
    path.write_text(many, "utf-8")
    assert (entry,) == read_po(path)


def test_locales_are_found_in_a_wheel_and_in_a_checkout(tmp_path, monkeypatch):
    """Inside the package when installed, beside it in the repository; else a clear error."""
    package = tmp_path / "retention_sdk"
    (package / "l10n").mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(package / "l10n" / "resources.py"))
    find = resources.locales_root.__wrapped__

    with pytest.raises(ConfigError, match="reinstall"):
        find()
    for home in (tmp_path / "locales", package / "locales"):
        (home / "cldr").mkdir(parents=True)
        (home / "cldr" / "supplemental.json").write_text("{}")
        assert home == find()
